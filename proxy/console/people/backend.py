"""Whom do a log-in name and a password, or a session, let in?"""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser

from proxy.console.people.models import Person
from proxy.console.people.today import today
from proxy.console.site.config import config


class KnownPeople(AuthenticationBackend):  # type: ignore[misc]
    """Lets in known people whose account can be used today.

    Django asks `user_can_authenticate` for each request of a session too: a leaver, or somebody whose
    account was switched off, is nobody from that moment on.
    """

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        """Say whether the account can be used today. A demo account can be used in the demo alone."""
        return isinstance(user, Person) and user.may_use(today()) and (config().demo or not user.demo)

    @classmethod
    def _stash_user(cls, user: AbstractBaseUser | None) -> None:
        """Keep nobody aside: allauth would tell whoever has a leaver's password that it is right."""

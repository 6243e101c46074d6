"""Who is it whom the school's identity provider vouches for, and is that somebody known here?"""

import logging
from collections.abc import Collection, Mapping
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from proxy.console.audit.actors import STRANGER, person
from proxy.console.audit.append import append
from proxy.console.people.backend import KnownPeople
from proxy.console.people.charging import Wanted, charge, note_taken
from proxy.console.people.clients import client_address
from proxy.console.people.duties import DutyKind, Source
from proxy.console.people.models import Person
from proxy.console.people.today import today
from proxy.console.site import clock
from proxy.console.site.config import config
from proxy.settings.schema.console import OidcSettings

Claims = Mapping[str, Any]
log = logging.getLogger(__name__)


class Refused(Exception):
    """Somebody is not let in. The message is for the record; nobody outside learns who is known here."""


class KnownPeopleByClaim(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Lets in known people alone, and never makes an account."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: the provider's word alone makes nobody one of ours."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find out who this is, before anybody is logged in. Stops the log-in of everybody else."""
        tokens = sociallogin.account.extra_data
        connected = sociallogin.user if sociallogin.is_existing else None
        oidc = config().console.oidc
        try:
            if oidc is None or sociallogin.state.get("process", "login") != "login":
                raise Refused("this is no log-in")
            claims = checked(tokens, oidc)
            known = person_for(claims, oidc, connected)
        except Refused as refusal:
            raise ImmediateHttpResponse(_refuse(request, refusal, sociallogin)) from refusal
        with transaction.atomic():
            _connect(sociallogin, known)
            if oidc.duties_claim is not None:
                _charge(known, duties_in(claims, oidc))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        """Answer with a page of ours when the provider said no, or said nothing usable."""
        raise ImmediateHttpResponse(render(request, "people/refused.html", status=403))


def checked(tokens: Claims, oidc: OidcSettings) -> Claims:
    """The claims that can be believed. Raises Refused when they are not of this school.

    tokens    `id_token` and `userinfo` as the provider gave them; the first one was verified
    """
    signed = tokens.get("id_token")
    if not isinstance(signed, Mapping):
        raise Refused("the provider sent no id token")
    more = tokens.get("userinfo") or {}
    if more and more.get("sub") != signed.get("sub"):
        raise Refused("the id token and the user info speak of two people")
    for claim, allowed in (("hd", oidc.hosted_domains), ("tid", oidc.tenants)):
        if allowed and signed.get(claim) not in allowed:
            raise Refused(f"the claim {claim} is not one of this school's")
    return {**more, **signed}


def person_for(claims: Claims, oidc: OidcSettings, connected: Person | None) -> Person:
    """The known person whom claims speak of. Raises Refused when there is none, or more than one.

    connected   who logged in before as the same person of the provider (`sub`). Where people are known by
                their e-mail address, that holds also after it changed; but never against what it says now:
                an address that was given to somebody else does not open the account of who had it before
    """
    found = _by_roster(claims, oidc.roster_claim) if oidc.roster_claim else _by_email(claims)
    if found is not None and connected is not None and found != connected:
        raise Refused("this account of the provider belonged to somebody else before")
    known = found or (None if oidc.roster_claim else connected)
    if known is None:
        raise Refused("nobody here is known by these claims")
    if not KnownPeople().user_can_authenticate(known):
        raise Refused("the account cannot be used")
    return known


def duties_in(claims: Claims, oidc: OidcSettings) -> list[Wanted]:
    """The duties that claims give, each for every school."""
    said = claims.get(oidc.duties_claim or "")
    values = [each for each in (said if isinstance(said, list) else [said]) if isinstance(each, str)]
    kinds = {oidc.duties_values[value] for value in values if value in oidc.duties_values}
    return [Wanted(DutyKind(kind)) for kind in sorted(kinds)]


def _by_roster(claims: Claims, name: str) -> Person | None:
    value = claims.get(name)
    return Person.objects.filter(sourced_id=value).first() if isinstance(value, str) and value else None


def _by_email(claims: Claims) -> Person | None:
    email = claims.get("email")
    if not isinstance(email, str) or not email or claims.get("email_verified") is not True:
        return None
    found = list(Person.objects.filter(email__iexact=email, left=False, enabled=True)[:2])
    if len(found) > 1:
        raise Refused("more than one person here has this e-mail address")
    return found[0] if found else None


def _connect(sociallogin: Any, known: Person) -> None:
    """Remember which person of the provider this is, and nothing else that the provider said."""
    sociallogin.user = known
    sociallogin.account.user = known
    sociallogin.account.extra_data = {}
    sociallogin.account.save()


def _charge(known: Person, wanted: Collection[Wanted]) -> None:
    """Take over the duties of a claim. Where they do not go together the log-in goes on without them."""
    at = clock.now()
    problem = charge(known, wanted, Source.OIDC, actor=person(known), at=at, on=today())
    note_taken(known, wanted, Source.OIDC, problem, at=at)
    if problem is not None:
        log.warning(
            "the identity provider gives %s duties that were not taken over: %s; mend its groups, or the "
            "duties on the console's page of this account",
            person(known),
            problem,
        )


def _refuse(request: HttpRequest, refusal: Refused, sociallogin: Any) -> HttpResponse:
    with transaction.atomic():
        if sociallogin.account.pk is not None:
            sociallogin.account.extra_data = {}
            sociallogin.account.save()
        detail = {"by": "oidc", "why": str(refusal), "address": client_address(request)}
        append("login.refused", actor=STRANGER, detail=detail, at=clock.now())
    return render(request, "people/refused.html", status=403)

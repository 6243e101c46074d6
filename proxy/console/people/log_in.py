"""How does somebody begin to log in, and what when it was tried too often?"""

import logging
from typing import Any

from allauth.account import views as allauth_views
from allauth.decorators import rate_limit
from allauth.socialaccount.providers.openid_connect import views as openid_connect_views
from axes.decorators import axes_dispatch
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from requests import RequestException

from proxy.console.people.gates import View, entrance, own_account
from proxy.console.people.middleware import signed_in_person

log = logging.getLogger(__name__)

TOO_MANY_REQUESTS = 429
UNAVAILABLE = 503


@entrance
@sensitive_post_parameters("password")
def log_in(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
    """The log-in page. What axes has locked is refused before anything is counted for the name alone."""
    view: View = _counted if request.method == "POST" else allauth_views.login
    return view(request, **kwargs)


@own_account
@rate_limit(action="change_password")  # type: ignore[untyped-decorator]
def change_password(request: HttpRequest) -> HttpResponseBase:
    """A new password for oneself; for accounts that have one here."""
    if not signed_in_person(request).has_usable_password():
        messages.info(request, _("You log in with your school account; it has no password here."))
        return HttpResponseRedirect(reverse("people:account"))
    view: View = allauth_views.password_change
    return view(request)


@entrance
def at_provider(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Send somebody to the school's identity provider; say so when it cannot be reached."""
    view: View = openid_connect_views.login
    try:
        return view(request, provider_id)
    except RequestException as error:
        log.warning("the identity provider cannot be reached: %s", type(error).__name__)
        return render(request, "people/provider_away.html", status=UNAVAILABLE)


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: object = None
) -> HttpResponse:
    """What axes answers to an address that tried a name too often."""
    return render(request, "people/locked_out.html", status=TOO_MANY_REQUESTS)


_counted = axes_dispatch(allauth_views.login)

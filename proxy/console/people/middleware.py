"""May this person see this page now? Asked once for every request, before any view."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import SESSION_KEY
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from proxy.console.people import second_factor
from proxy.console.people.access import DutyAt, duties_of
from proxy.console.people.clients import from_admin_networks
from proxy.console.people.gates import Admits, Who, admits_of, refusal
from proxy.console.people.models import OUTSIDE, Person
from proxy.console.people.today import today

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Admission:
    """Lets a request through to its view, or answers in its place.

    Stands after the middlewares of sessions and authentication. A view that does not say whom it admits is
    refused with an error in every mode: nothing is open because somebody forgot to close it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look up who this is, once, and go on."""
        person = person_of(request)
        if person is None and SESSION_KEY in request.session:
            # The account of this session cannot be used any more, or its password is another one now.
            request.session.flush()
        request.duties = duties_of(person, today()) if person else frozenset()  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Return what is answered instead of the view; None lets the view answer. Raises PermissionDenied."""
        admits = admits_of(view)
        if admits is None:
            raise ImproperlyConfigured(f"{view.__module__}.{view.__qualname__} does not say whom it admits")
        person = person_of(request)
        if person is None and admits.who is not Who.ANYBODY:
            return _to_log_in(request)
        if person is not None:
            lacking = None if admits.before_second_factor else _lacking(request, person)
            if lacking is not None:
                return lacking
            _admit(request, person, admits)
        request.admitted = True  # type: ignore[attr-defined]
        return None


def person_of(request: HttpRequest) -> Person | None:
    """Who is logged in; None for a stranger, and for somebody whose account cannot be used today."""
    user = request.user
    return user if isinstance(user, Person) and user.may_use(today()) else None


def signed_in_person(request: HttpRequest) -> Person:
    """Who is logged in, in a view that strangers do not reach. Raises PermissionDenied for a stranger."""
    person = person_of(request)
    if person is None:
        raise PermissionDenied
    return person


def duties_in(request: HttpRequest) -> frozenset[DutyAt]:
    """The duties of who asks, looked up once for each request."""
    found: frozenset[DutyAt] = getattr(request, "duties", frozenset())
    return found


def _admit(request: HttpRequest, person: Person, admits: Admits) -> None:
    """Raises PermissionDenied, in words for the person, when the page is not for them."""
    inside = not admits.from_admin_networks or from_admin_networks(request)
    reads = request.method in READING
    refused = refusal(admits, person.role, duties_in(request), reads=reads, inside=inside)
    if refused:
        raise PermissionDenied(refused)


def _lacking(request: HttpRequest, person: Person) -> HttpResponse | None:
    """Send somebody to prove their second factor, or to set one up; None when there is nothing to prove."""
    mine = second_factor.authenticators_of(person)
    if second_factor.was_proved(request, person, mine):
        return None
    if mine:
        return _sent_on(request, reverse("mfa_reauthenticate"), back=True)
    if duties_in(request) or person.role == OUTSIDE:
        return _sent_on(request, reverse("mfa_activate_totp"), back=False)
    return None


def _to_log_in(request: HttpRequest) -> HttpResponse:
    return _sent_on(request, reverse("account_login"), back=True)


def _sent_on(request: HttpRequest, address: str, *, back: bool) -> HttpResponse:
    """Answer with a redirect; `back` says whether the page asked for comes next (what was sent is lost)."""
    if back and request.method in READING:
        address = f"{address}?{urlencode({'next': request.get_full_path()}, safe='/')}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)

"""What does the frame of every page know of the school, the person, links and languages?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_info

from proxy.console.look.navigation import Entry, address, entries
from proxy.console.people.clients import from_admin_networks
from proxy.console.people.gates import refusal
from proxy.console.people.middleware import duties_in, person_of
from proxy.console.site import clock
from proxy.console.site.config import config


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the console, by its own name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class House:
    """What the frame shows around a page. Addresses are "" where there is nothing to lead to."""

    name: str
    help: str
    home: str
    entries: tuple[Entry, ...]
    languages: tuple[Language, ...]
    choose_language: str
    log_in: str
    log_out: str
    account: str
    tell: str
    approved: str


def page(request: HttpRequest) -> Mapping[str, Any]:
    """Context processor: `house`, and `now`, the moment at which the page is made."""
    return {"house": SimpleLazyObject(lambda: house(request)), "now": clock.now()}


def house(request: HttpRequest) -> House:
    """What the frame shows around a page of this request."""
    told = config().settings
    return House(
        name=told.gateway.school_name,
        help=told.block_page.contact,
        home=address("portal:home") or "/",
        entries=_entries(request),
        languages=_languages(),
        choose_language=address("look:language"),
        log_in=address("people:login") or address("account_login"),
        log_out=address("people:logout") or address("account_logout"),
        account=address("people:account"),
        tell=address("portal:tell"),
        approved=address("portal:approved"),
    )


def _entries(request: HttpRequest) -> tuple[Entry, ...]:
    person = person_of(request)
    if person is None:
        return ()
    role, duties, inside = person.role, duties_in(request), from_admin_networks(request)
    return entries(lambda admits: not refusal(admits, role, duties, reads=True, inside=inside), request.path)


def _languages() -> tuple[Language, ...]:
    codes = [code for code, _name in settings.LANGUAGES]
    if len(codes) < 2:
        return ()
    return tuple(Language(code, get_language_info(code)["name_local"].capitalize()) for code in codes)

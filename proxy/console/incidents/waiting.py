"""How many incidents wait for whoever looks at a page? Shown beside the link to them, on every page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from proxy.console.incidents import listing, visibility
from proxy.console.people.access import holds
from proxy.console.people.middleware import duties_in, person_of
from proxy.console.people.today import today

ROUTE = "incidents:incidents"


def page(request: HttpRequest) -> Mapping[str, Any]:
    """Context processor: `counts`, route of a link -> a number in words; only what is not none."""
    return {"counts": SimpleLazyObject(lambda: counts(request))}


def counts(request: HttpRequest) -> dict[str, str]:
    """What waits for the person of a request; nothing for whoever has no duty for it."""
    person = person_of(request)
    if person is None or not holds(duties_in(request), visibility.REVIEWS):
        return {}
    number = listing.waiting(visibility.readable_by(person, today()))
    if not number:
        return {}
    return {ROUTE: str(number) if number <= listing.MOST_COUNTED else f"{listing.MOST_COUNTED}+"}

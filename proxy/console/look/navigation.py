"""Which links does a person see above every page?

Those that lead somewhere for them: each page's own gate is asked, as the middleware asks it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from proxy.console.people.gates import Admits, admits_of


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the console."""

    route: str
    words: Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """A link as one person sees it on one page.

    route   its name, by which a number beside it is found
    """

    url: str
    words: Promise
    current: bool
    route: str = ""


LINKS = (
    Link("portal:home", _("Ask")),
    Link("portal:mine", _("My requests")),
    Link("review:queue", _("Queue")),
    Link("review:appeals", _("Appeals")),
    Link("review:openings", _("In force")),
    Link("review:tellings", _("Told to adults")),
    Link("incidents:incidents", _("Incidents")),
    Link("reports:figures", _("Figures")),
    Link("review:times", _("Due times")),
    Link("audit:records", _("Record")),
    Link("people:people", _("People")),
    Link("post:letters", _("Letters")),
)


def entries(may: Callable[[Admits], bool], path: str) -> tuple[Entry, ...]:
    """The links of somebody who is at `path`; `may` says whether they get through a gate."""
    seen = [(url, link) for link in LINKS if (url := address(link.route)) and _leads_in(url, may)]
    around = [url for url, _link in seen if path == url or (url != "/" and path.startswith(url))]
    nearest = max(around, key=len, default="")
    return tuple(Entry(url, link.words, url == nearest, link.route) for url, link in seen)


def _leads_in(url: str, may: Callable[[Admits], bool]) -> bool:
    admits = admits_of(resolve(url).func)
    return admits is not None and may(admits)


def address(route: str) -> str:
    """The address of a route; "" where the console is put together without it."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""

"""Which links does a person see above every page?

Those of their duties. The routes themselves decide who gets in.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from proxy.console.people.duties import DutyKind

REVIEWS = frozenset(
    {
        DutyKind.REVIEWER,
        DutyKind.TECHNICAL_REVIEWER,
        DutyKind.COUNSELOR,
        DutyKind.TECHNICIAN,
        DutyKind.AUDITOR,
    }
)


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the console.

    duties   whoever has one of them sees the link; None: everybody who is logged in
    asking   only whoever may ask for a page
    """

    route: str
    words: Promise
    duties: frozenset[DutyKind] | None = None
    asking: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A link as one person sees it on one page."""

    url: str
    words: Promise
    current: bool


LINKS = (
    Link("portal:home", _("Ask")),
    Link("portal:mine", _("My requests"), asking=True),
    Link("review:queue", _("Queue"), REVIEWS),
    Link("review:appeals", _("Appeals"), frozenset({DutyKind.APPEAL_OFFICER, DutyKind.AUDITOR})),
    Link("review:openings", _("In force"), REVIEWS | {DutyKind.APPEAL_OFFICER}),
    Link("review:tellings", _("Told to adults"), frozenset({DutyKind.COUNSELOR, DutyKind.ADMINISTRATOR})),
    Link("reports:figures", _("Figures"), frozenset(DutyKind)),
    Link("review:times", _("Due times"), frozenset(DutyKind)),
    Link("audit:records", _("Record"), frozenset({DutyKind.AUDITOR, DutyKind.ADMINISTRATOR})),
    Link("people:people", _("People"), frozenset({DutyKind.ADMINISTRATOR, DutyKind.AUDITOR})),
    Link("post:letters", _("Letters"), frozenset({DutyKind.ADMINISTRATOR})),
)


def entries(duties: Iterable[DutyKind], path: str, *, may_ask: bool = True) -> tuple[Entry, ...]:
    """The links of somebody with these duties, who is at `path`."""
    held = frozenset(duties)
    theirs = [link for link in LINKS if _is_for(link, held) and (may_ask or not link.asking)]
    seen = [(url, link.words) for link in theirs if (url := address(link.route))]
    around = [url for url, _words in seen if path == url or (url != "/" and path.startswith(url))]
    nearest = max(around, key=len, default="")
    return tuple(Entry(url, words, url == nearest) for url, words in seen)


def address(route: str) -> str:
    """The address of a route; "" where the console is put together without it."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def _is_for(link: Link, held: frozenset[DutyKind]) -> bool:
    return link.duties is None or not link.duties.isdisjoint(held)

"""Whom does a page admit? Every view carries an answer, which the middleware enforces.

    @for_duties(DutyKind.REVIEWER, DutyKind.TECHNICAL_REVIEWER)
    def queue(request): ...

Whose case it is, is asked in the view: a gate knows who somebody is, not what they look at. The links above
every page ask the same gates, so that none of them leads to a refusal.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from typing import Any, Protocol, cast

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from proxy.console.people.access import DutyAt, is_auditor, may_ask
from proxy.console.people.duties import DutyKind

EVERY_SCHOOL = ""

View = Callable[..., HttpResponseBase]


class Who(Enum):
    """Which people a page is for."""

    ANYBODY = "anybody"
    SIGNED_IN = "everybody who is logged in"
    ASKERS = "students and staff"
    ON_DUTY = "people with a duty"


@dataclass(frozen=True, slots=True)
class Admits:
    """Whom a page admits.

    duties                with `ON_DUTY`: one of these, at whatever school
    of_all_schools        with `ON_DUTY`: one of them for every school; one school's do not count
    from_admin_networks   only from the networks that settings name for administration (S92)
    auditors_send         auditors send its form too: it changes nothing but their own account, or takes along
                          what they read. Of all other pages they read alone
    before_second_factor  also for somebody who has yet to prove or set up a second factor (S93): the pages
                          where that is done
    """

    who: Who
    duties: frozenset[DutyKind] = frozenset()
    of_all_schools: bool = False
    from_admin_networks: bool = False
    auditors_send: bool = False
    before_second_factor: bool = False


class GatedView(Protocol):
    """A view that says whom it admits."""

    admits: Admits

    def __call__(self, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


def public(view: View) -> GatedView:
    """Admit everybody, strangers too; whoever is logged in proves a second factor first, as everywhere."""
    return _gated(view, Admits(Who.ANYBODY))


def entrance(view: View) -> GatedView:
    """Admit everybody at any moment: where one logs in or out, or chooses a language."""
    return _gated(view, Admits(Who.ANYBODY, auditors_send=True, before_second_factor=True))


def signed_in(view: View) -> GatedView:
    """Admit everybody who is logged in."""
    return _gated(view, Admits(Who.SIGNED_IN))


def own_account(view: View) -> GatedView:
    """Admit everybody who is logged in: for the pages of one's own account."""
    return _gated(view, Admits(Who.SIGNED_IN, auditors_send=True))


def proving(view: View) -> GatedView:
    """Admit everybody who is logged in: for the pages where a second factor is set up or proved."""
    return _gated(view, Admits(Who.SIGNED_IN, auditors_send=True, before_second_factor=True))


def for_students_and_teachers(view: View) -> GatedView:
    """Admit whoever may ask for a page: students and staff of the school."""
    return _gated(view, Admits(Who.ASKERS))


def for_duties(
    *kinds: DutyKind, of_all_schools: bool = False, auditors_send: bool = False
) -> Callable[[View], GatedView]:
    """Admit whoever has one of these duties today; see `Admits` for the rest."""
    admits = Admits(Who.ON_DUTY, frozenset(kinds), of_all_schools=of_all_schools, auditors_send=auditors_send)
    return lambda view: _gated(view, admits)


def administration(*readers: DutyKind) -> Callable[[View], GatedView]:
    """Admit administrators, from the administrators' networks alone.

    readers    further duties that may look; an auditor never changes anything
    """
    kinds = frozenset({DutyKind.ADMINISTRATOR, *readers})
    return lambda view: _gated(view, Admits(Who.ON_DUTY, kinds, from_admin_networks=True))


def refusal(admits: Admits, role: str, duties: Collection[DutyAt], *, reads: bool, inside: bool) -> str:
    """Why somebody who is logged in does not get to a page, in words for them; "" when they do.

    role, duties   theirs, as of today
    reads          nothing is sent
    inside         they come from the administrators' networks
    """
    if not reads and not admits.auditors_send and is_auditor(duties):
        return _("An auditor reads everything and changes nothing.")
    if admits.who is Who.ASKERS and not may_ask(role, duties):
        return _("This page is for students and staff of the school.")
    if admits.who is Who.ON_DUTY:
        mine = [duty for duty in duties if duty.kind in admits.duties]
        if not mine:
            return _("This page belongs to a duty that you do not have.")
        if admits.of_all_schools and not any(duty.school == EVERY_SCHOOL for duty in mine):
            return "This page is about all schools. Your duty is for one of them."
    if admits.from_admin_networks and not inside:
        return _("This page opens only from the networks of the school's administration.")
    return ""


def admits_of(view: object) -> Admits | None:
    """Whom a view admits; None when nobody has said."""
    found = getattr(view, "admits", None)
    return found if isinstance(found, Admits) else None


def _gated(view: View, admits: Admits) -> GatedView:
    @wraps(view)
    def gated(*args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(*args, **kwargs)

    gated.admits = admits  # type: ignore[attr-defined]
    return cast(GatedView, gated)

"""Whom does a page admit? Every view carries an answer, which the middleware enforces.

    @for_duties(DutyKind.REVIEWER, DutyKind.TECHNICAL_REVIEWER)
    def queue(request): ...

Whose case it is, is asked in the view: a gate knows who somebody is, not what they look at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from typing import Any, Protocol, cast

from django.http import HttpResponseBase

from proxy.console.people.duties import DutyKind

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

    duties                with `ON_DUTY`: one of these, at whatever school. An auditor's counts for reading
                          alone, whatever the page
    from_admin_networks   only from the networks that settings name for administration (S92)
    before_second_factor  also for somebody who has yet to prove or set up a second factor (S93): the pages
                          where that is done
    """

    who: Who
    duties: frozenset[DutyKind] = frozenset()
    from_admin_networks: bool = False
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
    return _gated(view, Admits(Who.ANYBODY, before_second_factor=True))


def signed_in(view: View) -> GatedView:
    """Admit everybody who is logged in."""
    return _gated(view, Admits(Who.SIGNED_IN))


def proving(view: View) -> GatedView:
    """Admit everybody who is logged in: for the pages where a second factor is set up or proved."""
    return _gated(view, Admits(Who.SIGNED_IN, before_second_factor=True))


def for_students_and_teachers(view: View) -> GatedView:
    """Admit whoever may ask for a page: students and staff of the school."""
    return _gated(view, Admits(Who.ASKERS))


def for_duties(*kinds: DutyKind) -> Callable[[View], GatedView]:
    """Admit whoever has one of these duties today. Auditors can only read, whatever the view does."""
    return lambda view: _gated(view, Admits(Who.ON_DUTY, frozenset(kinds)))


def administration(*readers: DutyKind) -> Callable[[View], GatedView]:
    """Admit administrators, from the administrators' networks alone.

    readers    further duties that may look; an auditor never changes anything
    """
    kinds = frozenset({DutyKind.ADMINISTRATOR, *readers})
    return lambda view: _gated(view, Admits(Who.ON_DUTY, kinds, from_admin_networks=True))


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

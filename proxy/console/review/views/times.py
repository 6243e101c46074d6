"""By when must what be answered, and by whom, at each school?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from proxy.console.look.words import DUTIES, KINDS
from proxy.console.people.access import officials
from proxy.console.people.duties import DutyKind
from proxy.console.people.gates import for_duties
from proxy.console.review.states import Kind
from proxy.console.review.timetable import Timetable, timetable
from proxy.console.review.views.case import READERS
from proxy.console.review.views.visit import visit

HOURS = 3600
ANSWER = (
    DutyKind.REVIEWER,
    DutyKind.TECHNICAL_REVIEWER,
    DutyKind.TECHNICIAN,
    DutyKind.COUNSELOR,
    DutyKind.APPEAL_OFFICER,
)


@dataclass(frozen=True, slots=True)
class Due:
    """School hours in which a kind of request is answered."""

    words: str
    hours: float


@dataclass(frozen=True, slots=True)
class Charged:
    """Who has a duty at a school, in the order in which they are asked; nobody: it needs mending."""

    words: str
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class At:
    """One school."""

    title: str
    due: Sequence[Due]
    charged: Sequence[Charged]


@for_duties(*READERS, DutyKind.ADMINISTRATOR)
@require_safe
def times(request: HttpRequest) -> HttpResponse:
    """Show due times and officials, as settings and duties have them."""
    seen = visit(request)
    table = timetable()
    places = [*seen.schools, ("", "Whole district")]
    context = {
        "places": [_at(id_, title, table, seen.on) for id_, title in places],
        "hours": table.hours_of_day,
        "appeal_days": table.appeal_days,
        "remind": table.remind_before.total_seconds() / HOURS,
        "requests_per_day": table.requests_per_day,
        "requests_per_shared_device": table.requests_per_shared_device,
    }
    return render(request, "review/times.html", context)


def _at(school: str, title: str, table: Timetable, on: date) -> At:
    due = [
        Due(str(KINDS[kind.value]), table.allowed(kind, school, appeal=False).total_seconds() / HOURS)
        for kind in Kind
    ]
    appeal = table.allowed(Kind.UNBLOCK, school, appeal=True).total_seconds() / HOURS
    charged = [
        Charged(str(DUTIES[kind.value]), [person.name for person in officials(kind, school, on)])
        for kind in ANSWER
    ]
    return At(title, [*due, Due("An appeal", appeal)], charged)

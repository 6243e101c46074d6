"""The queue: which cases wait for an answer, soonest due first?"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from proxy.console.people.access import duties_of
from proxy.console.people.duties import DutyKind
from proxy.console.people.gates import for_duties
from proxy.console.review import queues, visibility
from proxy.console.review.forms.filters import WHOSE, Filters
from proxy.console.review.queues import MOST_COUNTED, Counts, Show, Wanted, Whose
from proxy.console.review.views.visit import visit


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the lists that a queue can be shown as."""

    url: str
    words: str
    count: str
    current: bool


@dataclass(frozen=True, slots=True)
class Empty:
    """What stands where no case is."""

    title: str
    text: str


NOTHING_WAITS = Empty("Nothing waits for you", "New requests appear here as soon as they are made.")
NOTHING_FOUND = Empty("Nothing fits these filters", "Take one away, or show all.")
READERS = (
    DutyKind.REVIEWER,
    DutyKind.TECHNICAL_REVIEWER,
    DutyKind.COUNSELOR,
    DutyKind.TECHNICIAN,
    DutyKind.AUDITOR,
)
DECIDERS = frozenset(READERS) - {DutyKind.AUDITOR}
HEARERS = (DutyKind.APPEAL_OFFICER, DutyKind.TECHNICIAN)
"""Who answers appeals, or signs them second, and has a list of them."""
WAITING = frozenset({Show.DUE, Show.WAITING})


@for_duties(*READERS)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show one page of the queue."""
    return _list(request, appealed=False)


@for_duties(*HEARERS, DutyKind.AUDITOR)
@require_safe
def appeals(request: HttpRequest) -> HttpResponse:
    """Show one page of the appeals that wait; a technician's are those to sign second."""
    return _list(request, appealed=True)


def _list(request: HttpRequest, *, appealed: bool) -> HttpResponse:
    seen = visit(request)
    filters = Filters(request.GET, seen.schools, appealed=appealed)
    wanted = filters.wanted()
    duties = {duty.kind for duty in duties_of(seen.person, seen.on)}
    can_claim = not duties.isdisjoint(HEARERS if appealed else DECIDERS)
    waiting = appealed or wanted.show in WAITING
    look_up = visibility.queue_for if can_claim and waiting else visibility.readable_by
    cases = look_up(seen.person, seen.on)
    after = request.GET.get("after", "")
    find = queues.appeals if appealed else queues.page
    try:
        page = find(cases, wanted, seen.person, seen.at, after)
    except queues.NoSuchPlace:
        return redirect(_here(appealed, kept(request)))
    counts = queues.counts(cases, seen.person, seen.at, appealed=appealed)
    context = {
        "filters": filters,
        "page": page,
        "tabs": _tabs(request, wanted, counts),
        "kept": kept(request),
        "first": _here(appealed, kept(request)) if after else "",
        "next": _here(appealed, urlencode([*_pairs(request), ("after", page.after)])) if page.after else "",
        "can_claim": can_claim,
        "appealed": appealed,
        "empty": NOTHING_FOUND if kept(request) or after else NOTHING_WAITS,
    }
    return render(request, "review/queue.html", context)


def _here(appealed: bool, query: str) -> str:
    path = reverse("review:appeals" if appealed else "review:queue")
    return f"{path}?{query}" if query else path


def _tabs(request: HttpRequest, wanted: Wanted, counts: Counts) -> list[Tab]:
    found = {
        Whose.ALL: counts.due,
        Whose.UNCLAIMED: counts.unclaimed,
        Whose.MINE: counts.mine,
        Whose.OVERDUE: counts.overdue,
    }
    others = [pair for pair in _pairs(request) if pair[0] != "whose"]
    return [
        Tab(
            f"?{urlencode([*others, ('whose', whose.value)])}",
            words,
            str(found[whose]) if found[whose] <= MOST_COUNTED else f"{MOST_COUNTED}+",
            current=wanted.whose is whose,
        )
        for whose, words in WHOSE.items()
    ]


def kept(request: HttpRequest) -> str:
    """The filters in an address, as a query string without the place in the list."""
    return urlencode(_pairs(request))


def _pairs(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, request.GET[name]) for name in Filters.base_fields if request.GET.get(name)]

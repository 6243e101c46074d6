"""One case with all that bears on it: what is shown, and which forms somebody gets beside it?"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from proxy.bundle.load import LoadedBundle
from proxy.console.look.words import STEPS
from proxy.console.people.access import duties_of
from proxy.console.people.duties import DutyKind
from proxy.console.people.gates import for_duties
from proxy.console.review import choosing, desk, visibility, words
from proxy.console.review.answering import Answer, Choice, choice
from proxy.console.review.dossier import Dossier, dossier, effect, events, policy
from proxy.console.review.forms.decide import DecideForm, words_of
from proxy.console.review.forms.filters import Filters
from proxy.console.review.forms.talk import AskForm, HandOverForm, KeepForm, ReturnForm, RevokeForm
from proxy.console.review.handing import targets
from proxy.console.review.lately import Lately
from proxy.console.review.models import Case
from proxy.console.review.named import names_for
from proxy.console.review.opened import Opened
from proxy.console.review.openings import in_words, stands
from proxy.console.review.states import Kind, Listing, State, Step
from proxy.console.review.views.queue import HEARERS
from proxy.console.review.views.visit import Visit, visit
from proxy.console.review.workflow import UNDER_APPEAL

log = logging.getLogger("schoolgate.console")

READERS = (
    DutyKind.REVIEWER,
    DutyKind.TECHNICAL_REVIEWER,
    DutyKind.COUNSELOR,
    DutyKind.TECHNICIAN,
    DutyKind.APPEAL_OFFICER,
    DutyKind.AUDITOR,
)
SIMPLE = {
    Step.CLAIM: ("review:claim", "Claim", ""),
    Step.CLAIM_APPEAL: ("review:claim", "Claim the appeal", ""),
    Step.TAKE_OVER: ("review:take_over", "Take over", ""),
    Step.TAKE_OVER_APPEAL: ("review:take_over", "Take over", ""),
    Step.RELEASE: ("review:release", "Release", "quiet"),
    Step.RELEASE_APPEAL: ("review:release", "Release", "quiet"),
}
DECIDED_BY = {
    State.SUBMITTED: Step.CLAIM,
    State.IN_REVIEW: Step.APPROVE,
    State.NEEDS_ANSWER: Step.DENY,
    State.APPEALED: Step.CLAIM_APPEAL,
    State.IN_APPEAL: Step.OVERTURN,
}


@dataclass(frozen=True, slots=True)
class Button:
    """A step that needs no words."""

    url: str
    words: str
    look: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a case's history."""

    at: datetime
    words: str
    who: str
    note: str


@dataclass(frozen=True, slots=True)
class Written:
    """What came back with a page that could not do what was asked: forms as they were sent, and why not.

    opened       what to show as opened, where a form narrows it
    overtaken    somebody else was faster; `kept_reason` is what this person had written
    refused      the desk's words
    """

    decide: DecideForm | None = None
    ask: forms.Form | None = None
    hand_over: forms.Form | None = None
    returned: forms.Form | None = None
    revoke: forms.Form | None = None
    keep: forms.Form | None = None
    opened: Opened | None = None
    overtaken: str = ""
    kept_reason: str = ""
    refused: str = ""


def find(seen: Visit, case_id: int) -> Case:
    """A case that somebody may read by a duty. Raises Http404, also for one that there is."""
    cases = visibility.readable_by(seen.person, seen.on).select_related("holder", "official")
    return get_object_or_404(cases, pk=case_id)


@for_duties(*READERS)
@require_safe
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show a case."""
    seen = visit(request)
    return show(request, seen, find(seen, case_id))


def show(
    request: HttpRequest, seen: Visit, shown: Case, written: Written | None = None, status: int = 200
) -> HttpResponse:
    """Show a case, with what somebody has written where it could not be taken."""
    written = written or Written()
    found = dossier(shown, seen.person, seen.at, seen.on)
    loaded = policy(seen.config)
    answers = choice(shown, found.steps, found.decisions, found.opened, found.on)
    if written.decide is not None and found.offer is not None:
        written.decide.show(found.offer.sign)
    context = {
        "case": shown,
        "found": found,
        "lately": _lately(seen, loaded, found),
        "frozen_at": found.frozen_at,
        "appealed": found.state in UNDER_APPEAL,
        "timeline": timeline(found),
        "openings": [(one, in_words(one, seen.at), stands(one, seen.at).value) for one in found.openings],
        "simple_steps": _buttons(found),
        "bar": _bar(found),
        "takes_guardians": _takes_guardians(found),
        "takes_back": visibility.takes_back_for_guardian(found.person, shown, found.on),
        "impossible": [{"words": _called(one.answer, found), "why": one.why} for one in answers.impossible],
        "correction_holds": _correction_holds(seen, found, answers),
        "decide": written.decide or decide_form(found, answers, seen, None),
        "ask": written.ask or (AskForm() if found.can(Step.ASK) else None),
        "hand_over": written.hand_over
        or (HandOverForm(None, targets(shown, seen.person, seen.on)) if found.can(Step.HAND_OVER) else None),
        "returned": written.returned or (ReturnForm() if found.signs_second else None),
        "revoke": written.revoke or (RevokeForm() if found.can(Step.REVOKE) else None),
        "keep": written.keep or (KeepForm() if _stands(found) else None),
        "overtaken": written.overtaken,
        "kept_reason": written.kept_reason,
        "refused": written.refused,
        **back(request, seen, shown),
        **(opens(seen, loaded, found, written.opened or found.opened) if _opens_something(found) else {}),
    }
    return render(request, "review/case.html", context, status=status)


def opens(
    seen: Visit, loaded: LoadedBundle | None, found: Dossier, opened: Opened | None
) -> Mapping[str, Any]:
    """What an approval would open, for the template `review/opens.html`."""
    if opened is None:
        return {"effect": None, "words": "", "opens_title": ""}
    blocks = found.kind is Kind.SHOULD_BLOCK
    opened = desk.confined(opened, found.school)
    said = words.in_words(opened, names_for(opened.audience), at=seen.at, zone=seen.config.zone)
    return {
        "effect": effect(loaded, found, opened),
        "late": found.is_late,
        "words": said,
        "opens_title": "What approval would block" if blocks else "What approval would open",
    }


def decide_form(found: Dossier, answers: Choice, seen: Visit, data: Any) -> DecideForm | None:
    """The form for an answer; None for somebody who can give none."""
    if not answers.answers:
        return None
    opened = found.opened if found.kind is not Kind.NOT_WORKING else None
    return DecideForm(
        data,
        kind=found.kind,
        answers=answers.answers,
        asked=opened,
        people=choosing.choices(found.kind, found.school, opened, found.askings) if opened else [],
        chosen=choosing.asked_for(opened) if opened else [],
        zone=seen.config.zone,
        seen=found.last_move,
        sign=found.offer.sign if found.offer is not None else "",
        categories=[] if found.case.category else _categories(seen, found),
        appealed=found.state in UNDER_APPEAL,
    )


def back(request: HttpRequest, seen: Visit, shown: Case) -> Mapping[str, str]:
    """The way back to the list that somebody came from, with its filters and nothing else."""
    lists = {*HEARERS, DutyKind.AUDITOR}.intersection(d.kind for d in duties_of(seen.person, seen.on))
    appealed = State(shown.state) in UNDER_APPEAL and bool(lists)
    said = QueryDict(request.POST.get("kept", "")) if request.method == "POST" else request.GET
    kept = urlencode([(name, said[name]) for name in Filters.base_fields if said.get(name)])
    path = reverse("review:appeals" if appealed else "review:queue")
    return {
        "kept": kept,
        "list_url": f"{path}?{kept}" if kept else path,
        "list_words": "Appeals" if appealed else "Queue",
    }


def timeline(found: Dossier) -> list[Line]:
    """The case's history, as `console/timeline.html` shows it."""
    return [
        Line(
            move.at,
            str(STEPS.get(move.step, move.step)) if move.step or not move.before else "Remark",
            move.by.name if move.by is not None else "" if not move.step else "by the clock",
            move.note,
        )
        for move in found.moves
    ]


def _correction_holds(seen: Visit, found: Dossier, answers: Choice) -> str:
    """Where a correction would hold that this person signs now; "" where they can sign none."""
    if Answer.CORRECT not in answers.answers:
        return ""
    school = desk.counts_at(found.case, seen.person, seen.on, Listing.CORRECTION)
    if not school:
        return "A correction that you sign holds for everybody, at every school."
    title = dict(seen.schools).get(school, school)
    return (
        f"A correction that you sign holds for everybody at {title} alone. It holds at every school where "
        "both who sign have their duty for the whole district."
    )


def _called(answer: Any, found: Dossier) -> str:
    return words_of(answer, found.kind, appealed=found.state in UNDER_APPEAL)


def _opens_something(found: Dossier) -> bool:
    """Whether it is awaited, and a site is meant that an approval would open or block."""
    return found.is_awaited and bool(found.case.host)


def _buttons(found: Dossier) -> list[Button]:
    return [
        Button(reverse(route, args=[found.case.pk]), said, look)
        for step, (route, said, look) in SIMPLE.items()
        if found.can(step)
    ]


def _bar(found: Dossier) -> str:
    """Why this person cannot do the next step, where a step is awaited at all."""
    step = DECIDED_BY.get(found.state)
    if step is None or found.can(step):
        return ""
    return found.why_not(step) or ""


def _takes_guardians(found: Dossier) -> bool:
    """Whether this person can record that a student's guardian appeals."""
    until = found.case.appeal_until
    if found.state is not State.DENIED or until is None or until <= found.at:
        return False
    return visibility.why_not(found.person, found.case, Step.APPEAL, found.on, guardian=True) is None


def _stands(found: Dossier) -> bool:
    """Whether this person can keep for another year something that stands without an end."""
    yearly = any(opening.review_on and opening.revoked_at is None for opening in found.openings)
    return yearly and found.can(Step.KEEP)


def _categories(seen: Visit, found: Dossier) -> list[tuple[str, str]]:
    """The categories under which the case's host is listed now."""
    loaded = policy(seen.config)
    if loaded is None or not found.case.host:
        return []
    known = loaded.policy.categories
    listed = {listing.category for listing in loaded.policy.listings.for_host(found.case.host)}
    return sorted((id_, known[id_].name) for id_ in listed if id_ in known)


def _lately(seen: Visit, loaded: LoadedBundle | None, found: Dossier) -> Lately | None:
    """The events about the site; None where they cannot be read, which keeps nobody from deciding."""
    try:
        return events(seen.config, loaded, found)
    except Exception:
        log.exception("the events of a site could not be read for a case")
        return None

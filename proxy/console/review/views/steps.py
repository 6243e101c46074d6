"""What becomes of a case when somebody presses a button? Every step goes through the desk."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from proxy.console.people.duties import DutyKind
from proxy.console.people.gates import for_duties
from proxy.console.review import desk
from proxy.console.review.forms.talk import AskForm, HandOverForm, KeepForm, ReturnForm, RevokeForm
from proxy.console.review.handing import receiver, targets
from proxy.console.review.models import Case
from proxy.console.review.states import State
from proxy.console.review.views.case import Written, back, find, show
from proxy.console.review.views.visit import Visit, visit
from proxy.console.review.workflow import UNDER_APPEAL

DECIDERS = (
    DutyKind.REVIEWER,
    DutyKind.TECHNICAL_REVIEWER,
    DutyKind.COUNSELOR,
    DutyKind.TECHNICIAN,
    DutyKind.APPEAL_OFFICER,
)
FIELDS: Mapping[str, str] = {
    "audience": "people",
    "opening": "reach",
    "listing": "answer",
    "checklist": "answer",
}
WORDS = ("decide-reason", "ask-question", "hand-note", "return-reason", "revoke-reason", "keep-reason")
REFUSED, OVERTAKEN = 403, 409


@for_duties(*DECIDERS)
@require_POST
def claim(request: HttpRequest, case_id: int) -> HttpResponse:
    """Take a case, or its appeal, on."""
    return _simple(request, case_id, desk.claim, desk.claim_appeal, "You have claimed request #%d.")


@for_duties(*DECIDERS)
@require_POST
def release(request: HttpRequest, case_id: int) -> HttpResponse:
    """Put a case, or its appeal, back into the queue."""
    return _simple(request, case_id, desk.release, desk.release_appeal, "Request #%d is back in the queue.")


@for_duties(*DECIDERS)
@require_POST
def take_over(request: HttpRequest, case_id: int) -> HttpResponse:
    """Take an overdue case from whoever holds it."""
    return _simple(
        request, case_id, desk.take_over, desk.take_over_appeal, "You have taken over request #%d."
    )


@for_duties(*DECIDERS)
@require_POST
def ask(request: HttpRequest, case_id: int) -> HttpResponse:
    """Ask those who asked a question."""
    seen = visit(request)
    case, form = find(seen, case_id), AskForm(request.POST)
    if not form.is_valid():
        return show(request, seen, case, Written(ask=form), 422)

    def take() -> Case:
        return desk.ask(case.pk, seen.person, at=seen.at, question=form.cleaned_data["question"])

    return taken(request, seen, case, take, "The question is on its way.", form, Written(ask=form))


@for_duties(*DECIDERS)
@require_POST
def hand_over(request: HttpRequest, case_id: int) -> HttpResponse:
    """Give a case to somebody else."""
    seen = visit(request)
    case = find(seen, case_id)
    form = HandOverForm(request.POST, targets(case, seen.person, seen.on))
    if not form.is_valid():
        return show(request, seen, case, Written(hand_over=form), 422)
    to, note = receiver(form.cleaned_data["to"]), form.cleaned_data["note"]

    def take() -> Case:
        return desk.hand_over(case.pk, seen.person, at=seen.at, to=to, note=note)

    return taken(request, seen, case, take, "The request is handed over.", form, Written(hand_over=form))


@for_duties(*DECIDERS)
@require_POST
def return_appeal(request: HttpRequest, case_id: int) -> HttpResponse:
    """Give an appeal back to the appeal officers, without a second signature."""
    seen = visit(request)
    case, form = find(seen, case_id), ReturnForm(request.POST)
    if not form.is_valid():
        return show(request, seen, case, Written(returned=form), 422)

    def take() -> Case:
        return desk.return_appeal(case.pk, seen.person, at=seen.at, reason=form.cleaned_data["reason"])

    done = "The appeal is back with the appeal officers."
    return taken(request, seen, case, take, done, form, Written(returned=form))


@for_duties(*DECIDERS)
@require_POST
def revoke(request: HttpRequest, case_id: int) -> HttpResponse:
    """End at once what an approval opened."""
    seen = visit(request)
    case, form = find(seen, case_id), RevokeForm(request.POST)
    if not form.is_valid():
        return show(request, seen, case, Written(revoke=form), 422)

    def take() -> Case:
        return desk.revoke(case.pk, seen.person, at=seen.at, reason=form.cleaned_data["reason"])

    return taken(request, seen, case, take, "It has ended.", form, Written(revoke=form))


@for_duties(*DECIDERS)
@require_POST
def keep(request: HttpRequest, case_id: int) -> HttpResponse:
    """Keep for another year what stands open without an end."""
    seen = visit(request)
    case, form = find(seen, case_id), KeepForm(request.POST)
    if not form.is_valid():
        return show(request, seen, case, Written(keep=form), 422)

    def take() -> Case:
        return desk.keep(case.pk, seen.person, at=seen.at, reason=form.cleaned_data["reason"])

    return taken(request, seen, case, take, "It stays for another year.", form, Written(keep=form))


def _simple(
    request: HttpRequest, case_id: int, first: Callable[..., Case], appealed: Callable[..., Case], done: str
) -> HttpResponse:
    seen = visit(request)
    case = find(seen, case_id)
    step = appealed if State(case.state) in UNDER_APPEAL else first

    def take() -> Case:
        return step(case.pk, seen.person, at=seen.at)

    return taken(request, seen, case, take, done % case.pk)


def taken(
    request: HttpRequest,
    seen: Visit,
    case: Case,
    take: Callable[[], Case],
    done: str,
    form: Form | None = None,
    again: Written | None = None,
) -> HttpResponse:
    """Take a step and go on to the page that follows, or show why it was not taken, with what was written."""
    try:
        take()
    except desk.Overtaken as overtaken:
        written = Written(overtaken=str(overtaken), kept_reason=written_reason(request))
        return show(request, seen, find(seen, case.pk), written, OVERTAKEN)
    except desk.Incomplete as incomplete:
        if form is None:
            return show(request, seen, case, Written(refused=str(incomplete)), REFUSED)
        field = FIELDS.get(incomplete.field, incomplete.field)
        form.add_error(field if field in form.fields else None, str(incomplete))
        return show(request, seen, case, again, 422)
    except desk.Forbidden as forbidden:
        written = Written(refused=str(forbidden), kept_reason=written_reason(request))
        return show(request, seen, find(seen, case.pk), written, REFUSED)
    messages.success(request, done)
    return _next(request, seen, case)


def _next(request: HttpRequest, seen: Visit, case: Case) -> HttpResponseRedirect:
    way = back(request, seen, case)
    kept = way["kept"]
    if request.POST.get("back") == "list":
        return redirect(way["list_url"])
    address = reverse("review:case", args=[case.pk])
    return redirect(f"{address}?{kept}" if kept else address)


def written_reason(request: HttpRequest) -> str:
    """What somebody had written, so that it is not lost."""
    return next((request.POST[name] for name in WORDS if request.POST.get(name)), "")

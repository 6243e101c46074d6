"""What is decided on a case, or would be opened by it?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from proxy.console.people.gates import for_duties
from proxy.console.review import desk
from proxy.console.review.answering import choice, give
from proxy.console.review.dossier import Dossier, dossier, policy
from proxy.console.review.forms.decide import DecideForm
from proxy.console.review.models import Case
from proxy.console.review.states import State, Step
from proxy.console.review.views.case import Written, decide_form, find, opens, show
from proxy.console.review.views.steps import DECIDERS, OVERTAKEN, taken, written_reason
from proxy.console.review.views.visit import Visit, visit
from proxy.console.review.workflow import UNDER_APPEAL


@for_duties(*DECIDERS)
@require_POST
def decide(request: HttpRequest, case_id: int) -> HttpResponse:
    """Record a decision, or only show what it would open."""
    seen = visit(request)
    case = find(seen, case_id)
    found = dossier(case, seen.person, seen.at, seen.on)
    form = _form(request, seen, found)
    if form is None:  # somebody else has it by now, or this person never could
        return show(request, seen, case, _too_late(request, found), OVERTAKEN)
    valid = form.is_valid()
    if "show" in request.POST:
        form.keep_terms_alone()
        return show(request, seen, case, Written(decide=form, opened=form.opened(shown=True)))
    if not valid:
        return show(request, seen, case, Written(decide=form, opened=form.opened()), 422)

    def take() -> Case:
        return give(case, form.given(), seen.person, seen.at)

    return taken(request, seen, case, take, "Your decision is recorded.", form, Written(decide=form))


@for_duties(*DECIDERS)
@require_POST
def what_opens(request: HttpRequest, case_id: int) -> HttpResponse:
    """What the terms on the form would open: a part of the page, for those whose browser asks for it."""
    seen = visit(request)
    found = dossier(find(seen, case_id), seen.person, seen.at, seen.on)
    form = _form(request, seen, found)
    opened = found.opened
    if form is not None:
        form.is_valid()
        opened = form.opened(shown=True)
    return render(request, "review/opens.html", dict(opens(seen, policy(seen.config), found, opened)))


def _form(request: HttpRequest, seen: Visit, found: Dossier) -> DecideForm | None:
    answers = choice(found.case, found.steps, found.decisions, found.opened, found.on)
    return decide_form(found, answers, seen, request.POST)


def _too_late(request: HttpRequest, found: Dossier) -> Written:
    """Who did what while somebody wrote an answer that cannot be given any more."""
    others = [move for move in found.moves if move.step and move.by not in (None, found.person)]
    if not others:
        return Written(refused=found.why_not(_step_of(found.case)) or "", kept_reason=written_reason(request))
    told = str(desk.Overtaken(found.case, others[-1]))
    return Written(overtaken=told, kept_reason=written_reason(request))


def _step_of(case: Case) -> Step:
    return Step.UPHOLD if State(case.state) in UNDER_APPEAL else Step.DENY

"""Who told an adult that something worries them, and who looks after it (S15)?"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from proxy.console.people.duties import DutyKind
from proxy.console.people.gates import for_duties
from proxy.console.review import telling
from proxy.console.review.forms.talk import TakeUpForm
from proxy.console.review.models import Telling
from proxy.console.review.views.visit import Visit, visit
from proxy.console.review.workflow import Forbidden

ADULTS = (DutyKind.COUNSELOR, DutyKind.ADMINISTRATOR)
MOST = 100


@for_duties(*ADULTS)
@require_safe
def tellings(request: HttpRequest) -> HttpResponse:
    """Show what nobody looks after yet, and what this person looks after."""
    return _show(request, visit(request))


@for_duties(*ADULTS)
@require_POST
def take_up(request: HttpRequest, telling_id: int) -> HttpResponse:
    """Say that one looks after it."""
    seen = visit(request)
    if not telling.seen_by(seen.person, seen.on).filter(pk=telling_id).exists():
        raise Http404("there is no such message")
    form = TakeUpForm(request.POST)
    if not form.is_valid():
        return _show(request, seen, "The note is too long: 2,000 characters at most.", 422)
    try:
        telling.take_up(telling_id, seen.person, seen.at, form.cleaned_data["note"])
    except Forbidden as forbidden:
        return _show(request, seen, str(forbidden), 409)
    messages.success(request, "You look after it now. Talk to the student.")
    return redirect("review:tellings")


def _show(request: HttpRequest, seen: Visit, refused: str = "", status: int = 200) -> HttpResponse:
    mine = Telling.objects.filter(taken_by=seen.person).select_related("by").order_by("-taken_at")[:MOST]
    waiting = telling.waiting_for(seen.person, seen.on).select_related("by", "to")[:MOST]
    context = {
        "waiting": [(one, TakeUpForm(auto_id=f"id_{one.pk}_%s")) for one in waiting],
        "mine": mine,
        "refused": refused,
    }
    return render(request, "review/tellings.html", context, status=status)

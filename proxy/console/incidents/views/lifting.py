"""What came of innocent incidents: what is not counted, what is allowed, and how is it taken back?"""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from proxy.console.incidents import audiences, desk, visibility
from proxy.console.incidents.forms import LiftForm
from proxy.console.incidents.models import Pardon
from proxy.console.incidents.reach import kinds
from proxy.console.incidents.views.visit import READERS, REVIEWERS, Visit, visit
from proxy.console.people.gates import for_duties
from proxy.console.review.models import Permitted

type Row = tuple[Pardon | Permitted, str, str, LiftForm | None]

PAGE = 50
REFUSED, WRONG = 403, 422


@for_duties(*READERS)
@require_safe
def innocent(request: HttpRequest) -> HttpResponse:
    """Show what is in force."""
    return _page(request, visit(request))


@for_duties(*REVIEWERS)
@require_POST
def count_again(request: HttpRequest, pardon_id: int) -> HttpResponse:
    """Take back that something is not counted."""
    seen = visit(request)
    if not visibility.pardons_for(seen.person, seen.on, seen.at).filter(pk=pardon_id).exists():
        raise Http404
    return _lifted(request, seen, desk.revoke_pardon, pardon_id, _("It counts again from now on."))


@for_duties(*REVIEWERS)
@require_POST
def stop_again(request: HttpRequest, permit_id: int) -> HttpResponse:
    """Take back that something is allowed."""
    seen = visit(request)
    if not visibility.permits_for(seen.person, seen.on, seen.at).filter(pk=permit_id).exists():
        raise Http404
    return _lifted(request, seen, desk.revoke_permit, permit_id, _("It is stopped again from now on."))


def _lifted(
    request: HttpRequest, seen: Visit, take_back: Callable[..., object], number: int, done: str
) -> HttpResponse:
    form = LiftForm(request.POST)
    if not form.is_valid():
        return _page(request, seen, _("Say why."), WRONG)
    try:
        take_back(number, seen.person, at=seen.at, words=form.cleaned_data["words"])
    except desk.Forbidden as forbidden:
        return _page(request, seen, str(forbidden), REFUSED)
    messages.success(request, done)
    return redirect("incidents:innocent")


def _page(request: HttpRequest, seen: Visit, refused: str = "", status: int = 200) -> HttpResponse:
    pardons = visibility.pardons_for(seen.person, seen.on, seen.at).select_related("by")
    permits = visibility.permits_for(seen.person, seen.on, seen.at).select_related("by")
    page = Paginator(pardons, PAGE).get_page(request.GET.get("page"))
    allowed = Paginator(permits, PAGE).get_page(request.GET.get("page"))
    longer = page if page.paginator.num_pages > allowed.paginator.num_pages else allowed
    context = {
        "pardons": _rows(seen, list(page), "count"),
        "permits": _rows(seen, list(allowed), "stop"),
        "page": longer,
        "refused": refused,
    }
    return render(request, "incidents/innocent.html", context, status=status)


def _rows(seen: Visit, found: Sequence[Pardon | Permitted], kind: str) -> list[Row]:
    """Each with a form where this person may take it back."""
    theirs = visibility.to_take_back(seen.person, found, seen.on)
    return [_row(one, kind, changes=one.pk in theirs) for one in found]


def _row(one: Pardon | Permitted, kind: str, *, changes: bool) -> Row:
    form = LiftForm(auto_id=f"{kind}-{one.pk}-%s") if changes else None
    what = kinds(one.techniques if isinstance(one, Pardon) else [one.technique])
    return one, what, audiences.in_words(one.audience), form

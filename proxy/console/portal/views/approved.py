"""Where does everybody find the approved resources: as a page, as CSV, as JSON? (S58)"""

import csv
import io
from dataclasses import asdict, fields

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from proxy.console.audit.exports import csv_cell
from proxy.console.people.gates import public
from proxy.console.portal.approved import Approved, Sought, approved, choices
from proxy.console.site import clock
from proxy.console.site.config import config

ON_A_PAGE = 50
NAMES = tuple(field.name for field in fields(Approved))


@public
@require_safe
def approved_page(request: HttpRequest) -> HttpResponse:
    """The list, page by page, with filters that stay in the address."""
    everything, sought = approved(clock.now(), config().settings), _sought(request)
    asked = {name: value for name, value in asdict(sought).items() if value}
    pages = Paginator([one for one in everything if sought.fits(one)], ON_A_PAGE)
    here = pages.get_page(request.GET.get("page"))
    context = {
        "resources": here,
        "all": len(everything),
        "sought": sought,
        "choices": choices(everything),
        "query": f"?{urlencode(asked)}" if asked else "",
        "newer": _page(asked, here.previous_page_number()) if here.has_previous() else "",
        "older": _page(asked, here.next_page_number()) if here.has_next() else "",
    }
    return render(request, "portal/approved.html", context)


@public
@require_safe
def approved_csv(request: HttpRequest) -> HttpResponse:
    """The list as CSV. A cell that a spreadsheet would take for a formula is made text."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(NAMES)
    for one in _found(request):
        rows.writerow([csv_cell(_plain(getattr(one, name))) for name in NAMES])
    response = HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="approved.csv"'
    return response


@public
@require_safe
def approved_json(request: HttpRequest) -> HttpResponse:
    """The list as JSON."""
    return JsonResponse({"approved": [asdict(one) for one in _found(request)]})


def _page(asked: dict[str, str], number: int) -> str:
    return f"?{urlencode({**asked, 'page': str(number)})}"


def _found(request: HttpRequest) -> list[Approved]:
    sought = _sought(request)
    return [one for one in approved(clock.now(), config().settings) if sought.fits(one)]


def _sought(request: HttpRequest) -> Sought:
    given = {name: request.GET.get(name, "")[:200] for name in ("kind", "subject", "grade", "school")}
    return Sought(words=request.GET.get("words", "")[:200], **given)


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(value)
    return "" if value is None else str(value)

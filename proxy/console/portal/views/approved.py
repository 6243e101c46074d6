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
from proxy.console.portal.approved import Approved, approved, told
from proxy.console.portal.listed import Sought, choices, listed
from proxy.console.site import clock
from proxy.console.site.config import config

ON_A_PAGE = 50
NAMES = tuple(field.name for field in fields(Approved))


@public
@require_safe
def approved_page(request: HttpRequest) -> HttpResponse:
    """The list, page by page, with filters that stay in the address."""
    settings, sought, everything = config().settings, _sought(request), listed(clock.now())
    asked = {name: value for name, value in asdict(sought).items() if value}
    found = sought.among(everything, settings)
    here = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    begin = (here.number - 1) * ON_A_PAGE
    resources = told(found[begin : begin + ON_A_PAGE], settings)
    context = {
        "resources": resources,
        "page": here,
        "all": bool(resources) or everything.exists(),
        "sought": sought,
        "choices": choices(everything, settings),
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
    return approved(clock.now(), config().settings, _sought(request))


def _sought(request: HttpRequest) -> Sought:
    names = ("words", "kind", "subject", "grade", "school")
    # PostgreSQL takes no text with a NUL in it.
    return Sought(**{name: request.GET.get(name, "")[:200].replace("\0", "") for name in names})


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(value)
    return "" if value is None else str(value)

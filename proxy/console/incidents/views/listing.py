"""The list: which incidents are there, those that nobody has taken up first?"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from proxy.console.incidents import listing, visibility
from proxy.console.incidents.forms import Filters
from proxy.console.incidents.models import Incident
from proxy.console.incidents.spoken import Spoken, spoken
from proxy.console.incidents.views.visit import READERS, visit
from proxy.console.people.gates import for_duties
from proxy.console.people.words import school_title


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    incident: Incident
    technique: Spoken
    school: str


@for_duties(*READERS)
@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    """Show one page of the list."""
    seen = visit(request)
    filters = Filters(request.GET, seen.schools)
    after = request.GET.get("after", "")
    page = listing.page(visibility.readable_by(seen.person, seen.on), filters.chosen(), after)
    kept = [(name, request.GET[name]) for name in Filters.base_fields if request.GET.get(name)]
    here = reverse("incidents:incidents")
    context = {
        "filters": filters,
        "rows": [Row(one, spoken(one.technique), school_title(one.school)) for one in page.incidents],
        "is_filtered": bool(kept or after),
        "first": f"{here}?{urlencode(kept)}" if after else "",
        "next": f"{here}?{urlencode([*kept, ('after', page.after)])}" if page.after else "",
    }
    return render(request, "incidents/incidents.html", context)

"""Where are the numbers of incidents read, as a page and as CSV?

By whoever reads the other figures, and by those who look at incidents. That they leave as a file is recorded.
"""

import csv
import io
from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from proxy.console.audit import actors
from proxy.console.audit.exports import csv_cell, note_export
from proxy.console.incidents import visibility
from proxy.console.incidents.spoken import STATES, family
from proxy.console.incidents.states import State
from proxy.console.people.gates import for_duties
from proxy.console.people.middleware import duties_in, signed_in_person
from proxy.console.people.words import school_title
from proxy.console.reports.gathering import DISTRICT, READERS, schools_of
from proxy.console.reports.incident_figures import By, Figures, Outcome, Row, figures
from proxy.console.site import clock
from proxy.console.site.config import config

MAY_READ = READERS | visibility.READS
KEYS = ("by", "name", "incidents", "hidden")
TITLES = {
    By.MONTH: gettext_lazy("By month"),
    By.SCHOOL: gettext_lazy("By school"),
    By.FAMILY: gettext_lazy("By kind"),
    By.OUTCOME: gettext_lazy("How they ended"),
}


@for_duties(*MAY_READ)
@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    """Show the numbers of the last twelve months that have ended."""
    found = _figures(request)
    tables = [(by.value, TITLES[by], list(_shown(by, found))) for by in found.rows]
    context = {"total": found.total, "first": found.first, "tables": tables}
    return render(request, "reports/incidents.html", context)


@for_duties(*MAY_READ, auditors_send=True)
@require_POST
def incidents_csv(request: HttpRequest) -> HttpResponse:
    """All of it as CSV; what is hidden has no number."""
    found = _figures(request)
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(KEYS)
    rows.writerow(("total", "", *_cells(found.total)))
    for by, of in found.rows.items():
        rows.writerows((by.value, csv_cell(row.name), *_cells(row.number)) for row in of)
    note_export(
        "figures/incidents",
        "csv",
        actor=actors.person(signed_in_person(request)),
        at=clock.now(),
        first=found.first.isoformat(),
    )
    response = HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="incidents.csv"'
    return response


def _cells(number: int | None) -> tuple[str, str]:
    return ("", "True") if number is None else (str(number), "False")


def _figures(request: HttpRequest) -> Figures:
    """Of all schools that the reader may see, together. Raises Http404 where one of them is asked for: taken
    from all, its numbers would tell what is hidden."""
    if request.GET.get("school"):
        raise Http404
    known = {school.id: school.title or school.id for school in config().settings.schools}
    seen = schools_of(duties_in(request), known, MAY_READ)
    return figures(clock.now(), config().zone, None if DISTRICT in seen else frozenset(seen))


def _shown(by: By, found: Figures) -> Iterator[tuple[str, int | None]]:
    return ((_named(by, row), row.number) for row in found.rows[by])


def _named(by: By, row: Row) -> str:
    """What a row is called, in the reader's language."""
    if by is By.FAMILY:
        return family(row.name)
    if by is By.SCHOOL:
        return school_title(row.name)
    if by is By.MONTH:
        year, month, _day = row.name.split("-")
        return f"{month}/{year}"
    return _("Not ended") if row.name == Outcome.STANDS.value else str(STATES[State(row.name)])

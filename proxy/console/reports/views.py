"""Where do reviewers, auditors and administrators read the figures: as a page, as CSV, as JSON?

That figures leave as a file is recorded; files are therefore sent for, not followed.
"""

import csv
import io
import json
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from proxy.console.audit import actors
from proxy.console.audit.exports import csv_cell, note_export
from proxy.console.people.gates import for_duties
from proxy.console.people.middleware import duties_in, signed_in_person
from proxy.console.people.today import today
from proxy.console.reports import tables
from proxy.console.reports.charts import Chart, stacked
from proxy.console.reports.gathering import DISTRICT, READERS, Report, report, schools_of
from proxy.console.reports.periods import DEFAULT_DAYS, SPANS, NoPeriod, period
from proxy.console.site import clock
from proxy.console.site.config import config

ANY, NOWHERE = "", "-"  # NOWHERE stands for the district alone, where an empty value means "all"
KEPT = ("days", "from", "to", "school")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the links or options above the figures."""

    value: str
    words: str
    current: bool


@for_duties(*READERS)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Show the figures; the choice of days and school stays in the address."""
    asked, problem = _asked(request), ""
    try:
        found = _report(request, asked)
    except NoPeriod as error:
        problem, found = str(error), _report(request, {"school": asked["school"]})
    context = {
        "report": found,
        "problem": problem,
        "asked": {"first": asked["from"], "last": asked["to"]},
        "cards": tables.headlines(found),
        "chart": _chart(found),
        "tables": tables.all_of(found),
        "spans": _spans(asked),
        "choices": _choices(asked, found),
        "school": asked["school"],
        "query": "" if problem else _query(asked),
    }
    return render(request, "reports/figures.html", context, status=400 if problem else 200)


@for_duties(*READERS, auditors_send=True)
@require_POST
def figures_csv(request: HttpRequest, name: str) -> HttpResponse:
    """One of the tables as CSV. A cell that a spreadsheet would take for a formula is made text."""
    found = _report_or_404(request)
    table = next((one for one in tables.all_of(found) if one.name == name), None)
    if table is None:
        raise Http404
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(table.keys)
    rows.writerows([csv_cell(value) for value in tables.plain(row)] for row in table.rows)
    _note(request, found, name, "csv")
    response = HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
    return response


@for_duties(*READERS, auditors_send=True)
@require_POST
def figures_json(request: HttpRequest) -> HttpResponse:
    """All figures as JSON. What is hidden for being of too few is null."""
    found = _report_or_404(request)
    told = {
        "from": found.period.first.isoformat(),
        "to": found.period.last.isoformat(),
        "school": found.school,
        "total": asdict(found.total),
        **{table.name: [*tables.as_dicts(table)] for table in tables.all_of(found)},
        "blocks_counted_from": found.blocks_from.isoformat() if found.blocks_from else None,
    }
    _note(request, found, "all", "json")
    response = HttpResponse(json.dumps(told, indent=1) + "\n", content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="figures.json"'
    return response


def _note(request: HttpRequest, found: Report, name: str, form: str) -> None:
    """Record that figures leave as a file, and for whom."""
    note_export(
        f"figures/{name}",
        form,
        actor=actors.person(signed_in_person(request)),
        at=clock.now(),
        first=found.period.first.isoformat(),
        last=found.period.last.isoformat(),
        school=found.school,
    )


def _report_or_404(request: HttpRequest) -> Report:
    try:
        return _report(request, _asked(request))
    except NoPeriod as error:
        raise Http404(str(error)) from error


def _report(request: HttpRequest, asked: dict[str, str]) -> Report:
    """Raises NoPeriod, and Http404 for a school that does not exist or is not the reader's."""
    running = config()
    known = {school.id: school.title or school.id for school in running.settings.schools}
    schools = schools_of(duties_in(request), known)
    wanted = asked["school"]
    school = None if wanted == ANY else DISTRICT if wanted == NOWHERE else wanted
    if school is not None and school not in schools:
        raise Http404
    return report(period(asked, today(), running.zone), school, schools, clock.now(), running)


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:100] for name in KEPT}


def _query(asked: dict[str, str]) -> str:
    kept = {name: value for name, value in asked.items() if value}
    return f"?{urlencode(kept)}" if kept else ""


def _spans(asked: dict[str, str]) -> list[Choice]:
    """Links to numbers of days up to today."""
    own = bool(asked["from"] or asked["to"])
    days = asked["days"] if asked["days"] in SPANS else str(DEFAULT_DAYS)
    school = {"school": asked["school"]} if asked["school"] else {}
    return [
        Choice(f"?{urlencode({'days': value, **school})}", words, not own and value == days)
        for value, words in (("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "A year"))
    ]


def _choices(asked: dict[str, str], found: Report) -> list[Choice]:
    """Options of the list of schools; none where there is nothing to choose."""
    if len(found.schools) < 2:
        return []
    options = [Choice(ANY, "All schools", asked["school"] == ANY)]
    for id_, title in found.schools.items():
        value = NOWHERE if id_ == DISTRICT else id_
        options.append(Choice(value, title, asked["school"] == value))
    return options


def _chart(found: Report) -> Chart | None:
    lines = found.by_part
    values = [(line.answered, line.cases - line.answered) for line in lines]
    return stacked([tables.day(line.name) for line in lines], values)

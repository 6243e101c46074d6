"""Which records are there, is the record whole, and how does it leave as a file? For reading alone.

That somebody had it checked, or took a copy along, is itself recorded; both are therefore sent, not followed.
"""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from proxy.console.audit import actors, checking, log_faults
from proxy.console.audit.chain import Link, fault_in
from proxy.console.audit.exports import (
    COLUMNS,
    csv_lines,
    download,
    json_lines,
    note_export,
    record_rows,
)
from proxy.console.audit.head import last_kept
from proxy.console.audit.models import AuditHead, AuditRecord
from proxy.console.auditing.filters import Filters, kept, wanted
from proxy.console.auditing.shown import named, shown
from proxy.console.people.duties import DutyKind
from proxy.console.people.gates import for_duties
from proxy.console.people.middleware import signed_in_person
from proxy.console.site import clock
from proxy.console.site.config import config

PAGE = 50
READERS = (DutyKind.AUDITOR, DutyKind.ADMINISTRATOR)
for_auditors = for_duties(*READERS, of_all_schools=True)
"""The record is of all schools at once."""
sent_by_auditors = for_duties(*READERS, of_all_schools=True, auditors_send=True)
"""Having the record checked and taking it along is an auditor's work, and changes nothing in it."""
BUSY = "A check runs already, or is asked for. What it finds will stand here."


@for_auditors
@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """Show one page of the record, newest first."""
    filters = Filters(request.GET)
    found = wanted(filters, config().zone).order_by("-number")
    before = request.GET.get("before", "")
    if before:
        if not (before.isascii() and before.isdigit() and len(before) < 19):
            return redirect(_here(kept(request.GET)))
        found = found.filter(number__lt=int(before))
    page = list(found[: PAGE + 1])
    query = kept(request.GET)
    older = f"{query}&before={page[PAGE - 1].number}".lstrip("&") if len(page) > PAGE else ""
    context = {
        "filters": filters,
        "rows": shown(page[:PAGE]),
        "kept": query,
        "newer": _here(query) if before else "",
        "older": _here(older) if older else "",
        "head": AuditHead.objects.get(pk=1),
        "witness": last_kept(config().state),
        "log_faults": log_faults.unseen(),
    }
    return render(request, "audit/records.html", context)


def _here(query: str) -> str:
    path = reverse("audit:records")
    return f"{path}?{query}" if query else path


@for_auditors
@require_safe
def record(request: HttpRequest, number: int) -> HttpResponse:
    """Show one record with all that it says, and whether it follows the one before it."""
    near = AuditRecord.objects.filter(number__gte=number - 1, number__lte=number + 1)
    around = {r.number: r for r in near}
    found = around.get(number)
    if found is None:
        raise Http404
    before = around.get(number - 1)
    link = Link(before.number, before.hash) if before is not None else Link()
    context = {
        "row": shown([found])[0],
        "fault": fault_in(link, found),
        "before": before,
        "after": around.get(number + 1),
    }
    return render(request, "audit/record.html", context)


@sent_by_auditors
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Say what the last check found; when sent, have the record checked, or note what was looked at."""
    running = config()
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        if seen:
            if seen.isascii() and seen.isdigit() and len(seen) < 19:
                log_faults.look(int(seen), _actor(request), clock.now())
        elif checking.ask(running, _actor(request), clock.now()) is checking.Outcome.BUSY:
            messages.warning(request, BUSY)
        return redirect("audit:verify")
    last, asked = checking.last_checked(running), checking.asked(running)
    context = {
        "witness": last_kept(running.state),
        "last": last,
        "last_by": named(last.by) if last is not None else None,
        "asked": asked,
        "asked_by": named(asked.by) if asked is not None else None,
        "log_faults": log_faults.unseen(),
    }
    return render(request, "audit/verify.html", context)


@sent_by_auditors
@require_POST
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The records that fit the filters, for a spreadsheet."""
    found = _taken_along(request, "csv")
    if found is None:
        return redirect(_here(kept(request.GET)))
    return download(csv_lines(COLUMNS, record_rows(found)), "record.csv", "text/csv")


@sent_by_auditors
@require_POST
def as_json(request: HttpRequest) -> HttpResponseBase:
    """The records that fit the filters, one JSON object a line."""
    found = _taken_along(request, "jsonl")
    if found is None:
        return redirect(_here(kept(request.GET)))
    return download(json_lines(found), "record.jsonl", "application/jsonl")


def _taken_along(request: HttpRequest, form: str) -> QuerySet[AuditRecord] | None:
    """What leaves, once it is recorded that it does; None when the filters are wrong."""
    filters = Filters(request.GET)
    found = wanted(filters, config().zone).order_by("number")
    if not filters.is_valid():
        return None
    written = {name: str(value) for name, value in filters.cleaned_data.items() if value}
    own = note_export("record", form, actor=_actor(request), at=clock.now(), **written)
    return found.filter(number__lte=own.number)


def _actor(request: HttpRequest) -> str:
    return actors.person(signed_in_person(request))

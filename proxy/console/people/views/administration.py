"""What does an administrator do about people? Each act checks whose business it is, and is recorded."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.people import accounts
from proxy.console.people.accounts import AccountProblem, why_not, why_not_at
from proxy.console.people.administering import AccountForm, DutyForm, EndForm
from proxy.console.people.charging import end, give
from proxy.console.people.duties import Source
from proxy.console.people.gates import administration
from proxy.console.people.links import first_password_link
from proxy.console.people.middleware import signed_in_person
from proxy.console.people.models import Duty, Person
from proxy.console.people.today import today
from proxy.console.people.views.people import person_page, visible
from proxy.console.site import clock

WRONG = 422


@administration()
@require_POST
def give_duty(request: HttpRequest, person_id: int) -> HttpResponse:
    """Charge somebody with a duty, or change its days and rank."""
    found, by = visible(request, person_id), signed_in_person(request)
    form = DutyForm(request.POST)
    if not form.is_valid():
        return person_page(request, found, form, WRONG)
    wanted = form.wanted()
    _refuse(why_not(by, found, today()) or why_not_at(by, wanted.school, today()))
    try:
        with transaction.atomic():
            give(found, wanted, Source.CONSOLE, actor=actors.person(by), at=clock.now(), by=by)
    except IntegrityError:
        form.add_error("kind", _("An auditor has no other duty at the same time."))
        return person_page(request, found, form, WRONG)
    messages.success(request, _("The duty is given."))
    return _back(found)


@administration()
@require_POST
def end_duty(request: HttpRequest, person_id: int, duty_id: int) -> HttpResponse:
    """End a duty at once. One that has ended keeps its last day."""
    found, by = visible(request, person_id), signed_in_person(request)
    _refuse(why_not(by, found, today()))
    with transaction.atomic():
        Person.objects.hold(found)
        going_on = Q(ends__isnull=True) | Q(ends__gte=today())
        duty = Duty.objects.select_for_update().filter(going_on, pk=duty_id, person=found).first()
        if duty is None:
            raise Http404
        if duty.source == Source.FILE.value:
            messages.warning(request, _("duties.csv gives this duty; take it out there, too."))
        end(duty, actor=actors.person(by), at=clock.now(), on=today(), by=by)
    messages.success(request, _("The duty has ended."))
    return _back(found)


@administration()
@require_POST
def switch(request: HttpRequest, person_id: int) -> HttpResponse:
    """Switch an account off or on."""
    enabled = request.POST.get("enabled") == "yes"
    done = _("The account is switched on.") if enabled else _("The account is switched off.")
    return _act(
        request,
        person_id,
        lambda found, by: accounts.switch(found, by, enabled=enabled, at=clock.now(), on=today()),
        done,
    )


@administration()
@require_POST
def reset_second_factor(request: HttpRequest, person_id: int) -> HttpResponse:
    """Take a second factor away, as for a lost phone."""
    return _act(
        request,
        person_id,
        lambda found, by: accounts.reset_second_factor(found, by, at=clock.now(), on=today()),
        _("The second factor is reset. At the next log-in a new one is set up."),
    )


@administration()
@require_POST
def end_sessions(request: HttpRequest, person_id: int) -> HttpResponse:
    """End one session of somebody, or all."""
    session = request.POST.get("session", "")
    only = int(session) if session.isascii() and session.isdigit() and len(session) < 19 else None
    return _act(
        request,
        person_id,
        lambda found, by: accounts.end_session_of(found, by, only, at=clock.now(), on=today()),
        _("The session has ended.") if only is not None else _("All sessions have ended."),
    )


@administration()
@require_POST
def reset_password(request: HttpRequest, person_id: int) -> HttpResponse:
    """Void a password and show, this once, the link with which a new one is set."""
    found, by = visible(request, person_id), signed_in_person(request)
    try:
        link = accounts.reset_password(found, by, at=clock.now(), on=today())
    except AccountProblem as problem:
        messages.error(request, str(problem))
        return _back(found)
    return render(request, "people/link.html", {"person": found, "link": link})


@administration()
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make an account for somebody who is not in the roster."""
    form = AccountForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "people/new.html", {"form": form}, status=WRONG if form.is_bound else 200)
    by = signed_in_person(request)
    _refuse(why_not_at(by, form.cleaned_data["school"], today()))
    with transaction.atomic():
        made = form.save(commit=False)
        made.set_unusable_password()
        made.save()
        detail = {"role": made.role, "sponsor": made.sponsor_id, "ends": _written(made)}
        _record("account.make", made, by, detail)
    return render(request, "people/link.html", {"person": made, "link": first_password_link(made)})


@administration()
@require_http_methods(["GET", "HEAD", "POST"])
def set_end(request: HttpRequest, person_id: int) -> HttpResponse:
    """Set the last day of an account."""
    found, by = visible(request, person_id), signed_in_person(request)
    _refuse(why_not(by, found, today()))
    form = EndForm(request.POST or None, instance=found)
    if request.method != "POST" or not form.is_valid():
        inside = {"form": form, "person": Person.objects.get(pk=found.pk)}
        return render(request, "people/end.html", inside, status=WRONG if form.is_bound else 200)
    with transaction.atomic():
        changed = form.save()
        detail = {"ends": _written(changed)} | ({"sponsor": changed.sponsor_id} if changed.sponsor_id else {})
        _record("account.last_day", changed, by, detail)
    messages.success(request, _("The last day is set."))
    return _back(found)


def _act(
    request: HttpRequest, person_id: int, act: Callable[[Person, Person], object], done: str
) -> HttpResponse:
    found = visible(request, person_id)
    try:
        act(found, signed_in_person(request))
    except AccountProblem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, done)
    return _back(found)


def _record(action: str, about: Person, by: Person, detail: Mapping[str, object]) -> None:
    append(action, actor=actors.person(by), about=actors.person(about), detail=detail, at=clock.now())


def _refuse(problem: str | None) -> None:
    if problem is not None:
        raise PermissionDenied(problem)


def _back(found: Person) -> HttpResponse:
    return HttpResponseRedirect(reverse("people:person", args=[found.pk]))


def _written(person: Person) -> str | None:
    return person.ends_on.isoformat() if person.ends_on else None

"""What becomes of an incident when somebody presses a button? Every step goes through the desk."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from proxy.console.incidents import desk
from proxy.console.incidents.following import FollowingForm
from proxy.console.incidents.forms import EndForm, GiveBackForm
from proxy.console.incidents.innocence import means as meant
from proxy.console.incidents.innocence import wanted
from proxy.console.incidents.models import Incident
from proxy.console.incidents.states import State
from proxy.console.incidents.views.incident import Written, end_form, find, follow_up_form, show
from proxy.console.incidents.views.visit import REVIEWERS, Visit, visit
from proxy.console.people.gates import for_duties

REFUSED, OVERTAKEN, WRONG = 403, 409, 422
_NUMBER = re.compile("[0-9]{1,18}")
FIELDS = {"site": "pardon_at", "host": "what", "reason": "permit_reason"}
"""What the desk calls something -> the field of the form."""


@for_duties(*REVIEWERS)
@require_POST
def take_up(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Take an incident under review."""
    seen = visit(request)
    shown = find(seen, incident_id)

    def take() -> object:
        return desk.take_up(shown.pk, seen.person, at=seen.at, seen=_last_shown(request))

    return _taken(request, seen, shown, take, _("You have taken up incident %d.") % shown.pk)


@for_duties(*REVIEWERS)
@require_POST
def give_back(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Put an incident back, for somebody else to take up."""
    seen = visit(request)
    shown, form = find(seen, incident_id), GiveBackForm(request.POST)
    if not form.is_valid():
        return show(request, seen, shown, Written(back=form), WRONG)

    def take() -> object:
        return desk.give_back(shown.pk, seen.person, at=seen.at, note=form.cleaned_data["note"])

    done = _("Incident %d waits for somebody else.") % shown.pk
    return _taken(request, seen, shown, take, done, Written(back=form))


@for_duties(*REVIEWERS)
@require_POST
def end(request: HttpRequest, incident_id: int) -> HttpResponse:
    """End an incident, or show what its end would bring about."""
    seen = visit(request)
    shown = find(seen, incident_id)
    form = end_form(request.POST, seen, shown)
    back = _not_yet(request, seen, shown, form)
    if back is not None:
        return back
    pardons, permits = wanted(form, shown)

    def take() -> object:
        return desk.end(
            shown.pk,
            seen.person,
            at=seen.at,
            outcome=State(form.cleaned_data["outcome"]),
            words=_words(form),
            pardons=pardons,
            permits=permits,
            seen=form.cleaned_data["seen"],
            acts=form.cleaned_data["acts"],
        )

    done = _("Incident %d has ended.") % shown.pk
    return _taken(request, seen, shown, take, done, Written(following=form))


@for_duties(*REVIEWERS)
@require_POST
def follow_up(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Let more follow from an incident that was innocent, or show what that would mean."""
    seen = visit(request)
    shown = find(seen, incident_id)
    form = follow_up_form(request.POST, seen, shown)
    back = _not_yet(request, seen, shown, form)
    if back is not None:
        return back
    pardons, permits = wanted(form, shown)

    def take() -> object:
        return desk.follow_up(
            shown.pk,
            seen.person,
            at=seen.at,
            words=form.cleaned_data["words"],
            pardons=pardons,
            permits=permits,
            seen=form.cleaned_data["seen"],
            acts=form.cleaned_data["acts"],
        )

    return _taken(request, seen, shown, take, _("It is in force from now on."), Written(following=form))


def _not_yet(request: HttpRequest, seen: Visit, shown: Incident, form: FollowingForm) -> HttpResponse | None:
    """The page again, where a form is not to be taken: it asks only what it means, what was shown on it has
    changed, or something is wrong. None: it is to be taken."""
    is_valid = form.is_valid()
    if form.is_outdated:
        again = _as_it_is(form, seen, shown)
        why = str(desk.MORE_SEEN)
        return show(request, seen, shown, Written(again, means=meant(again, shown), refused=why), OVERTAKEN)
    if "show" in request.POST:
        return show(request, seen, shown, Written(form, means=meant(form, shown)))
    if is_valid:
        return None
    means_now = meant(form, shown) if form.follows else None
    return show(request, seen, shown, Written(form, means=means_now), WRONG)


def _as_it_is(form: FollowingForm, seen: Visit, shown: Incident) -> FollowingForm:
    """A form with what was filled in, that says of what was seen what is known now."""
    made = end_form if isinstance(form, EndForm) else follow_up_form
    again = made(form.as_it_is(), seen, shown)
    again.is_valid()
    return again


def _form_of(data: Any, seen: Visit, shown: Incident) -> FollowingForm:
    """The form that stands on an incident's page."""
    if State(shown.state) is State.INNOCENT:
        return follow_up_form(data, seen, shown)
    return end_form(data, seen, shown)


@for_duties(*REVIEWERS)
@require_POST
def means(request: HttpRequest, incident_id: int) -> HttpResponse:
    """The part of the page that says what would follow; changes nothing."""
    seen = visit(request)
    shown = find(seen, incident_id)
    form = _form_of(request.POST, seen, shown)
    form.is_valid()
    if form.is_outdated:
        form = _as_it_is(form, seen, shown)
    return render(request, "incidents/means.html", {"means": meant(form, shown)})


@for_duties(*REVIEWERS)
@require_POST
def show_name(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Show the name behind a pseudonym. The look is recorded before the name is shown."""
    seen = visit(request)
    shown = find(seen, incident_id)
    try:
        name = desk.show_name(shown.pk, seen.person, at=seen.at)
    except desk.Forbidden as forbidden:
        return show(request, seen, shown, Written(refused=str(forbidden)), REFUSED)
    return show(request, seen, shown, Written(name=name))


def _taken(
    request: HttpRequest,
    seen: Visit,
    shown: Incident,
    take: Callable[[], object],
    done: str,
    again: Written | None = None,
) -> HttpResponse:
    """Take a step and show the incident as it stands then, or say why it was not taken."""
    again = again or Written()
    try:
        take()
    except desk.Overtaken as overtaken:
        now = find(seen, shown.pk)
        if again.following is not None:
            again = replace(again, following=_as_it_is(again.following, seen, now))
        return show(request, seen, now, replace(again, refused=str(overtaken)), OVERTAKEN)
    except desk.Incomplete as incomplete:
        if again.following is None:
            return _refused(request, seen, shown, again, str(incomplete), REFUSED)
        field = FIELDS.get(incomplete.field, incomplete.field)
        again.following.add_error(field if field in again.following.fields else None, str(incomplete))
        return show(request, seen, shown, again, WRONG)
    except desk.Forbidden as forbidden:
        return _refused(request, seen, shown, again, str(forbidden), REFUSED)
    messages.success(request, done)
    return redirect("incidents:incident", incident_id=shown.pk)


def _refused(
    request: HttpRequest, seen: Visit, shown: Incident, again: Written, why: str, status: int
) -> HttpResponse:
    """The incident as it stands now, with what was written."""
    return show(
        request, seen, find(seen, shown.pk), Written(again.following, again.back, refused=why), status
    )


def _last_shown(request: HttpRequest) -> int:
    """Id of the last move that the page showed; 0 where it says none."""
    said = request.POST.get("seen", "")
    return int(said) if _NUMBER.fullmatch(said) else 0


def _words(form: EndForm) -> str:
    """What was written, and which innocent causes were looked into."""
    text: str = form.cleaned_data["words"]
    if not form.causes:
        return text
    looked = "".join(f"\n- {one}" for one in form.causes)
    return f"{text}\n\n{_('Looked into, and it was not:')}{looked}"

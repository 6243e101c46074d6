"""What can somebody see and change of their own account?"""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.people.access import in_force, needs_second_factor
from proxy.console.people.gates import own_account
from proxy.console.people.middleware import signed_in_person
from proxy.console.people.models import Duty
from proxy.console.people.sessions import end_sessions, sessions_of
from proxy.console.people.today import today
from proxy.console.people.words import ROLES, school_title
from proxy.console.site import clock


@own_account
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: who one is here, duties, password, second factor, sessions."""
    person = signed_in_person(request)
    duties = Duty.objects.filter(in_force(today()), person=person).order_by("kind", "school")
    inside = {
        "person": person,
        "role": ROLES.get(person.role, person.role),
        "school": school_title(person.school),
        "duties": [(duty, school_title(duty.school)) for duty in duties],
        "needs_factor": needs_second_factor(person, today()),
        "has_factor": is_mfa_enabled(person, [Authenticator.Type.TOTP]),
        "has_password": person.has_usable_password(),
        "sessions": sessions_of(person),
        "this_session": request.session.session_key,
    }
    return render(request, "people/account.html", inside)


@own_account
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one of one's own sessions."""
    if not _end(request, only=session_id):
        raise Http404
    messages.success(request, _("The session has ended."))
    return HttpResponseRedirect(reverse("people:account"))


@own_account
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    ended = _end(request)
    words = ngettext("%(n)d other session has ended.", "%(n)d other sessions have ended.", ended)
    messages.success(request, words % {"n": ended})
    return HttpResponseRedirect(reverse("people:account"))


def _end(request: HttpRequest, only: int | None = None) -> int:
    person = signed_in_person(request)
    with transaction.atomic():
        ended = end_sessions(person, but=None if only else request.session.session_key, only=only)
        if ended:
            who = actors.person(person)
            append("account.sessions_ended", actor=who, about=who, detail={"count": ended}, at=clock.now())
    return ended

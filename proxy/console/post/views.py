"""Which letters and messages did not arrive, and can they be tried anew?"""

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.people.duties import DutyKind
from proxy.console.people.gates import administration
from proxy.console.people.middleware import duties_in, signed_in_person
from proxy.console.people.models import Person
from proxy.console.post import backlog, calls
from proxy.console.post.models import Call, Letter
from proxy.console.site import clock
from proxy.console.site.config import config

AT_ONCE = 100


@administration()
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """Those that were given up, and how many wait. What they say stands in the requests, not here.

    Below them the messages to the school's own system, where there is one or was.
    """
    theirs, here = _theirs(request), _of_their_schools(request)
    given_up, waiting = backlog.given_up().filter(theirs), backlog.waiting().filter(theirs)
    lost_calls, waiting_calls = calls.given_up().filter(here), calls.waiting().filter(here)
    return render(
        request,
        "post/letters.html",
        {
            "given_up": given_up.only(*backlog.SHOWN)[:AT_ONCE],
            "all_given_up": given_up.count(),
            "waiting": waiting.count(),
            "delayed": waiting.filter(tries__gt=0).order_by("not_before").only(*backlog.SHOWN)[:AT_ONCE],
            "server": config().console.mail,
            "webhook": config().settings.incidents.webhook,
            "lost_calls": lost_calls[:AT_ONCE],
            "all_lost_calls": lost_calls.count(),
            "waiting_calls": waiting_calls.count(),
            "delayed_calls": waiting_calls.filter(tries__gt=0).order_by("not_before")[:AT_ONCE],
        },
    )


@administration()
@require_POST
def try_again(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Send a letter that was given up once more."""
    by, at = signed_in_person(request), clock.now()
    with transaction.atomic():
        if not Letter.objects.filter(_theirs(request), pk=letter_id).exists():
            raise Http404
        if not backlog.try_again(letter_id, at):
            raise Http404
        append("letter.try_again", actor=actors.person(by), about=f"letter:{letter_id}", at=at)
    messages.success(request, _("The letter is sent within a few seconds."))
    return HttpResponseRedirect(reverse("post:letters"))


@administration()
@require_POST
def call_again(request: HttpRequest, call_id: int) -> HttpResponse:
    """Send a message that was given up once more."""
    by, at = signed_in_person(request), clock.now()
    with transaction.atomic():
        if not Call.objects.filter(_of_their_schools(request), pk=call_id).exists():
            raise Http404
        if not calls.try_again(call_id, at):
            raise Http404
        append("call.try_again", actor=actors.person(by), about=f"call:{call_id}", at=at)
    messages.success(request, _("The message is sent within a few seconds."))
    return HttpResponseRedirect(reverse("post:letters"))


def _theirs(request: HttpRequest) -> Q:
    """The letters to people of the schools that this administrator administers."""
    schools = _administered(request)
    return Q() if "" in schools else Q(to__in=Person.objects.filter(school__in=schools).values("email"))


def _of_their_schools(request: HttpRequest) -> Q:
    """The messages about the schools that this administrator administers."""
    schools = _administered(request)
    return Q() if "" in schools else Q(school__in=schools)


def _administered(request: HttpRequest) -> set[str]:
    return {duty.school for duty in duties_in(request) if duty.kind is DutyKind.ADMINISTRATOR}

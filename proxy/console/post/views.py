"""Which letters did not arrive, and can they be tried anew?"""

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
from proxy.console.post import backlog
from proxy.console.post.models import Letter
from proxy.console.site import clock
from proxy.console.site.config import config

AT_ONCE = 100


@administration()
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """Those that were given up, and how many wait. What they say stands in the requests, not here."""
    theirs = _theirs(request)
    given_up, waiting = backlog.given_up().filter(theirs), backlog.waiting().filter(theirs)
    return render(
        request,
        "post/letters.html",
        {
            "given_up": given_up.only(*backlog.SHOWN)[:AT_ONCE],
            "all_given_up": given_up.count(),
            "waiting": waiting.count(),
            "delayed": waiting.filter(tries__gt=0).order_by("not_before").only(*backlog.SHOWN)[:AT_ONCE],
            "server": config().console.mail,
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


def _theirs(request: HttpRequest) -> Q:
    """The letters to people of the schools that this administrator administers."""
    schools = {duty.school for duty in duties_in(request) if duty.kind is DutyKind.ADMINISTRATOR}
    return Q() if "" in schools else Q(to__in=Person.objects.filter(school__in=schools).values("email"))

"""How does somebody tell an adult what worries them? (S15)"""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from proxy.console.people.access import is_auditor
from proxy.console.people.gates import public
from proxy.console.people.middleware import duties_in, person_of
from proxy.console.portal.askers import Asker, known_to_gateway, logged_in
from proxy.console.portal.evidence import from_ticket
from proxy.console.portal.forms.case import TellForm
from proxy.console.portal.views.pages import page
from proxy.console.review import telling
from proxy.console.review.models import Telling
from proxy.console.site import clock
from proxy.console.site.config import config
from proxy.tickets.errors import TicketProblem

MOST_A_DAY = 20
MOST_OF_A_SHARED_DEVICE = 100
A_DAY = timedelta(days=1)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest) -> HttpResponse:
    """Tell an adult. Whoever is neither logged in nor known by a ticket reads whom to turn to."""
    if is_auditor(duties_in(request)):
        return page(request, "tell", {"form": None, "audits": True})
    ticket = request.POST.get("ticket") or request.GET.get("ticket", "")
    asker = _asker(request, ticket)
    form = TellForm(request.POST if request.method == "POST" else None, initial={"ticket": ticket})
    if asker is None:
        return page(request, "tell", {"form": None})
    if not (form.is_bound and form.is_valid()):
        return page(request, "tell", {"form": form}, status=400 if form.is_bound else 200)
    if _too_often(asker):
        return page(request, "tell", {"form": None, "too_often": True}, status=429)
    telling.tell(
        by=asker.person,
        subject=asker.subject,
        school=asker.school,
        text=form.cleaned_data["text"],
        url=form.cleaned_data["address"].url,
        at=clock.now(),
    )
    return redirect("portal:told")


@public
@require_safe
def told(request: HttpRequest) -> HttpResponse:
    """Somebody was told; what happens now."""
    return page(request, "told", {})


def _asker(request: HttpRequest, ticket: str) -> Asker | None:
    person = person_of(request)
    if person is not None:
        return logged_in(person)
    try:
        return known_to_gateway(from_ticket(ticket, config(), clock.now()), config()) if ticket else None
    except TicketProblem:
        return None


def _too_often(asker: Asker) -> bool:
    """More than anybody in need would write; it keeps the adults' list readable. One child does not use up
    what the others at a shared device can write."""
    since = clock.now() - A_DAY
    mine = Telling.objects.filter(at__gt=since, by=asker.person, subject=asker.subject)
    return mine.count() >= (MOST_A_DAY if asker.person is not None else MOST_OF_A_SHARED_DEVICE)

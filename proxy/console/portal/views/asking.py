"""How does somebody ask: from the block page's link, with its code, or from here?"""

import logging
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from proxy.console.people.access import may_ask
from proxy.console.people.gates import for_students_and_teachers, public
from proxy.console.people.middleware import duties_in, person_of, signed_in_person
from proxy.console.people.models import Person
from proxy.console.portal import receipts
from proxy.console.portal.askers import Asker, known_to_gateway, logged_in, was_handed_to
from proxy.console.portal.audiences import classes_of
from proxy.console.portal.codes import CodeUnknown, TooManyCodes, met_by_code
from proxy.console.portal.evidence import NOTHING_MET, Met, from_ticket
from proxy.console.portal.forms.asking import About, AskForm, form_for, kinds_for
from proxy.console.portal.forms.code import CodeForm
from proxy.console.portal.shown import own_asking
from proxy.console.portal.submitting import asking_from
from proxy.console.portal.views.pages import page
from proxy.console.review import desk, visibility
from proxy.console.review.models import Asking, Case
from proxy.console.review.states import Kind
from proxy.console.site import clock
from proxy.console.site.config import config
from proxy.tickets.errors import CodeProblem, KeyringProblem, TicketExpired, TicketProblem, TicketUnknownKey

log = logging.getLogger("schoolgate.console")


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of a page on which somebody asks.

    ticket   the sealed ticket that came with it, "" when none did
    """

    request: HttpRequest
    asker: Asker
    met: Met
    ticket: str = ""


@public
@require_http_methods(["GET", "HEAD", "POST"])
def from_block_page(request: HttpRequest) -> HttpResponse:
    """Ask for the page that a ticket stands for."""
    ticket = request.POST.get("ticket") or request.GET.get("ticket", "")
    if not ticket:
        return redirect("portal:home")
    try:
        met = from_ticket(ticket, config(), clock.now())
    except TicketProblem as problem:
        return _bad_ticket(request, problem)
    person = person_of(request)
    used = _used(met, person)
    if used is not None:
        return _to_known(used, person)
    if person is not None and not may_ask(person.role, duties_in(request)):
        return page(request, "no_asking", {})
    asker = logged_in(person) if person is not None else known_to_gateway(met, config())
    if asker is None:
        here = f"{reverse('portal:ask')}?{urlencode({'ticket': ticket})}"
        return page(request, "who_are_you", {"met": met, "here": here})
    return _asked(Visit(request, asker, met, ticket), met.kind)


@for_students_and_teachers
@require_http_methods(["GET", "HEAD", "POST"])
def by_code(request: HttpRequest) -> HttpResponse:
    """Ask for the page whose code somebody was told."""
    person = signed_in_person(request)
    form = CodeForm(
        request.POST if "code" in request.POST else request.GET if "code" in request.GET else None
    )
    if not form.is_valid():
        return page(request, "code", {"form": form}, status=400 if form.is_bound else 200)
    try:
        met = met_by_code(form.cleaned_data["code"], person, config(), clock.now())
    except CodeProblem:
        form.add_error("code", _("A code has eight letters and digits, for example 7KQ2-9FXM."))
    except CodeUnknown:
        form.add_error(
            "code", _("No blocked page has this code, or it is too long ago. Look at the code again.")
        )
    except TooManyCodes:
        form.add_error(
            "code", _("Those were too many wrong codes. Try again in an hour, or ask with the address.")
        )
    if form.errors:
        return page(request, "code", {"form": form}, status=400)
    own = _own(met, logged_in(person))
    if own is not None:
        return redirect("portal:case", own.case_id)
    return _asked(Visit(request, logged_in(person), met), met.kind, code=met.code)


@for_students_and_teachers
@require_http_methods(["GET", "HEAD", "POST"])
def anew(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask without having met a block page."""
    asker = logged_in(signed_in_person(request))
    chosen = next((each for each in kinds_for(asker) if each.value == kind), None)
    if chosen is None:
        raise Http404
    return _asked(Visit(request, asker, NOTHING_MET), chosen)


def _asked(visit: Visit, kind: Kind, code: str = "") -> HttpResponse:
    """Show the form, or put in what it holds."""
    request, sent = visit.request, visit.request.method == "POST" and "purpose" in visit.request.POST
    form = _form(visit, kind, sent)
    if sent and form.is_valid():
        try:
            case = desk.submit(asking_from(form), at=form.about.at)
        except desk.Incomplete as wrong:
            form.add_error(wrong.field if wrong.field in form.fields else None, str(wrong))
        except desk.Forbidden as no:
            form.add_error(None, str(no))
        else:
            return _done(visit, case)
    context = {"form": form, "kind": kind.value, "met": visit.met, "asker": visit.asker, "code": code}
    return page(request, "ask", context, status=400 if form.is_bound and form.errors else 200)


def _form(visit: Visit, kind: Kind, sent: bool) -> AskForm:
    person = visit.asker.person
    about = About(
        asker=visit.asker,
        met=visit.met,
        classes=classes_of(person, teaching=not person.is_student) if person is not None else [],
        settings=config().settings,
        at=clock.now(),
    )
    initial = {"ticket": visit.ticket} | {k: v for k, v in visit.request.GET.items() if k == "address"}
    return form_for(kind, visit.asker)(about, visit.request.POST if sent else None, initial=initial)


def _done(visit: Visit, case: Case) -> HttpResponse:
    if visit.asker.known_by == "login":
        messages.success(
            visit.request, _("Your request was received. We will tell you when there is an answer.")
        )
        return redirect("portal:case", case.pk)
    return HttpResponseRedirect(receipts.link(_asking_in(case, visit.asker).pk))


def _asking_in(case: Case, asker: Asker) -> Asking:
    found = (
        case.askings.filter(asker=asker.person)
        if asker.person
        else case.askings.filter(subject=asker.subject)
    )
    return found.latest("pk")


def _used(met: Met, person: Person | None) -> Asking | None:
    """What a ticket was used for; None: nothing yet.

    Whom it was handed out to is led to what they asked themselves. That somebody else was faster, who knew
    the code beside it, keeps nobody from asking.
    """
    known = desk.case_of_ticket(met.ticket)
    if known is None:
        return None
    asker = logged_in(person) if person is not None else known_to_gateway(met, config())
    if asker is not None and was_handed_to(asker, met, config()):
        return _own(met, asker)
    used = known.askings.filter(ticket=met.ticket).first()
    if used is None and person is not None and visibility.asked(person, known):
        return own_asking(person, known)
    # Whose second ticket for the same it was is not known: the receipt of who asked first is not theirs.
    return used


def _own(met: Met, asker: Asker) -> Asking | None:
    """What somebody asked because of a block themselves, also where somebody else used its ticket first."""
    known = desk.case_of_ticket(met.ticket)
    if known is None:
        return None
    mine = Q(asker=asker.person) if asker.person else Q(pk=None)
    if asker.subject:
        mine |= Q(subject=asker.subject)
    own = Asking.objects.filter(mine).select_related("case").order_by("pk")
    return own.filter(case=known).last() or own.filter(code=met.code).last()


def _to_known(used: Asking, person: Person | None) -> HttpResponse:
    """A ticket that was used: to one's own request, else to the receipt of the one it was used for."""
    if person is not None and visibility.asked(person, used.case):
        return redirect("portal:case", used.case_id)
    return HttpResponseRedirect(receipts.link(used.pk))


def _bad_ticket(request: HttpRequest, problem: TicketProblem) -> HttpResponse:
    """A ticket that is over is gone (410); one that was never ours is a bad request (400). Without the
    gateway's keys nothing can be said of it (503)."""
    if isinstance(problem, KeyringProblem):
        log.error("tickets cannot be opened: %s", problem)
        return page(request, "bad_ticket", {"why": "keys"}, status=503)
    if isinstance(problem, TicketExpired):
        return page(request, "bad_ticket", {"why": "expired"}, status=410)
    why = "foreign" if isinstance(problem, TicketUnknownKey) else "changed"
    return page(request, "bad_ticket", {"why": why}, status=400)

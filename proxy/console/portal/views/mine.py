"""What became of what somebody asked for, and what can they do about it?"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from proxy.console.people.gates import for_students_and_teachers
from proxy.console.people.middleware import signed_in_person
from proxy.console.people.models import Person
from proxy.console.people.today import today
from proxy.console.portal.forms.case import AnswerForm, AppealForm
from proxy.console.portal.shown import naming, own_asking, shown
from proxy.console.portal.views.pages import page
from proxy.console.review import desk, visibility
from proxy.console.review.models import Appeal, Asking, Case
from proxy.console.review.states import Step
from proxy.console.site import clock

ON_A_PAGE = 20
PAGE, NAMED = "page", "named"
"""What the address calls the pages of one's own requests, and of those that name one."""


@for_students_and_teachers
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """One's own requests, and those in which one is named as the teacher."""
    person = signed_in_person(request)
    naming_them = Case.objects.none() if person.is_student else naming(person)
    pages = {PAGE: _paged(request, PAGE, visibility.own(person)), NAMED: _paged(request, NAMED, naming_them)}
    context: dict[str, Any] = {"cases": pages[PAGE], "named": pages[NAMED]}
    for name, each in (("mine", PAGE), ("named", NAMED)):
        context[f"{name}_newer"], context[f"{name}_older"] = _beside(pages, each)
    return page(request, "mine", context)


def _paged(request: HttpRequest, name: str, cases: QuerySet[Case]) -> Page[Case]:
    """The page of one of the two lists that the address asks for."""
    found = Paginator(cases.select_related("holder", "official"), ON_A_PAGE)
    return found.get_page(request.GET.get(name))


def _beside(pages: Mapping[str, Page[Case]], name: str) -> tuple[str, str]:
    """Addresses of the newer and the older page of one list, "" for none. The other list stays."""
    here = pages[name]
    others = {other: each.number for other, each in pages.items() if other != name and each.number > 1}

    def address(number: int) -> str:
        return f"?{urlencode({**others, name: number})}"

    return (
        address(here.previous_page_number()) if here.has_previous() else "",
        address(here.next_page_number()) if here.has_next() else "",
    )


@for_students_and_teachers
@require_safe
def case(request: HttpRequest, number: int) -> HttpResponse:
    """One request. Somebody else's does not exist here, whatever number is typed.

    Letters about an appeal lead here; who recorded it for a guardian reads the request as staff, unless they
    asked or are the teacher named: what they can do for themselves stands here.
    """
    person, found = signed_in_person(request), Case.objects.filter(pk=number).first()
    recorded = Appeal.objects.filter(case=found, by=person).exclude(guardian="").exists()
    if found is not None and recorded and visibility.may_read_as_staff(person, found, today()):
        own = visibility.asked(person, found) or visibility.is_named_teacher(person, found)
        if not own:
            return redirect("review:case", number)
    return _case_page(request, *_mine_or_404(request, number))


@for_students_and_teachers
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """Answer a reviewer's question."""
    return _with_form(
        request,
        number,
        AnswerForm,
        lambda case, by, form: desk.answer(case.pk, by, at=clock.now(), answer=form.cleaned_data["answer"]),
        _("Your answer was sent."),
    )


@for_students_and_teachers
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, number: int) -> HttpResponse:
    """Ask somebody else to look at a denial again."""
    return _with_form(
        request,
        number,
        AppealForm,
        lambda case, by, form: desk.appeal(case.pk, by, at=clock.now(), grounds=form.cleaned_data["grounds"]),
        _("Your appeal was received. Somebody who did not make the first decision will look at it."),
    )


@for_students_and_teachers
@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take a request back."""
    _asking, case = _mine_or_404(request, number)
    try:
        desk.withdraw(case.pk, signed_in_person(request), at=clock.now())
    except desk.Forbidden as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("You have taken your request back."))
    return redirect("portal:case", number)


@for_students_and_teachers
@require_POST
def withdraw_appeal(request: HttpRequest, number: int) -> HttpResponse:
    """Take one's own appeal back; the request stays denied."""
    _asking, case = _mine_or_404(request, number)
    try:
        desk.withdraw_appeal(case.pk, signed_in_person(request), at=clock.now())
    except desk.Forbidden as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("You have taken your appeal back. The request stays denied."))
    return redirect("portal:case", number)


def _with_form(
    request: HttpRequest,
    number: int,
    kind: type[Form],
    act: Callable[[Case, Person, Form], object],
    done: str,
) -> HttpResponse:
    asking, case = _mine_or_404(request, number)
    form = kind(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _case_page(request, asking, case)
    if form.is_valid():
        try:
            act(case, signed_in_person(request), form)
        except desk.Forbidden as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, done)
            return redirect("portal:case", number)
    return _case_page(request, asking, case, form)


def _case_page(request: HttpRequest, asking: Asking, case: Case, sent: Form | None = None) -> HttpResponse:
    person, day = signed_in_person(request), today()

    def can(step: Step) -> bool:
        return desk.why_not(person, case, step, day) is None

    in_time = case.appeal_until is None or clock.now() < case.appeal_until
    for_guardian = desk.why_not(person, case, Step.APPEAL, day, guardian=True)
    context = {
        "shown": shown(case, asking, clock.now()),
        "is_own": visibility.asked(person, case),
        "answer": (sent if isinstance(sent, AnswerForm) else AnswerForm()) if can(Step.ANSWER) else None,
        "appeal": (sent if isinstance(sent, AppealForm) else AppealForm())
        if in_time and can(Step.APPEAL)
        else None,
        "takes_guardians": in_time and not person.is_student and for_guardian is None,
        "can_withdraw": can(Step.WITHDRAW),
        "can_take_back": can(Step.WITHDRAW_APPEAL),
        "takes_back_for_guardian": visibility.takes_back_for_guardian(person, case, day),
        "sent": sent,
    }
    return page(request, "case", context, status=400 if sent is not None else 200)


def _mine_or_404(request: HttpRequest, number: int) -> tuple[Asking, Case]:
    person = signed_in_person(request)
    case = Case.objects.select_related("holder", "official").filter(pk=number).first()
    if case is None:
        raise Http404
    if visibility.asked(person, case):
        return own_asking(person, case), case
    named = visibility.naming(person).filter(case=case).first()
    if named is None:
        raise Http404
    return named, case

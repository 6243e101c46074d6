"""How does staff put in an appeal for a student's guardian, and take it back? (S84)"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from proxy.console.people.gates import signed_in
from proxy.console.people.middleware import person_of
from proxy.console.people.models import Person
from proxy.console.people.today import today
from proxy.console.portal.forms.case import GuardianAppealForm, TakeBackForm
from proxy.console.portal.views.pages import page
from proxy.console.review import desk, visibility
from proxy.console.review.models import Case
from proxy.console.review.states import Step
from proxy.console.site import clock


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def guardian(request: HttpRequest, number: int) -> HttpResponse:
    """Write down a guardian's appeal: the teacher named in the request, and staff who may read it."""
    person, case = _readable_or_404(request, number)
    seen = visibility.children_of(person, case, today())
    form = GuardianAppealForm(request.POST if request.method == "POST" else None, seen)
    if _why_not(person, case) is None and form.is_bound and form.is_valid():
        try:
            desk.appeal(
                case.pk,
                person,
                at=clock.now(),
                grounds=form.cleaned_data["grounds"],
                guardian=form.cleaned_data["guardian"],
                asking=form.cleaned_data.get("asking"),
            )
        except desk.Forbidden as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The guardian's appeal was received."))
            return redirect("portal:guardian", number)
    return _shown(request, person, case, form)


@signed_in
@require_POST
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """Take a guardian's appeal back, as who recorded it."""
    person, case = _readable_or_404(request, number)
    form = TakeBackForm(request.POST)
    if not visibility.takes_back_for_guardian(person, case, today()):
        messages.error(request, _("There is no guardian's appeal that you can take back."))
        return redirect("portal:guardian", number)
    if form.is_valid():
        try:
            desk.withdraw_appeal(case.pk, person, at=clock.now(), reason=form.cleaned_data["reason"])
        except desk.Forbidden as no:
            form.add_error(None, str(no))
        else:
            done = _(
                "The guardian's appeal is taken back. The request stays denied; the student reads it on "
                "their page."
            )
            messages.success(request, done)
            return redirect("portal:guardian", number)
    return _shown(request, person, case, form)


def _readable_or_404(request: HttpRequest, number: int) -> tuple[Person, Case]:
    person, case = person_of(request), Case.objects.filter(pk=number).first()
    if person is None or case is None or person.is_student or not visibility.may_see(person, case, today()):
        raise Http404
    return person, case


def _why_not(person: Person, case: Case) -> str | None:
    return desk.why_not(person, case, Step.APPEAL, today(), guardian=True)


def _shown(
    request: HttpRequest, person: Person, case: Case, form: GuardianAppealForm | TakeBackForm
) -> HttpResponse:
    """The page, with the form for what can be done now, and what was written in it."""
    takes_back = visibility.takes_back_for_guardian(person, case, today())
    sent = form if isinstance(form, TakeBackForm) else None
    why_not = _why_not(person, case)
    seen = visibility.children_of(person, case, today())
    context = {
        "case": case,
        "student": seen[0].student if len(seen) == 1 else None,
        "take_back": (sent or TakeBackForm()) if takes_back else None,
        "form": form if why_not is None and sent is None else None,
        "why_not": why_not,
    }
    return page(request, "guardian", context, status=400 if form.is_bound and form.errors else 200)

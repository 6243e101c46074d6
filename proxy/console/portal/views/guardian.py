"""How does staff put in an appeal for a student's guardian? (S84)"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from proxy.console.people.gates import signed_in
from proxy.console.people.middleware import person_of
from proxy.console.people.today import today
from proxy.console.portal.forms.case import GuardianAppealForm
from proxy.console.portal.views.pages import page
from proxy.console.review import desk, visibility
from proxy.console.review.models import Case
from proxy.console.review.states import Step
from proxy.console.site import clock


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def guardian(request: HttpRequest, number: int) -> HttpResponse:
    """Write down a guardian's appeal: the teacher named in the request, and staff who may read it."""
    person, case = person_of(request), Case.objects.filter(pk=number).first()
    if person is None or case is None or person.is_student or not visibility.may_see(person, case, today()):
        raise Http404
    why_not = desk.why_not(person, case, Step.APPEAL, today(), guardian=True)
    form = GuardianAppealForm(request.POST if request.method == "POST" else None)
    if why_not is None and form.is_bound and form.is_valid():
        try:
            desk.appeal(
                case.pk,
                person,
                at=clock.now(),
                grounds=form.cleaned_data["grounds"],
                guardian=form.cleaned_data["guardian"],
            )
        except desk.Forbidden as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The guardian's appeal was received."))
            return redirect("portal:guardian", number)
    context = {"case": case, "form": None if why_not else form, "why_not": why_not}
    return page(request, "guardian", context, status=400 if form.is_bound and form.errors else 200)

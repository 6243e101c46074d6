"""What does somebody without a log-in see of the one request that they made?"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from proxy.console.people.gates import public
from proxy.console.people.middleware import person_of
from proxy.console.portal import receipts
from proxy.console.portal.shown import shown
from proxy.console.portal.views.pages import page
from proxy.console.review import visibility
from proxy.console.review.models import Asking
from proxy.console.site import clock


@public
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Where a request stands, by its signed link."""
    id_ = receipts.asking_of(token)
    asking = Asking.objects.select_related("case").filter(pk=id_).first() if id_ is not None else None
    if asking is None:
        raise Http404
    person = person_of(request)
    if person is not None and visibility.asked(person, asking.case):
        return redirect("portal:case", asking.case_id)
    seen = shown(asking.case, asking, clock.now())
    return page(request, "receipt", {"shown": seen, "is_whole": seen.is_all_of_it})

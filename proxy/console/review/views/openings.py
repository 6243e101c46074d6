"""What is in force by a decision, what of it has to be looked at again, and what was written by hand?"""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from proxy.console.people.access import duties_of
from proxy.console.people.duties import DutyKind
from proxy.console.people.gates import for_duties
from proxy.console.review import standing
from proxy.console.review.dossier import policy
from proxy.console.review.openings import in_words
from proxy.console.review.standing import Which
from proxy.console.review.views.case import READERS
from proxy.console.review.views.visit import visit

TECHNICAL = frozenset({DutyKind.TECHNICIAN, DutyKind.TECHNICAL_REVIEWER, DutyKind.AUDITOR})


@for_duties(*READERS)
@require_safe
def openings(request: HttpRequest) -> HttpResponse:
    """Show one page of what is in force."""
    seen = visit(request)
    which = Which.REVIEW if request.GET.get("which") == Which.REVIEW.value else Which.ALL
    text, after = request.GET.get("text", "")[:200].replace("\0", ""), request.GET.get("after", "")
    number = int(after) if after.isascii() and after.isdecimal() and len(after) < 18 else 0
    found = standing.in_force_for(seen.person, seen.on, seen.at)
    page = standing.page(found, which, seen.on, text, number)
    technical = {duty.kind for duty in duties_of(seen.person, seen.on)} & TECHNICAL
    here = reverse("review:openings")
    kept = {"which": which.value, "text": text}
    context = {
        "rows": [(one, in_words(one, seen.at)) for one in page.openings],
        "which": which.value,
        "text": text,
        "first": f"{here}?{urlencode(kept)}" if number else "",
        "next": f"{here}?{urlencode({**kept, 'after': page.after})}" if page.after else "",
        "by_hand": standing.by_hand(policy(seen.config), seen.at) if technical else standing.ByHand(),
        "today": seen.on,
        "soon": seen.on + standing.SOON,
    }
    return render(request, "review/openings.html", context)

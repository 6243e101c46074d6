"""What can somebody ask for, and what waits for them?"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from proxy.console.people.access import may_ask
from proxy.console.people.gates import public
from proxy.console.people.middleware import duties_in, person_of
from proxy.console.portal.askers import logged_in
from proxy.console.portal.forms.asking import kinds_for
from proxy.console.portal.forms.code import CodeForm
from proxy.console.portal.views.pages import page
from proxy.console.review import visibility

LATEST = 3


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The kinds of requests and the latest own ones; for strangers, what this is and how to get in."""
    person = person_of(request)
    if person is None:
        return page(request, "welcome", {})
    if not may_ask(person.role, duties_in(request)):
        return page(request, "no_asking", {})
    kinds = [kind.value for kind in kinds_for(logged_in(person))]
    latest = visibility.own(person)[:LATEST]
    return page(request, "home", {"kinds": kinds, "code": CodeForm(), "latest": latest})

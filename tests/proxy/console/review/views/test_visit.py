from datetime import date

from django.test import RequestFactory

from proxy.console.review.views.visit import visit
from proxy.console.site import clock
from review_office import MONDAY


def test_the_day_is_the_schools(office):
    clock.set_to(MONDAY.replace(hour=3))  # Sunday evening in Chicago
    request = RequestFactory().get("/")
    request.user = office.reviewer

    seen = visit(request)

    assert (seen.person, seen.on) == (office.reviewer, date(2026, 11, 29))
    assert ("valley-high", "Valley Middle and High School") in seen.schools

"""Who is let through which gate?"""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client, RequestFactory

from console_people import teacher
from proxy.console.people.clients import lies_in
from proxy.console.people.duties import DutyKind
from proxy.console.people.gates import Admits, Who, admits_of, for_duties, public, signed_in
from proxy.console.people.middleware import Admission, person_of

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)


class TestAdmission:
    def test_a_view_that_does_not_say_whom_it_admits_is_refused(self):
        def forgotten(request):
            return HttpResponse("open")

        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        with pytest.raises(ImproperlyConfigured, match="forgotten does not say whom it admits"):
            Admission(forgotten).process_view(request, forgotten, (), {})

    def test_a_gate_keeps_the_view_and_says_whom_it_admits(self):
        def view(request, *, number):
            """A page."""
            return HttpResponse(str(number))

        gated = for_duties(DutyKind.REVIEWER)(view)

        assert admits_of(gated) == Admits(Who.ON_DUTY, frozenset({DutyKind.REVIEWER}))
        assert gated(RequestFactory().get("/"), number=3).content == b"3"
        assert gated.__doc__ == "A page."
        assert admits_of(view) is None
        assert (admits_of(public(view)), admits_of(signed_in(view))) == (
            Admits(Who.ANYBODY),
            Admits(Who.SIGNED_IN),
        )

    def test_somebody_whose_account_ended_is_nobody(self, at):
        at("2026-11-23T09:00-06:00")
        request = RequestFactory().get("/")
        request.user = teacher(ends_on=date(2026, 11, 22))

        assert person_of(request) is None

    def test_a_part_of_a_page_asked_for_by_script_leads_the_whole_page_to_the_log_in(self):
        answer = Client().get("/mine/", headers={"HX-Request": "true"})

        assert answer.headers["HX-Redirect"] == "/account/login/?next=/mine/"

    def test_what_a_stranger_sent_is_not_sent_again_after_the_log_in(self):
        assert Client().post("/mine/").headers["Location"] == "/account/login/"

    @pytest.mark.parametrize(
        ("address", "inside"),
        [
            ("10.1.2.3", True),
            ("::ffff:10.1.2.3", True),
            ("2001:db8::5", True),
            ("11.1.2.3", False),
            ("2001:db9::5", False),
            ("", False),
            ("nonsense", False),
        ],
    )
    def test_networks(self, address, inside):
        assert lies_in(address, ("10.0.0.0/8", "2001:db8::/32")) is inside

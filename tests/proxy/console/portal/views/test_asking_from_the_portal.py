"""Asking from the portal, as a browser does it."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from console_people import logged_in
from proxy.console.people.models import Enrolment
from proxy.console.review.models import Asking, Case

FIELD = {"looked_through_on": "", "begins": "", "ends": "", "course": "", "grade": "", "more_at": ""}


def kept(**fields):
    return {
        "purpose": "A lesson on lenses",
        "audience": "me",
        "when": "week",
        "reach": "path",
        **FIELD,
        **fields,
    }


class TestFromThePortal:
    """`/ask/new/<kind>`"""

    def test_a_teacher_asks_for_a_class(self, teacher, office):
        period = office.school_class("Period 3", ["student", "student2"])
        Enrolment.objects.create(person=teacher, school_class=period, teaches=True)
        browser = logged_in(teacher)
        form = browser.get("/ask/new/unblock").context["form"]
        assert form.initial["audience"] == "class:Period 3"
        browser.post(
            "/ask/new/unblock",
            kept(
                address="https://physics.example/labs/optics.html?n=3",
                audience="class:Period 3",
                looked_through_on="2026-11-29",
                terms="CC BY 4.0",
                privacy_policy="physics.example/privacy",
            ),
        )
        asking = Asking.objects.select_related("case").get()
        assert asking.audience == {"classes": ["Period 3"]}
        assert (asking.case.host, asking.case.path, asking.case.reach) == ("physics.example", "/labs", "path")
        assert (asking.course, asking.school_class) == ("Period 3", period)
        assert asking.privacy_policy == "https://physics.example/privacy"
        assert asking.ends == datetime(2026, 12, 8, 6, 0, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("reach", "expected"),
        [
            pytest.param("page", ("page", "/labs/optics.html", "n=3"), id="the page and its query"),
            pytest.param("path", ("path", "/labs", None), id="the folder around it"),
            pytest.param("site", ("site", "/", None), id="the whole site"),
        ],
    )
    def test_how_much_of_the_site(self, teacher, reach, expected):
        address = "https://physics.example/labs/optics.html?n=3"
        logged_in(teacher).post("/ask/new/unblock", kept(address=address, reach=reach))
        case = Case.objects.get()
        assert (case.reach, case.path, case.query) == expected

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "com",
            "co.uk",
            "javascript:alert(1)",
            "ftp://physics.example/",
            "physics example",
            "http://",
            "a" * 3000,
        ],
    )
    def test_what_is_no_address_is_refused(self, teacher, address):
        answer = logged_in(teacher).post("/ask/new/unblock", kept(address=address))
        assert answer.status_code == 400
        assert answer.context["form"].errors.keys() == {"address"}

    def test_an_audience_that_is_not_offered_is_refused(self, teacher, office):
        office.school_class("Somebody else's")
        answer = logged_in(teacher).post(
            "/ask/new/unblock", kept(address="physics.example", audience="class:Somebody else's")
        )
        assert answer.context["form"].errors.keys() == {"audience"}

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            pytest.param({"when": "dates"}, {"ends"}, id="dates without an end"),
            pytest.param({"when": "dates", "ends": "2026-11-01"}, {"ends"}, id="over"),
            pytest.param(
                {"when": "dates", "begins": "2026-12-09", "ends": "2026-12-04"}, {"ends"}, id="backwards"
            ),
            pytest.param(
                {"looked_through_on": "2026-12-24"}, {"looked_through_on"}, id="looked at in the future"
            ),
            pytest.param({"more_at": "javascript:alert(1)"}, {"more_at"}, id="a script as a link"),
        ],
    )
    def test_dates_and_links_that_cannot_be(self, teacher, fields, wrong):
        answer = logged_in(teacher).post("/ask/new/unblock", kept(address="physics.example", **fields))
        assert answer.context["form"].errors.keys() == wrong

    @pytest.mark.parametrize("kind", ["should_block", "not_working"])
    def test_reports(self, student, kind):
        browser = logged_in(student)
        sent = browser.post(f"/ask/new/{kind}", {"address": "bad.example", "purpose": "It shows fights"})
        case = Case.objects.get()
        assert sent["Location"] == f"/mine/{case.pk}/"
        assert (case.kind, case.host) == (kind, "bad.example")

    def test_a_filter_that_does_not_work_needs_no_address(self, student):
        logged_in(student).post("/ask/new/not_working", {"address": "", "purpose": "Nothing opens"})
        assert Case.objects.get().host == ""

    def test_a_resource_names_itself_or_where_to_read(self, teacher, office):
        office.technical_reviewer  # noqa: B018
        browser = logged_in(teacher)
        wrong = browser.post("/ask/new/resource", kept(resource="app", title="Optics Lab", address=""))
        assert wrong.context["form"].errors.keys() == {"more_at"}
        told = kept(resource="app", title="Optics Lab", address="", more_at="optics.example/about")
        browser.post("/ask/new/resource", told)
        assert Asking.objects.get().title == "Optics Lab"

    @pytest.mark.parametrize(
        ("resource", "words"), [("app", "App"), ("site", "Site"), ("download", "Download")]
    )
    def test_an_app_a_site_and_a_download_are_told_apart(self, teacher, office, resource, words):
        browser, told = logged_in(teacher), kept(title="Optics Lab", address="optics.example")
        wrong = browser.post("/ask/new/resource", told)
        assert wrong.context["form"].errors.keys() == {"resource"}
        browser.post("/ask/new/resource", told | {"resource": resource})
        asking = Asking.objects.get()
        assert asking.resource == resource
        assert f"<dt>Kind</dt><dd>{words}</dd>" in browser.get(f"/mine/{asking.case_id}/").content.decode()

    def test_it_says_when_parents_were_told(self, teacher):
        browser = logged_in(teacher)
        told = kept(resource="app", title="Optics Lab", address="optics.example")
        wrong = browser.post("/ask/new/resource", told | {"guardians_told_on": "2026-12-01"})
        assert wrong.context["form"].errors.keys() == {"guardians_told_on"}
        browser.post("/ask/new/resource", told | {"guardians_told_on": "2026-11-27"})
        asking = Asking.objects.get()
        assert asking.guardians_told_on == date(2026, 11, 27)
        assert "Friday 27 November 2026" in browser.get(f"/mine/{asking.case_id}/").content.decode()

    def test_students_do_not_ask_for_resources(self, student):
        assert logged_in(student).get("/ask/new/resource").status_code == 404

    def test_there_are_no_other_kinds(self, student):
        assert logged_in(student).get("/ask/new/anything").status_code == 404

    def test_too_many_requests_are_told(self, teacher, with_console):
        with_console(requests_per_day=2)
        browser = logged_in(teacher)
        for n in range(2):
            browser.post("/ask/new/unblock", kept(address=f"physics{n}.example"))
        answer = browser.post("/ask/new/unblock", kept(address="physics2.example"))
        assert answer.status_code == 400
        assert "You have asked 2 times within a day" in answer.content.decode()
        assert Case.objects.count() == 2

    def test_strangers_log_in_first(self, db):
        assert Client().get("/ask/new/unblock")["Location"].startswith("/account/login/?next=")

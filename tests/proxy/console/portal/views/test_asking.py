"""Asking, as a browser does it: from the block page's ticket, with its code, or from the portal."""

from datetime import timedelta

import pytest
from django.test import Client

from console_people import logged_in
from handed_tickets import claims, ticket, ticket_of_another_school
from proxy.console.people.models import Enrolment
from proxy.console.portal import receipts
from proxy.console.review.models import Asking, Case
from proxy.console.site import clock
from review_office import MONDAY

THREE_FIELDS = {"purpose": "A lab report on lenses", "course": "Physics club", "when": "week"}


class TestFromTheBlockPage:
    """`/ask?ticket=`"""

    def test_a_student_whom_the_gateway_knew_asks_with_three_fields_and_no_log_in(self, student):
        sealed, browser = ticket(student.sourced_id), Client()
        form = browser.get("/ask", {"ticket": sealed})
        assert form.status_code == 200
        assert [bound.name for bound in form.context["form"].shown] == ["purpose", "course", "when"]

        sent = browser.post("/ask", {"ticket": sealed, **THREE_FIELDS})
        asking = Asking.objects.get()
        assert sent.status_code == 302
        assert sent["Location"] == receipts.link(asking.pk)
        assert (asking.asker, asking.purpose, asking.course) == (
            student,
            "A lab report on lenses",
            "Physics club",
        )
        assert (asking.case.host, asking.case.path, asking.case.reach) == (
            "physics.example",
            "/labs/optics",
            "path",
        )
        assert asking.audience == {"subjects": [student.sourced_id]}

    def test_the_decision_is_frozen_and_the_pseudonym_is_not_kept(self, student):
        sealed = ticket(student.sourced_id)
        Client().post("/ask", {"ticket": sealed, **THREE_FIELDS})
        asking, met = Asking.objects.get(), claims(student.sourced_id)
        assert asking.evidence == {
            "via": "ticket",
            "event": met.event,
            "at": "2026-11-30T15:00:00+00:00",
            "gateway": "demo",
            "group": "high",
            "url": met.url,
            "url_cut": False,
            "category": "games",
            "basis": "local",
            "reason": "category",
            "list_id": "demo-games",
            "line": 3,
            "technique": "",
            "base": 1,
            "overlay": 0,
            "code": "7KQ29FXM",
            "known_by": "ticket",
        }
        assert (asking.ticket, asking.code) == (met.event, met.code)

    def test_a_shared_device_of_the_roster_asks_without_a_person(self, student):
        Client().post("/ask", {"ticket": ticket("library-pc"), **THREE_FIELDS})
        asking = Asking.objects.get()
        assert (asking.asker, asking.subject) == (None, "library-pc")
        assert asking.audience == {"subjects": ["library-pc"]}

    def test_the_same_ticket_leads_to_the_same_case(self, student):
        sealed, browser = ticket(student.sourced_id), Client()
        first = browser.post("/ask", {"ticket": sealed, **THREE_FIELDS})
        again = browser.get("/ask", {"ticket": sealed})
        posted = browser.post("/ask", {"ticket": sealed, **THREE_FIELDS, "purpose": "Something else"})
        assert {first["Location"], again["Location"], posted["Location"]} == {
            receipts.link(Asking.objects.get().pk)
        }
        assert Case.objects.count() == 1

    def test_whoever_is_logged_in_gets_to_their_own_request(self, student):
        sealed, browser = ticket(student.sourced_id), logged_in(student)
        sent = browser.post("/ask", {"ticket": sealed, **THREE_FIELDS})
        case = Case.objects.get()
        assert sent["Location"] == f"/mine/{case.pk}/"
        assert browser.get("/ask", {"ticket": sealed})["Location"] == f"/mine/{case.pk}/"

    @pytest.mark.parametrize("lane", [{}, {"private": "on"}], ids=["ordinary", "private"])
    @pytest.mark.parametrize("own", [{}, {"private": "on"}], ids=["own ordinary", "own private"])
    def test_that_somebody_else_used_it_keeps_nobody_from_asking(self, student, office, lane, own):
        office.counselor  # noqa: B018
        sealed, browser = ticket(student.sourced_id), Client()
        other = logged_in(office.student2)
        theirs = other.post("/ask", {"ticket": sealed, **THREE_FIELDS, **lane})["Location"]

        assert browser.get("/ask", {"ticket": sealed}).status_code == 200
        sent = browser.post("/ask", {"ticket": sealed, **THREE_FIELDS, "purpose": "mine", **own})

        asking = Asking.objects.get(asker=student)
        assert (asking.purpose, sent["Location"]) == ("mine", receipts.link(asking.pk))
        assert browser.get("/ask", {"ticket": sealed})["Location"] == receipts.link(asking.pk)
        assert logged_in(student).get("/ask", {"ticket": sealed})["Location"] == f"/mine/{asking.case_id}/"
        assert other.get("/ask", {"ticket": sealed})["Location"] == theirs
        assert Asking.objects.count() == 2

    def test_a_second_ticket_of_somebody_logged_in_leads_nobody_to_who_asked_first(self, student, office):
        """Two students ask for the same; the second one twice, on a computer that others use after them."""
        Client().post("/ask", {"ticket": ticket(student.sourced_id), **THREE_FIELDS})
        other, again = logged_in(office.student2), ticket(event="e-3", code="7KQ29FXC")
        for sealed in (ticket(event="e-2", code="7KQ29FXB"), again):
            sent = other.post("/ask", {"ticket": sealed, **THREE_FIELDS})
            assert sent["Location"] == f"/mine/{Case.objects.get().pk}/"

        assert "Log in to ask for this page" in Client().get("/ask", {"ticket": again}).content.decode()
        assert other.get("/ask", {"ticket": again})["Location"] == f"/mine/{Case.objects.get().pk}/"
        assert Asking.objects.count() == 2

    def test_an_unidentified_client_must_log_in_and_reads_whom_to_ask(self, student):
        answer = Client().get("/ask", {"ticket": ticket()})
        text = answer.content.decode()
        assert "Log in to ask for this page" in text
        assert "7KQ2" in text
        assert "help@maplevalley.example" in text
        assert "form" not in answer.context
        assert Client().post("/ask", {"ticket": ticket(), **THREE_FIELDS}).status_code == 200
        assert not Case.objects.exists()

    def test_log_in_leads_back_to_the_ticket(self, student):
        sealed = ticket()
        answer = Client().get("/ask", {"ticket": sealed})
        assert answer.context["here"] == f"/ask?ticket={sealed}"

    def test_a_leaver_is_not_known_by_a_ticket(self, student):
        student.enabled = False
        student.save()
        answer = Client().get("/ask", {"ticket": ticket(student.sourced_id)})
        assert "Log in to ask for this page" in answer.content.decode()

    def test_a_teacher_is_not_taken_on_by_a_ticket_alone(self, teacher):
        answer = Client().get("/ask", {"ticket": ticket(teacher.sourced_id)})
        assert "Log in to ask for this page" in answer.content.decode()

    @pytest.mark.parametrize(
        ("spoil", "status", "words"),
        [
            pytest.param(
                lambda sealed: sealed[:-4] + "AAAA", 400, "not complete, or was changed", id="changed"
            ),
            pytest.param(lambda sealed: sealed[:30], 400, "not complete, or was changed", id="cut"),
            pytest.param(lambda sealed: "<script>alert(1)</script>", 400, "not complete", id="none of ours"),
            pytest.param(lambda sealed: "g1." + "a" * 5000, 400, "not complete", id="too long"),
            pytest.param(lambda sealed: "\x00é", 400, "not complete", id="strange signs"),
        ],
    )
    def test_a_ticket_that_is_none_gets_a_clear_page(self, student, spoil, status, words):
        answer = Client().get("/ask", {"ticket": spoil(ticket(student.sourced_id))})
        assert answer.status_code == status
        assert words in answer.content.decode()
        assert "<script>alert" not in answer.content.decode()

    def test_an_expired_ticket_is_gone(self, student):
        clock.set_to(MONDAY + timedelta(days=31))
        answer = Client().get("/ask", {"ticket": ticket(student.sourced_id)})
        assert answer.status_code == 410
        assert "It is too old" in answer.content.decode()

    def test_another_schools_ticket_is_refused(self, student, tmp_path):
        ticket()  # this school has a key of its own
        answer = Client().get("/ask", {"ticket": ticket_of_another_school(tmp_path)})
        assert answer.status_code == 400
        assert "another school" in answer.content.decode()

    def test_without_the_gateways_keys_it_says_that_the_link_is_not_at_fault(self, student, with_state):
        answer = Client().get("/ask", {"ticket": "g1.01234567." + "a" * 60})
        assert answer.status_code == 503
        assert "Nothing is wrong with yours" in answer.content.decode()

    def test_a_fault_of_the_filter_is_reported_as_such(self, student):
        sealed = ticket(student.sourced_id, reason="error", category="", basis="")
        answer = Client().get("/ask", {"ticket": sealed})
        assert "Report that the filter does not work" in answer.content.decode()
        Client().post("/ask", {"ticket": sealed, "purpose": "All pages are blocked"})
        assert Case.objects.get().kind == "not_working"

    def test_what_the_law_asks_to_block_is_said(self, student):
        answer = Client().get("/ask", {"ticket": ticket(student.sourced_id, basis="cipa")})
        assert "The law asks the school to block" in answer.content.decode()

    def test_hostile_text_in_a_ticket_stays_text(self, student):
        sealed = ticket(student.sourced_id, url='http://x.example/<script>alert("1")</script>')
        text = Client().get("/ask", {"ticket": sealed}).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text

    def test_what_is_missing_is_said_at_the_field_and_above(self, student):
        answer = Client().post("/ask", {"ticket": ticket(student.sourced_id), "purpose": " ", "when": "week"})
        text = answer.content.decode()
        assert answer.status_code == 400
        assert 'href="#id_purpose"' in text
        assert 'aria-invalid="true"' in text
        assert not Case.objects.exists()

    def test_a_form_of_another_site_is_refused(self, student):
        strict = Client(enforce_csrf_checks=True)
        sent = strict.post("/ask", {"ticket": ticket(student.sourced_id), **THREE_FIELDS})
        assert sent.status_code == 403
        assert not Case.objects.exists()

    def test_no_more_than_the_form_has_can_be_set(self, student, office):
        Client().post(
            "/ask",
            {
                "ticket": ticket(student.sourced_id),
                **THREE_FIELDS,
                "asker": office.other.pk,
                "audience": "school:valley-high",
                "state": "approved",
                "school": "maple-elementary",
                "host": "other.example",
                "lane": "private",
            },
        )
        asking = Asking.objects.select_related("case").get()
        assert (asking.asker, asking.audience) == (student, {"subjects": [student.sourced_id]})
        case = asking.case
        assert (case.state, case.school, case.host, case.lane) == (
            "submitted", "valley-high", "physics.example", "ordinary",
        )  # fmt: skip

    def test_a_private_request_goes_to_the_counselor(self, student, office):
        office.counselor  # noqa: B018
        Client().post("/ask", {"ticket": ticket(student.sourced_id), **THREE_FIELDS, "private": "on"})
        case = Case.objects.get()
        assert (case.lane, case.duty, case.official) == ("private", "counselor", office.counselor)

    def test_a_students_class_names_its_teacher(self, student, office):
        physics = office.school_class("Physics", ["student"])
        Enrolment.objects.create(person=office.teacher, school_class=physics, teaches=True)
        sealed = ticket(student.sourced_id)
        form = Client().get("/ask", {"ticket": sealed}).context["form"]
        assert form.fields["course"].choices[0] == ("class:Physics", "Physics")
        Client().post("/ask", {"ticket": sealed, **THREE_FIELDS, "course": "class:Physics"})
        asking = Asking.objects.get()
        assert (asking.course, asking.teacher, asking.school_class) == ("Physics", office.teacher, physics)

"""An asking becomes a case of its own, or joins the one that is open for the same."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from proxy.console.post.models import Letter
from proxy.console.review import desk
from proxy.console.review.models import Asking, Case
from proxy.console.review.states import Kind, Lane, Reach, Resource
from review_office import MONDAY, NOTHING_SEEN


def test_a_request_waits_for_the_named_official_until_it_is_due(office):
    case = office.asks()

    assert (case.state, case.duty, case.official) == ("submitted", "reviewer", office.reviewer)
    assert case.due_at == MONDAY + timedelta(hours=24)  # eight school hours: Tuesday at 9:00
    assert Letter.objects.get(key=f"case.{case.pk}.new.first.0/{office.reviewer.pk}")
    assert Letter.objects.get(key__startswith=f"case.{case.pk}.received").to == office.student.email


@pytest.mark.parametrize(
    ("kind", "duty"),
    [
        (Kind.UNBLOCK, "reviewer"),
        (Kind.SHOULD_BLOCK, "reviewer"),
        (Kind.NOT_WORKING, "technician"),
        (Kind.RESOURCE, "reviewer"),
    ],
)
def test_each_kind_goes_to_whose_it_is_first(office, kind, duty):
    office.technician  # noqa: B018

    assert office.asks(kind=kind).duty == duty


def test_nobody_answers_their_own_request(office):
    office.reviewer  # noqa: B018

    assert office.asks(by="reviewer2").official == office.reviewer
    assert office.asks("maths.example", by="reviewer").official == office.reviewer2


def test_where_nobody_is_named_the_administrators_hear_of_it(office):
    office.administrator  # noqa: B018

    case = desk.submit(office.asking(), at=MONDAY)

    assert (case.official, case.duty) == (None, "reviewer")
    assert Letter.objects.get(key__contains=f"case.{case.pk}.nobody").to == office.administrator.email


@pytest.mark.parametrize("change", [{"enabled": False}, {"left": True}, {"role": "parent"}])
def test_leavers_and_parents_ask_for_nothing(office, change):
    office.reviewer  # noqa: B018
    asking = office.asking()
    for name, value in change.items():
        setattr(office.student, name, value)
    office.student.save()

    with pytest.raises(desk.Forbidden, match="cannot make requests"):
        desk.submit(asking, at=MONDAY)


class TestJoining:
    def test_others_who_ask_for_the_same_are_answered_together(self, office):
        case = office.asks()

        joined = [office.asks(by=f"student{n}") for n in range(12)]

        assert {one.pk for one in joined} == {case.pk}
        assert case.askings.count() == 13
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
        assert Letter.objects.filter(key__startswith=f"case.{case.pk}.denied").count() == 13

    def test_what_is_opened_as_asked_is_for_all_of_them(self, office):
        case = office.asks()
        office.asks(by="student2")

        assert desk.as_asked(case).audience == {"subjects": ("id-student", "id-student2")}

    def test_also_where_only_one_of_them_knows_the_category(self, office):
        case = office.asks(category="")

        assert office.asks(by="student2", category="games").pk == case.pk
        case.refresh_from_db()
        assert case.category == "games"

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param({"host": "maths.example"}, id="another site"),
            pytest.param({"kind": Kind.SHOULD_BLOCK}, id="another kind"),
            pytest.param({"school": "maple-elementary"}, id="another school"),
            pytest.param({"reach": Reach.PATH, "path": "/labs"}, id="a part of the site"),
            pytest.param({"lane": Lane.PRIVATE}, id="the counselor alone"),
        ],
    )
    def test_other_requests_are_not_joined(self, office, other):
        case = office.asks()

        assert office.asks(by="student2", **other).pk != case.pk

    def test_private_requests_are_joined_with_nothing(self, office):
        assert office.asks_alone().pk != office.asks_alone(by="student2").pk

    def test_a_case_that_is_decided_is_joined_no_more(self, office):
        case = office.denied()

        assert office.asks(by="student2").pk != case.pk

    def test_whoever_asks_again_gets_the_same_case(self, office):
        case = office.asks()

        assert office.asks().pk == case.pk
        assert Asking.objects.count() == 1

    def test_whoever_has_worked_on_the_answer_does_not_join(self, office):
        case = office.asks()
        desk.claim(case.pk, office.reviewer, at=MONDAY)

        with pytest.raises(desk.Forbidden, match="worked on the answer"):
            office.asks(by="reviewer")


class TestAgainAfterWithdrawing:
    """Who withdraws and asks again asks for what they say now."""

    def test_the_new_terms_count_and_the_old_ones_are_kept(self, office):
        case = office.asks(purpose="for me", terms="free")
        office.asks(by="student2")
        desk.withdraw(case.pk, office.student, at=MONDAY)

        again = office.asks(
            purpose="for all", terms="paid", audience={"classes": ["7b"]}, ends=MONDAY + timedelta(days=9)
        )

        assert again.pk == case.pk
        assert desk.as_asked(case).audience == {"classes": ("7b",), "subjects": ("id-student2",)}
        assert desk.as_asked(case).ends == MONDAY + timedelta(days=9)
        rows = case.askings.filter(asker=office.student).order_by("pk")
        assert [(row.purpose, row.terms, row.withdrawn_at) for row in rows] == [
            ("for me", "free", MONDAY),
            ("for all", "paid", None),
        ]

    def test_they_join_once(self, office):
        case = office.asks()
        office.asks(by="student2")
        desk.withdraw(case.pk, office.student, at=MONDAY)

        for _ in range(3):
            office.asks()

        assert case.askings.filter(asker=office.student, withdrawn_at=None).count() == 1
        assert case.askings.filter(asker=office.student).count() == 2
        with pytest.raises(DatabaseError), transaction.atomic():
            Asking.objects.filter(asker=office.student).update(withdrawn_at=None)

    def test_so_does_a_device(self, office):
        case = office.asks(by="student2")
        by_device = replace(office.asking(), asker=None, subject="id-student", ticket="event-1")
        desk.submit(by_device, at=MONDAY)
        desk.withdraw(case.pk, office.student, at=MONDAY)

        for ticket in ("event-1", "event-2", "event-2"):
            longer = replace(by_device, ticket=ticket, ends=MONDAY + timedelta(days=9))
            assert desk.submit(longer, at=MONDAY) == case

        assert case.askings.filter(asker=None).count() == 2
        assert desk.as_asked(case).ends == MONDAY + timedelta(days=9)


class TestTickets:
    def test_the_same_ticket_opens_the_same_case(self, office):
        case = office.asks(ticket="event-1")

        assert office.asks(ticket="event-1").pk == case.pk
        assert desk.case_of_ticket("event-1") == case
        assert desk.case_of_ticket("event-2") is None

    def test_also_after_it_was_decided(self, office):
        case = office.denied(ticket="event-1")

        assert office.asks(ticket="event-1").pk == case.pk
        assert Case.objects.count() == 1

    def test_a_second_ticket_for_the_open_case_belongs_to_it_for_good(self, office):
        case = office.asks(ticket="event-1")
        office.asks(ticket="event-2")
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)

        assert office.asks(ticket="event-2").pk == case.pk

    def test_a_ticket_that_was_handed_on_shows_nobody_anothers_case(self, office):
        mine = office.asks_alone(ticket="event-1")

        theirs = office.asks(by="student2", ticket="event-1")

        assert theirs.pk != mine.pk

    def test_an_app_and_a_site_of_the_same_address_are_answered_apart(self, office):
        app = office.asks(by="teacher", kind=Kind.RESOURCE, resource=Resource.APP)
        site = office.asks(by="teacher2", kind=Kind.RESOURCE, resource=Resource.SITE)
        assert office.asks(by="teacher3", kind=Kind.RESOURCE, resource=Resource.APP) == app != site

    def test_a_device_asks_by_its_ticket_alone(self, office):
        asking = replace(office.asking(), asker=None, subject="cart-7", ticket="event-1")

        case = desk.submit(asking, at=MONDAY)

        assert case.askings.get().asker is None
        assert desk.submit(asking, at=MONDAY).pk == case.pk


class TestLimits:
    def test_one_person_asks_so_often_a_day(self, office, with_console):
        with_console(requests_per_day=2)
        office.asks("a.example")
        office.asks("b.example")

        with pytest.raises(desk.TooMany, match="2 times"):
            office.asks("c.example")
        assert office.asks("c.example", by="student2")
        assert office.asks("c.example", at=MONDAY + timedelta(days=1, seconds=1))

    def test_a_shared_device_has_a_limit_of_its_own(self, office, with_console):
        with_console(requests_per_day=1, requests_per_shared_device=2)
        by_device = {"asker": None, "subject": "cart-7"}
        office.asks("a.example", **by_device)
        office.asks("b.example", **by_device)

        with pytest.raises(desk.TooMany, match="Log in and ask again"):
            office.asks("c.example", **by_device)
        assert office.asks("c.example", subject="cart-7")
        assert office.asks("c.example", asker=None, subject="cart-8")
        assert office.asks("c.example", at=MONDAY + timedelta(days=1, seconds=1), **by_device)

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            pytest.param({"host": ""}, "host", id="no site"),
            pytest.param({"kind": Kind.RESOURCE, "host": "", "title": " "}, "title", id="no name"),
            pytest.param({"kind": Kind.RESOURCE, "resource": None}, "resource", id="no kind of resource"),
            pytest.param({"audience": {}}, "audience", id="for nobody"),
            pytest.param({"ends": None}, "ends", id="no end"),
            pytest.param({"ends": MONDAY}, "ends", id="over already"),
            pytest.param({"begins": MONDAY + timedelta(8)}, "ends", id="ends before it begins"),
            pytest.param({"by": "teacher", "lane": Lane.PRIVATE}, "lane", id="a teacher in the private lane"),
        ],
    )
    def test_what_is_missing_is_named(self, office, fields, field):
        with pytest.raises(desk.Incomplete) as raised:
            office.asks(**fields)
        assert raised.value.field == field
        assert Case.objects.count() == 0

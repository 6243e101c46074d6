"""The database refuses what the procedure forbids, even where no code of ours is in its way."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from proxy.console.people.models import Person
from proxy.console.review import desk, guards
from proxy.console.review.models import Appeal, Asking, Case, Decision, Move, Opening, SeenTicket
from proxy.console.review.states import Kind, Listing
from review_office import MONDAY, NOTHING_SEEN, seen

CLEAN = NOTHING_SEEN.as_plain()
ASKED_ALONE = {"asker": None, "ticket": "event-9"}


def decision(case, decider, stage="first", outcome="denied", **fields):
    """A row as it would be written past the desk."""
    return Decision.objects.create(
        **{
            "case": case, "decider": decider, "stage": stage, "outcome": outcome, "at": MONDAY,
            "reason": "because", "checklist": CLEAN, **fields,
        }
    )  # fmt: skip


def refused(words, write, *args, **fields):
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        write(*args, **fields)


def test_every_trigger_is_there(db):
    assert guards.missing(connection) == []


def test_one_that_was_taken_away_is_missed(db):
    name = "review_law_forbids"
    table = "" if connection.vendor == "sqlite" else " ON review_decision"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{table}")

    assert guards.missing(connection) == [name]
    guards.lay(connection)
    assert guards.missing(connection) == []


class TestDeciders:
    def test_whoever_asked_does_not_decide(self, office):
        case = office.asks()

        refused("whoever asked", decision, case, office.student)
        assert decision(case, office.reviewer)

    def test_nor_signs_second(self, office):
        case = office.asks()

        refused("whoever asked", decision, case, office.reviewer, second=office.student)

    def test_nor_where_only_the_gateway_knew_them(self, office):
        case = office.asks(asker=None, subject="id-reviewer", ticket="event-9")

        refused("whoever asked", decision, case, office.reviewer)
        assert decision(case, office.reviewer2)

    def test_whoever_has_decided_does_not_ask_for_the_same(self, office):
        case = office.asks()
        decision(case, office.reviewer, outcome="endorsed", stage="instructional")

        refused(
            "does not ask for the same", Asking.objects.create, case=case, asker=office.reviewer, at=MONDAY
        )
        assert Asking.objects.create(case=case, asker=office.reviewer2, at=MONDAY)


class TestAppeals:
    @pytest.mark.parametrize(
        ("name", "part"),
        [
            pytest.param("reviewer", "the first decider", id="first decider"),
            pytest.param("reviewer2", "claimed once", id="claimer"),
            pytest.param("teacher", "appealed", id="appellant"),
        ],
    )
    @pytest.mark.parametrize("stage", ["appeal", "appeal_endorsement"])
    def test_nobody_with_a_part_answers_one(self, office, name, part, stage):
        case = office.asks(teacher=office.teacher)
        desk.claim(case.pk, office.reviewer2, at=MONDAY)
        desk.release(case.pk, office.reviewer2, at=MONDAY)
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)
        desk.appeal(case.pk, office.teacher, at=MONDAY, grounds="please")

        refused("had no part", decision, case, office.person(name), stage=stage, outcome="upheld")
        assert decision(case, office.appeal_officer, stage=stage, outcome="upheld")

    def test_nobody_who_signed_second(self, office):
        case = office.appealed(kind=Kind.UNBLOCK)
        decision(case, office.reviewer2, stage="instructional", second=office.technician)

        refused("had no part", decision, case, office.technician, stage="appeal", outcome="upheld")

    def test_nobody_answers_one_that_was_not_made(self, office):
        refused(
            "no appeal", decision, office.denied(), office.appeal_officer, stage="appeal", outcome="upheld"
        )


class TestTwoSignatures:
    def test_the_two_reviews_are_two_peoples(self, office):
        case = office.asks(kind=Kind.RESOURCE, by="teacher")
        decision(case, office.reviewer, stage="instructional", outcome="endorsed")

        fields = {"stage": "technical", "outcome": "approved", "second": office.reviewer}
        refused("two people|technical signature", decision, case, office.reviewer, **fields)
        assert decision(case, office.technical_reviewer, **fields)

    def test_a_resource_is_not_approved_by_one(self, office):
        case = office.asks(kind=Kind.RESOURCE, by="teacher")

        refused("technical signature", decision, case, office.reviewer, outcome="approved")
        refused(
            "technical signature",
            decision,
            case,
            office.reviewer,
            outcome="approved",
            second=office.reviewer2,
        )

    def test_a_correction_names_a_second_person_who_has_signed(self, office):
        case = office.asks()
        wrong = {"outcome": "approved", "listing": Listing.CORRECTION.value, "stage": "technical"}

        refused("two signers", decision, case, office.technician, **wrong)
        refused("two signers", decision, case, office.technician, second=office.technician, **wrong)
        refused("two signers", decision, case, office.technician, second=office.reviewer, **wrong)
        decision(
            case, office.reviewer, stage="instructional", outcome="endorsed", listing=Listing.CORRECTION.value
        )
        assert decision(case, office.technician, second=office.reviewer, **wrong)


class TestLaw:
    @pytest.mark.parametrize(
        "checklist", [{}, {**CLEAN, "obscene": {"answer": None}}, {**CLEAN, "obscene": {}}]
    )
    def test_the_questions_are_answered_before_any_decision(self, office, checklist):
        refused("questions of the law", decision, office.asks(), office.reviewer, checklist=checklist)

    @pytest.mark.parametrize("question", ["obscene", "child_pornography"])
    def test_what_it_forbids_is_not_approved(self, office, question):
        answers = seen(**{question: "pictures"}).as_plain()
        case = office.asks()

        refused("law forbids", decision, case, office.reviewer, outcome="approved", checklist=answers)
        assert decision(case, office.reviewer, outcome="denied", checklist=answers)

    def test_a_broken_filter_raises_no_question(self, office):
        case = office.asks(kind=Kind.NOT_WORKING)

        assert decision(case, office.technician, outcome="approved", checklist={})


class TestStates:
    def test_no_state_but_one_that_a_step_leads_to(self, office):
        case = office.asks()

        refused("no step leads", Case.objects.filter(pk=case.pk).update, state="approved")
        assert Case.objects.filter(pk=case.pk).update(state="in_review") == 1

    def test_nothing_leaves_an_end(self, office):
        case = office.asks()
        desk.withdraw(case.pk, office.student, at=MONDAY)

        refused("no step leads", Case.objects.filter(pk=case.pk).update, state="submitted")

    def test_a_case_begins_at_the_beginning(self, office):
        refused(
            "begins as submitted", Case.objects.create, kind="unblock", state="approved", opened_at=MONDAY
        )


class TestWhatIsKept:
    @pytest.fixture
    def case(self, office):
        return office.appealed(ticket="event-1", teacher=office.teacher)

    @pytest.mark.parametrize(
        ("table", "change"),
        [
            (Decision, {"reason": "another"}),
            (Move, {"note": "another"}),
            (Appeal, {"grounds": "another"}),
            (SeenTicket, {"at": MONDAY + timedelta(days=1)}),
            (Asking, {"evidence": {"list_id": "another"}}),
            (Asking, {"purpose": "another"}),
            (Case, {"host": "another.example"}),
        ],
        ids=lambda value: value.__name__ if isinstance(value, type) else "".join(value),
    )
    def test_it_is_not_changed(self, case, table, change):
        refused("never changed|stays used", table.objects.update, **change)

    @pytest.mark.parametrize(
        "table", ["decision", "move", "appeal", "seenticket", "asking", "case", "opening"]
    )
    def test_it_is_not_deleted(self, office, case, table):
        office.approved(host="maths.example")

        def delete():
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM review_{table}")

        refused("is kept|kept", delete)

    def test_an_opening_grows_neither_wider_nor_longer_and_stays_revoked(self, office):
        case = office.approved()

        refused("never changed", Opening.objects.update, audience={"schools": ["valley-high"]})
        refused("never changed", Opening.objects.update, ends=None)
        desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="a mistake")
        refused("stays revoked", Opening.objects.update, revoked_at=None)

    def test_what_a_step_needs_to_change_is_free(self, case):
        assert Asking.objects.update(withdrawn_at=MONDAY, guardian="Ana Ruiz") == 1
        assert Person.objects.count() > 0

    @pytest.mark.skipif("connection.vendor == 'sqlite'")
    def test_a_table_is_not_emptied(self, case):
        def empty():
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("TRUNCATE review_decision CASCADE")

        refused("is kept", empty)

    def test_only_an_approval_of_the_same_case_opens(self, office, case):
        other = office.approved(host="maths.example")
        fields = {"action": "allow", "host": "physics.example", "audience": {"schools": ["valley-high"]}}

        for one in (case.decisions.get(), other.decisions.get()):
            refused("only an approval", Opening.objects.create, case=case, decision=one, **fields)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL knows no REPLACE")
@pytest.mark.parametrize("model", [Case, Asking, Decision, Move, Opening, SeenTicket])
def test_nothing_takes_the_place_of_what_there_is(office, model):
    """REPLACE deletes the row in its way, and asks no trigger about that."""
    office.approved(ticket="event-1")
    columns = [field.column for field in model._meta.fields]
    again = f"REPLACE INTO {model._meta.db_table} SELECT {', '.join(columns)} FROM {model._meta.db_table}"

    def write():
        with connection.cursor() as cursor:
            cursor.execute(again)

    refused("review: ", write)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="of SQLite the triggers' own text is compared")
def test_one_that_does_nothing_any_more_is_missed(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION review_law_forbids() RETURNS trigger LANGUAGE plpgsql"
            " AS $$BEGIN RETURN NEW; END$$"
        )

    assert guards.missing(connection) == ["review_law_forbids"]


@pytest.mark.parametrize(
    ("model", "change"),
    [
        pytest.param(Asking, {"audience": {"schools": ["valley-high"]}}, id="for whom was asked"),
        pytest.param(Opening, {"query": "page=2"}, id="which page is open"),
        pytest.param(Case, {"query": "page=2"}, id="which page is meant"),
        pytest.param(Case, {"school": "maple-elementary"}, id="whose request it is"),
    ],
)
def test_nothing_is_made_wider_afterwards(office, model, change):
    office.approved()

    refused("never changed", model.objects.update, **change)

"""The database refuses what the procedure forbids, even where no code of ours is in its way."""

from datetime import date, timedelta

import pytest
from django.db import connection

from past_the_desk import decision, refused, run
from proxy.console.audit import triggers
from proxy.console.people.models import Person
from proxy.console.review import desk, guards
from proxy.console.review.models import (
    Appeal,
    Asking,
    Case,
    Counted,
    CountedBlock,
    Decision,
    Move,
    Opening,
    SeenTicket,
)
from proxy.console.review.states import Kind
from review_office import MONDAY

KEPT = (Case, Asking, Decision, Move, Appeal, Opening, SeenTicket, Counted, CountedBlock)
UT1 = {"list_id": "ut1", "category": "games"}


def test_every_trigger_is_there(db):
    assert triggers.missing(connection, guards.rules) == []


class TestStates:
    def test_no_state_but_one_that_a_step_leads_to(self, office):
        case = office.asks()

        refused("no step leads", Case.objects.filter(pk=case.pk).update, state="approved")
        assert Case.objects.filter(pk=case.pk).update(state="in_review") == 1

    def test_nothing_leaves_an_end(self, office):
        case = office.asks()
        desk.withdraw(case.pk, office.student, at=MONDAY)

        refused("no step leads", Case.objects.filter(pk=case.pk).update, state="submitted")

    def test_a_denial_is_closed_when_the_time_to_appeal_has_passed(self, office):
        case = office.denied()
        cases, early = Case.objects.filter(pk=case.pk), case.appeal_until - timedelta(seconds=1)

        for ended in ({}, {"ended_at": early}, {"ended_at": early, "appeal_until": None}):
            refused("time to appeal", cases.update, state="closed", **ended)
        assert cases.update(state="closed", ended_at=case.appeal_until) == 1

    @pytest.mark.parametrize("prepare", ["denied", "appealed"])
    def test_the_time_to_appeal_is_not_made_shorter(self, office, prepare):
        case = getattr(office, prepare)()
        cases, until = Case.objects.filter(pk=case.pk), case.appeal_until

        for shorter in (until - timedelta(seconds=1), None):
            refused("not made shorter", cases.update, appeal_until=shorter)
        assert cases.update(appeal_until=until + timedelta(days=1)) == 1

    def test_a_case_begins_at_the_beginning(self, office):
        refused(
            "begins as submitted", Case.objects.create, kind="unblock", state="approved", opened_at=MONDAY
        )


class TestWhatIsKept:
    @pytest.fixture
    def case(self, office):
        return office.appealed(ticket="event-1", teacher=office.teacher, evidence=UT1)

    @pytest.mark.parametrize(
        ("table", "change"),
        [
            (Decision, {"reason": "another"}),
            (Move, {"note": "another"}),
            (Appeal, {"grounds": "another"}),
            (Appeal, {"asking_id": 1}),
            (SeenTicket, {"at": MONDAY + timedelta(days=1)}),
            (Asking, {"evidence": {"list_id": "another"}}),
            (Asking, {"purpose": "another"}),
            (Asking, {"ends": MONDAY + timedelta(days=90)}),
            (Asking, {"lasts": "standing"}),
            (Case, {"host": "another.example"}),
            (Counted, {"day": date(2026, 11, 29)}),
            (Counted, {"school": "lakeside"}),
            (CountedBlock, {"list_id": "another"}),
        ],
        ids=lambda value: value.__name__ if isinstance(value, type) else "".join(value),
    )
    def test_it_is_not_changed(self, case, table, change):
        refused("never changed|stays used", table.objects.update, **change)

    @pytest.mark.parametrize(
        "table",
        ["decision", "move", "appeal", "seenticket", "asking", "case", "opening", "counted", "countedblock"],
    )
    def test_it_is_not_deleted(self, office, case, table):
        office.approved(host="maths.example", evidence=UT1)

        refused("is kept", run, f"DELETE FROM review_{table}")

    def test_an_opening_grows_neither_wider_nor_longer_and_stays_revoked(self, office):
        case = office.approved()

        refused("never changed", Opening.objects.update, audience={"schools": ["valley-high"]})
        refused("never changed", Opening.objects.update, ends=None)
        desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="a mistake")
        refused("stays revoked", Opening.objects.update, revoked_at=None)

    @pytest.mark.parametrize(
        ("table", "change"),
        [
            (Counted, {"asked": 0}),
            (Counted, {"late": False}),
            (Counted, {"in_school_us": 1}),
            (Counted, {"in_school_us": None, "by_clock_us": None}),
            (CountedBlock, {"answered": False}),
            (CountedBlock, {"approved": False}),
        ],
        ids=lambda value: value.__name__ if isinstance(value, type) else "".join(value),
    )
    def test_what_counts_goes_on_to_count(self, office, table, change):
        office.approved(evidence=UT1)
        Counted.objects.update(late=True)

        refused("goes on to", table.objects.update, **change)

    def test_whoever_withdrew_asks_anew_or_not_at_all(self, case):
        Asking.objects.update(withdrawn_at=MONDAY)

        refused("stays withdrawn", Asking.objects.update, withdrawn_at=None)

    def test_what_a_step_needs_to_change_is_free(self, case):
        assert Asking.objects.update(withdrawn_at=MONDAY, guardian="Ana Ruiz") == 1
        assert Person.objects.count() > 0

    @pytest.mark.skipif("connection.vendor == 'sqlite'")
    def test_a_table_is_not_emptied(self, case):
        refused("is kept", run, "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE review_decision CASCADE")

    def test_only_an_approval_of_the_same_case_opens(self, office, case):
        other = office.approved(host="maths.example")
        fields = {"action": "allow", "host": "physics.example", "audience": {"schools": ["valley-high"]}}

        for one in (case.decisions.get(), other.decisions.get()):
            refused("only an approval", Opening.objects.create, case=case, decision=one, **fields)

    @pytest.mark.parametrize(
        ("kind", "changed"),
        [
            pytest.param(Kind.UNBLOCK, {"host": "other.example"}, id="another site"),
            pytest.param(Kind.UNBLOCK, {"action": "block"}, id="a block in place of what was approved"),
            pytest.param(Kind.SHOULD_BLOCK, {"action": "allow"}, id="what should be blocked is opened"),
            pytest.param(Kind.NOT_WORKING, {}, id="a filter that does not work"),
        ],
    )
    def test_what_was_asked_for_is_opened_and_nothing_else(self, office, kind, changed):
        office.technician  # noqa: B018
        case = office.asks(kind=kind)
        decider = office.technician if kind is Kind.NOT_WORKING else office.reviewer
        made = decision(case, decider, outcome="approved")
        fields = {"action": "allow", "host": case.host, "audience": {"schools": ["valley-high"]}, **changed}

        refused("the site that was asked for", Opening.objects.create, case=case, decision=made, **fields)

    def test_only_a_correction_mends_a_listing(self, office):
        made = office.approved().decisions.get()
        fields = {"action": "correction", "host": "physics.example", "category": "games"}

        refused("only a correction", Opening.objects.create, case=made.case, decision=made, **fields)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL knows no REPLACE")
@pytest.mark.parametrize(
    "model", [Case, Asking, Decision, Move, Appeal, Opening, SeenTicket, Counted, CountedBlock]
)
def test_nothing_takes_the_place_of_what_there_is(office, model):
    """REPLACE deletes the row in its way, and asks no trigger about that."""
    office.approved(ticket="event-1", evidence=UT1)
    office.appealed(host="maths.example")
    columns = [field.column for field in model._meta.fields]
    again = f"REPLACE INTO {model._meta.db_table} SELECT {', '.join(columns)} FROM {model._meta.db_table}"

    refused("takes the place", run, again)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL knows no REPLACE")
@pytest.mark.parametrize("column", ["id", "join_key"])
def test_nothing_takes_it_by_a_change(office, column):
    office.asks()
    office.asks("maths.example")

    refused(
        "takes the place|never changed",
        run,
        f"UPDATE OR REPLACE review_case SET {column} = (SELECT min({column}) FROM review_case)",
    )
    assert Case.objects.count() == 2


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

"""Whatever people and the clock try in whatever order, a case stays whole."""

from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from proxy.console.audit.models import AuditRecord
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Duty
from proxy.console.review import clockwork, desk
from proxy.console.review.models import Appeal, Asking, Case, Decision, Move
from proxy.console.review.states import Kind, Lane, Listing, State, Step
from proxy.console.review.workflow import AWAITED, ENDED, OPEN, TABLE, UNDER_APPEAL, Actor, Forbidden
from review_office import MONDAY, NOTHING_SEEN, Office, seen

CAST = (
    "student", "student2", "teacher", "reviewer", "reviewer2", "technical_reviewer", "technician",
    "appeal_officer", "appeal_officer2", "counselor", "administrator", "auditor",
)  # fmt: skip
LANES = (Lane.ORDINARY, Lane.ORDINARY, Lane.ORDINARY, Lane.PRIVATE)
LISTINGS = (Listing.EXCEPTION, Listing.EXCEPTION, Listing.EXCEPTION, Listing.CORRECTION)
ANSWERS = (*[NOTHING_SEEN] * 9, None, seen(obscene="a"), seen(harmful_to_minors="b"))
NAMES = {step.value for step in Step}
WEIGHTS = {
    "approve": 9, "overturn": 9, "revoke": 1, "withdraw": 0.3, "withdraw_appeal": 0.8, "release": 1,
    "hand_over": 1,
}  # fmt: skip
"""So that a walk goes through all states, and not mostly home early."""
SIGNS = ("approved", "narrowed", "overturned")


def signed(dice, case, *, opens=False):
    given = {"reason": dice.choice([*["because"] * 9, " "]), "checklist": dice.choice(ANSWERS)}
    if opens:
        given |= {"listing": dice.choice(LISTINGS), "opening": desk.as_asked(case)}
    return given


ACTS = {
    "claim": lambda c, by, at, d: desk.claim(c.pk, by, at=at),
    "release": lambda c, by, at, d: desk.release(c.pk, by, at=at),
    "take_over": lambda c, by, at, d: desk.take_over(c.pk, by, at=at),
    "ask": lambda c, by, at, d: desk.ask(c.pk, by, at=at, question="which class?"),
    "answer": lambda c, by, at, d: desk.answer(c.pk, by, at=at, answer="7b"),
    "hand_over": lambda c, by, at, d: desk.hand_over(c.pk, by, at=at, to=d.choice([*DutyKind])),
    "endorse": lambda c, by, at, d: desk.endorse(
        c.pk, by, at=at, listing=d.choice(LISTINGS), **signed(d, c)
    ),
    "approve": lambda c, by, at, d: desk.approve(c.pk, by, at=at, **signed(d, c, opens=True)),
    "deny": lambda c, by, at, d: desk.deny(c.pk, by, at=at, **signed(d, c)),
    "withdraw": lambda c, by, at, d: desk.withdraw(c.pk, by, at=at),
    "withdraw_appeal": lambda c, by, at, d: desk.withdraw_appeal(
        c.pk, by, at=at, reason=d.choice(["they asked for it", " "])
    ),
    "appeal": lambda c, by, at, d: desk.appeal(
        c.pk, by, at=at, grounds="please", guardian=d.choice(["", "Ana Ruiz", "Bo Lind"]),
        asking=d.choice([None, *c.askings.values_list("pk", flat=True)]),
    ),
    "claim_appeal": lambda c, by, at, d: desk.claim_appeal(c.pk, by, at=at),
    "release_appeal": lambda c, by, at, d: desk.release_appeal(c.pk, by, at=at),
    "take_over_appeal": lambda c, by, at, d: desk.take_over_appeal(c.pk, by, at=at),
    "endorse_appeal": lambda c, by, at, d: desk.endorse_appeal(c.pk, by, at=at, **signed(d, c)),
    "return_appeal": lambda c, by, at, d: desk.return_appeal(c.pk, by, at=at, reason="the list is right"),
    "overturn": lambda c, by, at, d: desk.overturn(c.pk, by, at=at, **signed(d, c, opens=True)),
    "uphold": lambda c, by, at, d: desk.uphold(c.pk, by, at=at, reason="as before"),
    "revoke": lambda c, by, at, d: desk.revoke(c.pk, by, at=at, reason="a mistake"),
    "keep": lambda c, by, at, d: desk.keep(c.pk, by, at=at, reason="still in use"),
}  # fmt: skip
"""Every step, as anybody may try it."""

CLOCK = (
    clockwork.escalate, clockwork.remind, clockwork.close_unappealed, clockwork.expire,
    clockwork.yearly_reviews,
)  # fmt: skip


@pytest.mark.timeout(600)
@settings(max_examples=20, deadline=None, suppress_health_check=[*HealthCheck])
@given(seed=st.integers(0, 2**32 - 1))
def test_a_case_stays_whole(db, seed):
    dice = Random(seed)
    with transaction.atomic():
        office = Office()
        for name in CAST:
            office.person(name)
        office.charge(office.technician, DutyKind.REVIEWER)
        office.charge(office.reviewer2, DutyKind.APPEAL_OFFICER)
        kind, lane = dice.choice([*Kind, Kind.UNBLOCK, Kind.UNBLOCK]), dice.choice(LANES)
        lane = Lane.ORDINARY if kind is Kind.RESOURCE else lane
        given = {"title": "a thing", "teacher": office.teacher, "lasts": dice.choice(["dates", "standing"])}
        case = office.asks(kind=kind, lane=lane, **given)
        if lane is Lane.ORDINARY:
            office.asks(kind=kind, by="student2", **given)
        walk(case, office, dice)
        transaction.set_rollback(True)


def walk(case, office, dice):
    at = MONDAY
    for _ in range(dice.randint(5, 30)):
        at += timedelta(hours=dice.choice([0, 0, 0, 1, 1, 2, 20, 60]))
        if dice.random() < 0.15:
            for chore in CLOCK:
                chore(at)
        else:
            tried(case, office, at, dice)
        case.refresh_from_db()
        event(case.state)
        assert_whole(case)


def tried(case, office, at, dice):
    """Somebody tries a step: mostly one that leads on, by somebody whose it may be; else any, by anybody."""
    before = snapshot(case)
    here = sorted({step.value for state, step in TABLE if state.value == case.state} & ACTS.keys())
    weights = [WEIGHTS.get(step, 2) for step in here]
    known = here and dice.random() < 0.85
    step = dice.choices(here, weights)[0] if known else dice.choice(sorted(ACTS))
    by = office.person(dice.choice(likely(case, step)) if dice.random() < 0.85 else dice.choice(CAST))
    try:
        ACTS[step](case, by, at, dice)
    except Forbidden as refusal:
        refused = str(refusal).strip()
    else:
        return
    assert refused
    assert snapshot(case) == before


def likely(case, step):
    """Whose step this may be."""
    by = TABLE[State(case.state), Step(step)].by if (State(case.state), Step(step)) in TABLE else set()
    if Actor.HOLDER in by and case.holder is not None:
        return [case.holder.login]
    if Actor.OFFICIAL in by and case.official is not None:
        return [case.official.login]
    if by & {Actor.ASKER, Actor.APPELLANT}:
        return ["student", "student2", "teacher"]
    return [name for name in CAST if case.duty and name.startswith(case.duty)] or ["reviewer"]


def snapshot(case):
    tables = (Case, Asking, Appeal, Decision, Move)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def assert_whole(case):
    state = State(case.state)
    assert (case.duty != "") == (state in AWAITED)
    assert (case.due_at is not None) == (state in AWAITED and state is not State.NEEDS_ANSWER)
    assert (case.clock_left is not None) == (state is State.NEEDS_ANSWER)
    assert (case.holder is not None) == (state in {State.IN_REVIEW, State.NEEDS_ANSWER, State.IN_APPEAL})
    assert (case.ended_at is not None) == (state in ENDED)
    assert case.join_key is None or state in OPEN
    assert case.appeal_until is not None or state not in {State.DENIED} | UNDER_APPEAL
    assert case.appeals.filter(withdrawn_at=None).count() == (state in UNDER_APPEAL) or state not in AWAITED
    assert case.askings.filter(withdrawn_at=None).exists() == (state is not State.WITHDRAWN)
    assert_history(case)
    assert_deciders(case)
    opened = case.openings.filter(revoked_at__isnull=True).exists()
    assert not opened or state in {State.APPROVED, State.EXPIRED}
    assert opened or not case.openings.exists() or state is State.REVOKED
    if state in {State.APPROVED, State.EXPIRED, State.REVOKED}:
        assert case.decisions.filter(outcome__in=SIGNS).count() == 1


def assert_history(case):
    moves = list(case.moves.order_by("pk"))
    assert (moves[0].step, moves[-1].after) == ("", case.state)
    for one, next_ in pairwise(moves):
        assert next_.before == one.after
        transition = TABLE[State(next_.before), Step(next_.step)]
        stays = next_.step == Step.WITHDRAW.value and next_.after == next_.before  # others ask still
        assert stays or transition.after.value == next_.after
    recorded = AuditRecord.objects.filter(about=f"case:{case.pk}").order_by("number")
    done = [action.removeprefix("case.") for action in recorded.values_list("action", flat=True)]
    assert [step for step in done if step in NAMES] == [move.step for move in moves if move.step]


def assert_deciders(case):
    askers = {asking.asker_id for asking in case.askings.all()}
    held = {m.by_id for m in case.moves.filter(step__in=("claim", "take_over"))}
    first = {d.decider_id for d in case.decisions.exclude(stage__startswith="appeal")}
    appellants = {appeal.by_id for appeal in case.appeals.all()}
    duties = set(Duty.objects.values_list("person", "kind"))
    for decision in case.decisions.all():
        opens = decision.outcome in SIGNS
        assert not {decision.decider_id, decision.second_id} & askers
        if decision.stage.startswith("appeal"):
            assert decision.decider_id not in held | first | appellants
        if decision.stage == "appeal":
            corrects = decision.listing == "correction"
            assert (decision.decider_id, "technician" if corrects else "appeal_officer") in duties
            assert not (corrects and decision.appeal.returned_at)
        if decision.listing == "correction" and opens:
            assert decision.second_id not in {None, decision.decider_id}
        if opens and case.kind in {"unblock", "resource"}:
            assert not decision.checklist["obscene"]["answer"]

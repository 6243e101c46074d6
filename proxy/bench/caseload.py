"""Which requests does a console hold when it is measured? Made up the same way every time, of nobody real.

`python -m proxy.bench.caseload --config DIR --cases N` fills the database of the demo's school, whose people
must be there. The cases were made evenly over a school year; half of them are answered, half still wait.
Every step is one that the table of steps has, or the database would refuse it, and stands in the record.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from proxy.bench.counted import count
from proxy.startup import starting

if TYPE_CHECKING:
    from proxy.console.people.models import Person
    from proxy.console.review.models import Case, Decision

PUPILS = 2_000
HOSTS = 9_000
BATCH = 1_000
YEAR, LONGEST = timedelta(days=300), timedelta(days=10)
ONE_IN_REVIEW, ONE_OF_THE_VISITOR, ONE_OF_THE_TEACHER = 12, 800, 100
ONE_RESOURCE = 10  # of those that are approved still
KINDS = ("unblock",) * 16 + ("should_block",) * 2 + ("not_working",) + ("resource",)
DUTIES = {"not_working": "technician"}
LISTS = (("starter", "games"), ("ut1", "social"), ("ut1", "adult"), ("", "chat"))
NOTHING_SEEN = {
    name: {"answer": False, "note": ""} for name in ("obscene", "child_pornography", "harmful_to_minors")
}
PATHS: Sequence[tuple[str, Sequence[str], str]] = (
    ("approved", ("in_review", "approved", "expired"), "approve"),
    ("approved", ("in_review", "approved"), "approve"),
    ("denied", ("in_review", "denied", "closed"), "deny"),
    ("denied", ("in_review", "denied"), "deny"),
    ("", ("withdrawn",), "withdraw"),
)
"""Outcome, states that follow `submitted`, and the step that answered; each of a fifth of the answered."""


@dataclass(frozen=True, slots=True)
class Load:
    """What was made: how many cases, and how many of them the demo's student asked for."""

    cases: int
    of_the_visitor: int


@dataclass(frozen=True, slots=True)
class People:
    """Who asks and who answers."""

    pupils: Sequence["Person"]
    visitor: "Person"
    teacher: "Person"
    reviewer: "Person"
    colleague: "Person"
    technical: "Person"


def fill(cases: int, at: datetime, schools: Sequence[str]) -> Load:
    """Fill an empty database, once Django is set up.

    at   the present, aware; cases were made before it
    """
    people = _people()
    chance = random.Random(4711)
    waiting = cases // 2
    made = [*_waiting(waiting, at, schools, chance, people)]
    _ask(made, people)
    answered = cases - waiting
    shares = [answered * place // len(PATHS) for place in range(len(PATHS) + 1)]
    for (outcome, states, step), (begin, end) in zip(PATHS, pairwise(shares), strict=True):
        done = [*_answered(end - begin, at, schools, chance, listed=states[-1] == "approved")]
        _ask(done, people, outcome)
        _answer(done, outcome, states, step, people)
        made += done
    _record()
    return Load(len(made), sum(_is_the_visitors(case.pk) for case in made))


def _people() -> People:
    from proxy.console.people.models import Person

    pupils = [
        Person(login=f"pupil-{number:05d}", given_name="Pupil", family_name=f"{number:05d}", role="student")
        for number in range(PUPILS)
    ]
    for pupil in pupils:
        pupil.set_unusable_password()
    Person.objects.bulk_create(pupils, batch_size=BATCH)
    named = {person.login: person for person in Person.objects.filter(demo=True)}
    staff = ("mokafor", "rcastillo", "reviewer", "reviewer2", "techreviewer")
    return People(pupils, *(named[login] for login in staff))


def _waiting(
    number: int, at: datetime, schools: Sequence[str], chance: random.Random, people: People
) -> Iterator["Case"]:
    """Cases that wait, some of them overdue, one in a few claimed."""
    from proxy.console.review.models import Case

    for part in batched(range(number), BATCH):
        cases = []
        for place in part:
            case = _case(place, at - YEAR * chance.random(), schools)
            case.duty = DUTIES.get(case.kind, "reviewer")
            case.due_at = case.escalates_at = case.opened_at + LONGEST * chance.random()
            case.overdue_at = case.due_at if case.due_at < at else None
            case.official = people.reviewer
            cases.append(case)
        Case.objects.bulk_create(cases)
        claimed = [case.pk for case in cases if case.pk % ONE_IN_REVIEW == 0]
        Case.objects.filter(pk__in=claimed).update(state="in_review", holder=people.colleague)
        yield from cases


def _answered(
    number: int, at: datetime, schools: Sequence[str], chance: random.Random, *, listed: bool
) -> Iterator["Case"]:
    """Cases that were answered; some of them resources, if those stand on the list of approved ones."""
    from proxy.console.review.models import Case

    for part in batched(range(number), BATCH):
        cases = [_case(place, at - YEAR * chance.random(), schools) for place in part]
        for place, case in enumerate(cases):
            case.kind = "resource" if listed and place % ONE_RESOURCE == 0 else "unblock"
            case.ended_at = case.appeal_until = case.opened_at + timedelta(days=7)
        yield from Case.objects.bulk_create(cases)


def _case(place: int, opened: datetime, schools: Sequence[str]) -> "Case":
    from proxy.console.review.models import Case

    return Case(
        kind=KINDS[place % len(KINDS)],
        school=schools[place % len(schools)],
        host=f"site-{place * 7919 % HOSTS}.example",
        category=LISTS[place % len(LISTS)][1],
        opened_at=opened,
    )


def _ask(cases: Sequence["Case"], people: People, outcome: str = "") -> None:
    """One asking for each case, of two pupils for every fourth.

    outcome   of the answer, which is written down later; "": none
    """
    from proxy.console.review.models import Asking, Move

    for part in batched(cases, BATCH):
        askings, moves = [], []
        for case in part:
            for turn in range(_times_asked(case)):
                first = people.visitor if _is_the_visitors(case.pk) else people.pupils[case.pk % PUPILS]
                asker = people.pupils[(case.pk + 1) % PUPILS] if turn else first
                list_id, category = _blocked_by(case)
                askings.append(
                    Asking(
                        case=case, asker=asker, subject=asker.sourced_id or "", at=case.opened_at,
                        purpose="a lesson on optics", course="Physics", url=f"https://{case.host}/labs",
                        evidence={"via": "portal", "list_id": list_id, "category": category},
                        audience={"subjects": [asker.sourced_id or asker.login]},
                        teacher=people.teacher if case.pk % ONE_OF_THE_TEACHER == 0 else None,
                        ends=case.opened_at + timedelta(days=7),
                    )
                )  # fmt: skip
            moves.append(Move(case=case, after="submitted", by=askings[-1].asker, at=case.opened_at))
        Asking.objects.bulk_create(askings)
        Move.objects.bulk_create(moves)
        count(
            part,
            answered_at=_answered_at if outcome else None,
            approved=outcome == "approved",
            asked=_times_asked,
            block_of=_blocked_by,
        )


def _times_asked(case: "Case") -> int:
    return 2 if case.pk % 4 == 0 else 1


def _blocked_by(case: "Case") -> tuple[str, str]:
    return LISTS[case.pk % len(LISTS)]


def _answered_at(case: "Case") -> datetime:
    return case.opened_at + timedelta(hours=1 + case.pk % 40)


def _answer(cases: Sequence["Case"], outcome: str, states: Sequence[str], step: str, people: People) -> None:
    from proxy.console.review.models import Asking, Case, Decision, Move, Opening

    for part in batched(cases, BATCH):
        endorsed, decisions, openings, moves = [], [], [], []
        for case in part:
            at = _answered_at(case)
            by = people.reviewer if outcome else people.pupils[case.pk % PUPILS]
            if outcome:
                moves.append(
                    Move(case=case, step="claim", before="submitted", after="in_review", by=by, at=at)
                )
                listed = case.kind == "resource"
                if listed:
                    endorsed.append(_endorsement(case, people.colleague, at))
                decisions.append(
                    Decision(
                        case=case, stage="technical" if listed else "first", outcome=outcome,
                        decider=people.technical if listed else by,
                        second=people.colleague if listed else None, at=at,
                        reason="It is for the lesson." if outcome == "approved" else "Not for class.",
                        checklist=NOTHING_SEEN,
                    )
                )  # fmt: skip
            before, after = (*("submitted", *states)[:3],)[-2:] if outcome else ("submitted", "withdrawn")
            moves.append(Move(case=case, step=step, before=before, after=after, by=by, at=at))
        Decision.objects.bulk_create(endorsed)
        Decision.objects.bulk_create(decisions)
        Move.objects.bulk_create(moves)
        if outcome == "approved":
            openings = [
                Opening(
                    case=decision.case, decision=decision, action="allow", host=decision.case.host,
                    purpose="a lesson on optics", begins=decision.at,
                    ends=None if decision.case.kind == "resource" else decision.at + timedelta(days=7),
                    audience={"schools": [decision.case.school]} if decision.case.school else {},
                )
                for decision in decisions
            ]  # fmt: skip
            Opening.objects.bulk_create(openings)
        if not outcome:
            Asking.objects.filter(case__in=part).update(withdrawn_at=max(map(_answered_at, part)))
        for state in states:
            Case.objects.filter(pk__in=[case.pk for case in part]).update(state=state)


def _endorsement(case: "Case", by: "Person", at: datetime) -> "Decision":
    from proxy.console.review.models import Decision

    return Decision(
        case=case, stage="instructional", outcome="endorsed", decider=by, at=at - timedelta(minutes=30),
        reason="It suits the course.", checklist=NOTHING_SEEN,
    )  # fmt: skip


def _record() -> None:
    """One record for each step, in the order of time."""
    from proxy.console.audit import actors
    from proxy.console.audit.chain import canonical, hash_of
    from proxy.console.audit.models import AuditHead, AuditRecord
    from proxy.console.review.models import Move

    head = AuditHead.objects.get(pk=1)
    number, last = head.number, head.hash
    moves = Move.objects.order_by("at", "pk").values_list("case", "step", "before", "after", "by", "at")
    for part in batched(moves.iterator(BATCH), BATCH):
        records = []
        for case, step, before, after, by, at in part:
            number += 1
            record = AuditRecord(
                number=number, at=at, actor=f"person:{by}" if by else actors.TIMERS,
                action=f"case.{step or 'submit'}", about=f"case:{case}",
                detail=canonical({"before": before, "after": after}), previous=last,
            )  # fmt: skip
            record.hash = last = hash_of(record)
            records.append(record)
        # One a statement: PostgreSQL moves the head after a statement, not after each row of it.
        AuditRecord.objects.bulk_create(records, batch_size=1)


def _is_the_visitors(number: int) -> bool:
    return number % ONE_OF_THE_VISITOR == 0


def main() -> None:
    """Fill the database of the settings that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--cases", type=int, required=True)
    args = parser.parse_args()

    start = starting(args.config)
    if start.settings is None or start.settings.console is None:
        raise SystemExit(f"the settings in {args.config} have no console")
    from proxy.console.site.config import ConsoleConfig
    from proxy.console.site.setup import set_up

    set_up(ConsoleConfig(start.settings, start.state, args.config.resolve(), demo=True))
    schools = [school.id for school in start.settings.schools]
    load = fill(args.cases, datetime.now(UTC), [*schools, ""])
    print(f"{load.cases} cases, {load.of_the_visitor} of the visitor's")


if __name__ == "__main__":
    main()

"""The figures are what anybody would count by hand, from the requests themselves."""

import random
from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from proxy.console.people.duties import DutyKind
from proxy.console.reports import counting
from proxy.console.reports.counting import Scope
from proxy.console.reports.figures import Appeals, Made, Refused
from proxy.console.reports.periods import Period
from proxy.console.review import desk
from proxy.console.review.clockwork import escalate
from proxy.console.review.models import Appeal, Case, Decision
from proxy.console.review.states import Kind, Listing
from proxy.console.review.timetable import timetable
from review_office import MONDAY, NOTHING_SEEN, SCHOOL

SCHOOLS = (SCHOOL, "lakeside")
CHICAGO = ZoneInfo("America/Chicago")
BLOCKS = (
    {"list_id": "ut1", "category": "games"},
    {"list_id": "starter", "category": "games"},
    {"list_id": "", "category": "chat"},
    {"category": "chat"},
    {"list_id": "ut1", "category": None},
    {},
)
WAITING = ("submitted", "in_review", "needs_answer")
GRANTED = ("approved", "narrowed", "overturned")
ALL = Period(date(2026, 11, 30), date(2027, 3, 10), CHICAGO)
TEN_DAYS = Period(date(2026, 12, 3), date(2026, 12, 12), CHICAGO)
YEAR = Period(date(2026, 3, 11), date(2027, 3, 10), CHICAGO)


class Days:
    """Weeks at a school, the same for each number: people ask, answer, appeal, withdraw and forget."""

    def __init__(self, office, seed):
        self.office, self.chance, self.at = office, random.Random(seed), MONDAY
        for school in SCHOOLS[1:]:
            office.charge(office.reviewer, DutyKind.REVIEWER, school)
            office.charge(office.appeal_officer, DutyKind.APPEAL_OFFICER, school)
        self.technical, self.colleague = office.technical_reviewer, office.reviewer2
        self.late, self.taken = set(), Counter()

    def pass_by(self, steps):
        doings = (self.ask,) * 4 + (self.answer,) * 3 + (self.appeal, self.rule, self.withdraw, self.forget)
        for _ in range(steps):
            self.at += timedelta(minutes=self.chance.choice((1, 47, 300, 1400)), seconds=7, microseconds=3)
            doing = self.chance.choice(doings)
            try:
                doing()
            except desk.Forbidden:
                continue
            self.taken[doing.__name__] += 1

    def ask(self):
        by, school = f"student_{self.chance.randrange(4)}", self.chance.choice(SCHOOLS)
        host, seen = f"site-{self.chance.randrange(6)}.example", {"evidence": self.chance.choice(BLOCKS)}
        kind = self.chance.choice((Kind.UNBLOCK,) * 3 + (Kind.SHOULD_BLOCK, Kind.RESOURCE))
        if kind is Kind.RESOURCE:
            seen["title"] = "A resource"
        if self.chance.random() < 0.1:
            self.office.asks_alone(self.at, host=host, by=by, **seen)
        else:
            self.office.asks(host, by, self.at, school=school, kind=kind, **seen)

    def answer(self):
        case, told = self.some("submitted"), self.told()
        by = self.office.reviewer if case.duty == "reviewer" else self.technical
        desk.claim(case.pk, by, at=self.at)
        if self.chance.random() < 0.4:
            desk.deny(case.pk, by, **told)
        elif case.kind == "resource" and case.duty == "reviewer":
            desk.endorse(case.pk, by, **told)
        else:
            desk.approve(case.pk, by, **told, listing=Listing.EXCEPTION, opening=desk.as_asked(case))
        self.look_at_the_clock(case)

    def look_at_the_clock(self, before):
        """Note a case whose due time had passed when it was done with."""
        if before.due_at < self.at and Case.objects.get(pk=before.pk).state not in WAITING:
            self.late.add(before.pk)

    def appeal(self):
        case = self.some("denied")
        desk.appeal(case.pk, case.askings.first().asker, at=self.at, grounds="it is for class")

    def rule(self):
        case, by = self.some("appealed"), self.office.appeal_officer
        desk.claim_appeal(case.pk, by, at=self.at)
        if self.chance.random() < 0.5:
            desk.uphold(case.pk, by, **self.told())
        else:
            desk.overturn(case.pk, by, **self.told(), opening=desk.as_asked(case))

    def withdraw(self):
        case = self.some("submitted")
        desk.withdraw(case.pk, case.askings.first().asker, at=self.at)
        self.look_at_the_clock(case)

    def forget(self):
        """Nobody answers for days; of what is overdue then the timers see a part."""
        self.at += timedelta(days=self.chance.randrange(3))
        if not escalate(self.at):
            raise desk.Forbidden("nothing was overdue")

    def some(self, state):
        found = [*Case.objects.filter(state=state).order_by("pk")]
        if not found:
            raise desk.Forbidden("nothing to do")
        return self.chance.choice(found)

    def told(self):
        return {"at": self.at, "reason": "because", "checklist": NOTHING_SEEN}


def cases_of(scope):
    days = {scope.period.first + timedelta(days=n): None for n in range(scope.period.days)}
    parts = [*scope.period.parts()]
    ordinary = Case.objects.filter(lane="ordinary")
    for case in ordinary.prefetch_related("moves", "askings", "decisions"):
        day = case.opened_at.astimezone(CHICAGO).date()
        if day in days and (scope.schools is None or case.school in scope.schools):
            yield case, max(part for part in parts if part <= day)


def made(scope, at, late):
    found = {}
    for case, part in cases_of(scope):
        gone_up = any(move.step == "escalate" and move.before in WAITING for move in case.moves.all())
        is_late = (
            gone_up
            or case.pk in late
            or (case.state in WAITING and case.due_at is not None and case.due_at < at)
        )
        numbers = found.setdefault((case.kind, case.school, part), [0, 0, 0])
        for place, more in enumerate((1, len(case.askings.all()), is_late)):
            numbers[place] += more
    return sorted((Made(*name, *numbers) for name, numbers in found.items()), key=str)


def answers(scope):
    found, times = [], timetable()
    for case, part in cases_of(scope):
        for one in case.decisions.all():
            if one.outcome == "endorsed" or one.stage == "appeal":
                continue
            lengths = (times.left(case.opened_at, one.at), one.at - case.opened_at)
            found.append((case.kind, case.school, part, *lengths))
    return sorted(found)


def appeals(scope):
    cases = [case for case, _part in cases_of(scope)]
    ruled = Decision.objects.filter(case__in=cases, stage="appeal")
    made = Appeal.objects.filter(case__in=cases)
    back = made.exclude(withdrawn_at=None).count()
    return Appeals(made.count(), back, ruled.count(), ruled.filter(outcome__in=GRANTED).count())


def refused(scope):
    numbers = {}
    for case, _part in cases_of(scope):
        outcomes = {one.outcome for one in case.decisions.all()} - {"endorsed"}
        frozen = [one.evidence for one in case.askings.all()]
        lists = {(one.get("list_id") or "", one.get("category") or "") for one in frozen}
        for name in lists - {("", "")} if case.kind == "unblock" else ():
            counts = numbers.setdefault(name, [0, 0, 0])
            for place, more in enumerate((1, bool(outcomes), bool(outcomes & {*GRANTED}))):
                counts[place] += more
    return sorted((Refused(*name, *counts) for name, counts in numbers.items()), key=str)


def flat(found):
    return sorted(
        (group.kind, group.school, group.part, timedelta(microseconds=one), timedelta(microseconds=other))
        for group in found
        for one, other in zip(group.in_school, group.by_clock, strict=True)
    )


def test_they_are_what_one_counts_by_hand(office):
    days = Days(office, seed=1)
    days.pass_by(90)
    assert {"ask", "answer", "appeal", "rule", "withdraw", "forget"} == {*days.taken}
    assert Case.objects.filter(lane="private").exists()

    for scope in (Scope(ALL), Scope(YEAR, frozenset({"lakeside"})), Scope(TEN_DAYS), Scope(ALL, frozenset())):
        for at in (days.at, days.at + timedelta(days=9)):
            assert sorted(counting.made(scope, at), key=str) == made(scope, at, days.late)
        assert flat(counting.answers(scope)) == answers(scope)
        assert counting.appeals(scope) == appeals(scope)
        assert sorted(counting.refused(scope), key=str) == refused(scope)

    every = Scope(ALL)
    assert days.late
    assert (len(answers(every)) > 5, appeals(every).decided > 0, len(refused(every)) > 3) == (True,) * 3
    assert sum(group.overdue for group in counting.made(every, days.at)) > 2

"""When staff is reminded."""

from datetime import timedelta

import pytest
from django.db.models import F

from acts_seen import act
from proxy.console.audit.models import AuditRecord
from proxy.console.incidents import desk
from proxy.console.incidents.models import Incident
from proxy.console.incidents.reminding import remind
from proxy.console.incidents.states import State
from proxy.console.people.models import Duty
from proxy.console.post.models import Letter
from review_office import MONDAY

DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)


def told():
    """Who got a letter about what since this was last asked."""
    found = {(letter.to.partition("@")[0], letter.subject) for letter in Letter.objects.all()}
    Letter.objects.all().delete()
    return found


def joins(found, at):
    """More of the same is seen, and joins an incident."""
    act(0.3, at=at, who=found.who, incident=found, technique="vpn.app")
    Incident.objects.filter(pk=found.pk).update(last_at=at, times=F("times") + 1)


@pytest.fixture
def officers(school):
    """Both safeguarding officers are there."""
    return {school.safeguarding, school.safeguarding_b}


def test_staff_is_reminded_once_after_the_time_that_the_settings_say(school):
    school.safeguarding  # noqa: B018
    found = school.incident()
    assert remind(MONDAY + DAY - MINUTE) == 0
    assert remind(MONDAY + DAY) == 1
    assert remind(MONDAY + 9 * DAY) == 0

    assert [letter.subject for letter in Letter.objects.all()] == [f"Incident {found.pk} still waits"]
    record = AuditRecord.objects.get(action="incident.remind")
    assert (record.about, record.at) == (f"incident:{found.pk}", MONDAY + DAY)


def test_nobody_is_reminded_of_what_somebody_has_taken_up(school):
    found = school.incident()
    desk.take_up(found.pk, school.safeguarding, at=MONDAY)
    assert remind(MONDAY + 2 * DAY) == 0


def test_it_can_be_switched_off(school):
    school.safeguarding  # noqa: B018
    school.incident()
    school.settings(remind_after=0)
    assert remind(MONDAY + 9 * DAY) == 0
    school.settings(remind_after=1)
    assert remind(MONDAY + 9 * DAY) == 1


def test_what_waits_is_reminded_of_again_when_more_joins_it_and_every_month(school):
    school.safeguarding  # noqa: B018
    found = school.incident()
    assert remind(MONDAY + DAY) == 1
    joins(found, MONDAY + DAY + MINUTE)
    assert [remind(MONDAY + 2 * DAY - MINUTE), remind(MONDAY + 2 * DAY)] == [0, 1]
    assert [remind(MONDAY + 32 * DAY - MINUTE), remind(MONDAY + 32 * DAY)] == [0, 1]
    assert Letter.objects.count() == 3


def test_what_was_given_back_waits_anew(school):
    found = school.incident()
    school.safeguarding_b  # noqa: B018
    assert remind(MONDAY + DAY) == 1
    desk.take_up(found.pk, school.safeguarding, at=MONDAY + 2 * DAY)
    desk.give_back(found.pk, school.safeguarding, at=MONDAY + 3 * DAY)
    assert remind(MONDAY + 4 * DAY - MINUTE) == 0
    told()
    assert remind(MONDAY + 4 * DAY) == 1
    waits = f"Incident {found.pk} still waits"
    assert told() == {("safeguarding", waits), ("safeguarding_b", waits)}


class TestUnderReview:
    @pytest.fixture
    def found(self, school, officers):
        return school.taken(about=school.student)

    def test_its_holder_is_reminded_when_more_joins_it_and_then_the_others(self, school, found):
        assert remind(MONDAY + 5 * DAY) == 0
        joins(found, MONDAY + 5 * DAY)
        assert remind(MONDAY + 5 * DAY) == 1
        held, stays = f"Incident {found.pk} has not ended", f"Incident {found.pk} is still under review"
        assert told() == {("safeguarding", held)}

        assert remind(MONDAY + 7 * DAY) == 0
        joins(found, MONDAY + 7 * DAY)
        assert remind(MONDAY + 7 * DAY) == 1
        assert told() == {("safeguarding", held), ("safeguarding_b", stays)}

    def test_not_before_they_had_the_time(self, school, found):
        joins(found, MONDAY + MINUTE)
        assert [remind(MONDAY + DAY - MINUTE), remind(MONDAY + DAY)] == [0, 1]
        joins(found, MONDAY + DAY + MINUTE)
        assert [remind(MONDAY + 2 * DAY - MINUTE), remind(MONDAY + 2 * DAY)] == [0, 1]

    def test_whoever_goes_on_has_a_time_of_their_own(self, school, found):
        joins(found, MONDAY + MINUTE)
        assert remind(MONDAY + DAY) == 1
        desk.take_up(found.pk, school.safeguarding_b, at=MONDAY + 2 * DAY)
        joins(found, MONDAY + 2 * DAY + MINUTE)
        told()
        assert [remind(MONDAY + 3 * DAY - MINUTE), remind(MONDAY + 3 * DAY)] == [0, 1]
        assert told() == {("safeguarding_b", f"Incident {found.pk} has not ended")}

    def test_where_its_holder_has_the_duty_no_more_the_others_are_told_at_once(self, school, found):
        Duty.objects.filter(person=school.safeguarding).update(ends=MONDAY.date())
        joins(found, MONDAY + 3 * DAY)
        assert remind(MONDAY + 3 * DAY) == 1
        assert told() == {("safeguarding_b", f"Incident {found.pk} is still under review")}

    def test_it_is_reminded_of_every_month_even_if_nothing_joins_it(self, school, found):
        assert [remind(MONDAY + 30 * DAY - MINUTE), remind(MONDAY + 30 * DAY)] == [0, 1]
        assert [remind(MONDAY + 60 * DAY - MINUTE), remind(MONDAY + 60 * DAY)] == [0, 1]


class TestWhatNobodyEnds:
    @pytest.mark.parametrize("hours", [0, 24], ids=["no reminders", "reminders"])
    def test_administrators_are_told_of_it_month_by_month(self, school, officers, hours):
        school.administrator  # noqa: B018
        school.settings(remind_after=hours, keep_ended_days=100)
        found = school.incident(about=school.student)
        for day in range(0, 100, 10):
            remind(MONDAY + day * DAY)
        unended = ("administrator", f"Incident {found.pk} stands, and nobody ends it")
        assert unended not in told()
        months = []
        for day in range(100, 200):
            remind(MONDAY + day * DAY)
            months.append(unended in told())
        assert sum(months) in (3, 4)
        assert Incident.objects.get().stands
        assert '{"unended":true}' in set(AuditRecord.objects.values_list("detail", flat=True))

    def test_what_joins_it_daily_makes_no_daily_letter_of_it(self, school, officers):
        school.administrator  # noqa: B018
        school.settings(keep_ended_days=10)
        found = school.incident(about=school.student)
        for day in range(20):
            joins(found, MONDAY + day * DAY)
            remind(MONDAY + day * DAY)
        to_administrators = Letter.objects.filter(to__startswith="administrator@")
        assert to_administrators.count() == 1

    def test_what_has_ended_is_nobodys_to_end(self, school, officers):
        school.administrator  # noqa: B018
        school.ended(State.UNCLEAR, about=school.student)
        assert remind(MONDAY + 3000 * DAY) == 0

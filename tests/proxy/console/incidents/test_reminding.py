"""When staff is reminded."""

from datetime import timedelta

from proxy.console.audit.models import AuditRecord
from proxy.console.incidents import desk
from proxy.console.incidents.reminding import remind
from proxy.console.post.models import Letter
from review_office import MONDAY

DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)


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

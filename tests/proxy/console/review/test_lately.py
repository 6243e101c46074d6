from datetime import timedelta

import pytest

from proxy.bundle.load import load_current
from proxy.console.review.lately import SPAN, lately
from proxy.console.review.spoken import audience_of, sorts_of
from proxy.decision.verdict import Action
from recorded import NOON, happened, recorded
from written_school import write_school


@pytest.fixture
def school(tmp_path):
    made = write_school(tmp_path)
    made.publish()
    return made


def blocked(after_s=0, host="physics.example", **more):
    return happened(after_s, host=host, action=Action.BLOCK, **more)


def seen(school, loaded=True, at=NOON + timedelta(hours=1), **audience):
    bundle = load_current(school.state) if loaded else None
    sorts = sorts_of(bundle, audience_of(audience)) if bundle is not None else []
    return lately(school.state, bundle, "physics.example", sorts, at)


def test_no_events_is_never_blocked(school):
    found = seen(school)

    assert (found.times, found.blocked, found.needed) == (0, {}, ())


def test_how_often_by_group_most_first(school):
    recorded(
        school.state / "spool",
        blocked(0, group="staff"),
        *(blocked(n, group="pupils") for n in range(3)),
        blocked(1, "labs.physics.example", group="pupils"),
        blocked(1, "other.example"),
    )

    found = seen(school)

    assert list(found.blocked.values()) == [4, 1]
    assert found.times == 5


def test_two_weeks_and_no_longer(school):
    recorded(school.state / "spool", blocked(-SPAN.total_seconds() - 7200), blocked(0))

    assert seen(school).times == 1


def test_other_hosts_that_its_pages_need_and_whether_they_would_stay_blocked(school):
    page = {"referring_host": "physics.example"}
    recorded(
        school.state / "spool",
        *(blocked(n, "games.example", **page) for n in range(2)),
        blocked(3, "open-by-now.example", **page),
        blocked(4, "cdn.physics.example", **page),
    )

    found = seen(school, grades=["11"])

    assert [(one.host, one.times, one.is_blocked) for one in found.needed] == [
        ("games.example", 2, True),
        ("open-by-now.example", 1, False),
    ]


def test_without_a_policy_what_was_blocked_counts_as_blocked(school):
    recorded(school.state / "spool", blocked(0, "open-by-now.example", referring_host="physics.example"))

    [one] = seen(school, loaded=False).needed

    assert one.is_blocked

import pytest

from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay
from proxy.console.review.in_force import in_force
from proxy.decision.policy import Audience, Override, Target
from proxy.decision.verdict import Action
from written_school import write_school

PUPILS = Audience(groups=frozenset({"pupils"}))


@pytest.fixture
def school(tmp_path):
    return write_school(tmp_path)


def test_nothing_published_is_no_policy(school):
    assert in_force(school.state) is None


def test_what_is_published_later_is_found(school):
    assert in_force(school.state) is None
    school.publish()

    loaded = in_force(school.state)

    assert loaded is not None
    assert loaded.policy.base == 1


def test_an_overlay_is_put_on_the_base_that_is_in_memory(school):
    school.publish()
    before = in_force(school.state)
    lesson = Override("o-1", Action.ALLOW, Target("games.example"), PUPILS, "a lesson", "office")

    publish_overlay(Overlay((lesson,)), school.state)
    after = in_force(school.state)

    assert after.policy.overrides == (lesson,)
    assert after.policy.listings is before.policy.listings


def test_what_did_not_change_is_not_read_again(school):
    school.publish()

    assert in_force(school.state) is in_force(school.state)


def test_a_damaged_part_leaves_the_last_good_one(school):
    school.publish()
    good = in_force(school.state)
    school.list_games("other.example")
    revision = school.publish()
    (school.base(revision) / "settings.json").write_text("{}")

    assert in_force(school.state).policy.base == good.policy.base

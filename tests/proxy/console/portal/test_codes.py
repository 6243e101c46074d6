"""Codes of block pages: they lead to what was blocked, and cannot be tried at will."""

from datetime import timedelta

import pytest

from handed_tickets import BLOCKED_AT, pseudonym
from proxy.console.portal.codes import MOST_WRONG, CodeUnknown, TooManyCodes, met_by_code
from proxy.console.portal.models import WrongCode
from proxy.console.site.config import config
from proxy.decision.request import Stage
from proxy.decision.verdict import Action, Reason
from proxy.journal.event import Event
from proxy.journal.spool import Spool
from proxy.tickets.errors import CodeProblem


@pytest.fixture
def blocked(tmp_path, with_state):
    """A state directory with one block in its journal, whose page showed 7KQ2-9FXM."""
    spool = Spool(with_state / "spool", worker="w1", gateway="demo")
    spool.append(
        Event(
            time=BLOCKED_AT,
            stage=Stage.HTTP,
            client="127.0.2.42",
            group="high",
            host="physics.example",
            action=Action.BLOCK,
            reason=Reason.CATEGORY,
            subject=pseudonym("student-0042"),
            url="http://physics.example/labs",
            category="games",
            list_id="demo-games",
            ticket="7KQ29FXM",
        )
    )
    spool.close()
    return with_state


def read(text, person, at=BLOCKED_AT):
    return met_by_code(text, person, config(), at)


@pytest.mark.parametrize("typed", ["7KQ29FXM", "7kq2-9fxm", " 7KQ2 9FXM "])
def test_a_code_leads_to_its_block(office, blocked, typed):
    met = read(typed, office.teacher)
    assert (met.place.host, met.place.path, met.category, met.code) == (
        "physics.example",
        "/labs",
        "games",
        "7KQ29FXM",
    )


def test_a_student_is_led_to_their_own_block(office, blocked):
    office.student.sourced_id = "student-0042"
    office.student.save()
    assert read("7KQ29FXM", office.student).place.host == "physics.example"


def test_a_student_learns_nothing_by_another_students_code(office, blocked):
    with pytest.raises(CodeUnknown):
        read("7KQ29FXM", office.student)
    assert WrongCode.objects.get().by == office.student


def test_a_wrong_code_leads_nowhere_and_is_counted(office, blocked):
    with pytest.raises(CodeUnknown):
        read("00000000", office.teacher)
    assert WrongCode.objects.get().by == office.teacher


def test_what_can_be_no_code_is_not_counted(office, blocked):
    with pytest.raises(CodeProblem):
        read("hello", office.teacher)
    assert not WrongCode.objects.exists()


def test_too_many_wrong_ones_and_right_ones_do_not_help_either(office, blocked):
    for n in range(MOST_WRONG):
        with pytest.raises(CodeUnknown):
            read(f"0000000{n}", office.teacher)
    with pytest.raises(TooManyCodes):
        read("7KQ29FXM", office.teacher)
    assert read("7KQ29FXM", office.teacher2).code == "7KQ29FXM"
    assert read("7KQ29FXM", office.teacher, BLOCKED_AT + timedelta(hours=1)).code == "7KQ29FXM"


def test_old_tries_are_forgotten(office, blocked):
    for at in (BLOCKED_AT, BLOCKED_AT + timedelta(hours=2)):
        with pytest.raises(CodeUnknown):
            read("00000000", office.teacher, at)
    assert [one.at for one in WrongCode.objects.all()] == [BLOCKED_AT + timedelta(hours=2)]

"""Asking with the code of a block page."""

import pytest

from console_people import logged_in
from handed_tickets import BLOCKED_AT, pseudonym
from proxy.console.review.models import Asking, Case
from proxy.decision.request import Stage
from proxy.decision.verdict import Action, Reason
from proxy.journal.event import Event
from proxy.journal.spool import Spool

FIELDS = {"purpose": "A lab report", "audience": "me", "when": "week", "reach": "path"}


@pytest.fixture
def blocked(with_state, office):
    """A block whose page showed 7KQ2-9FXM, and a teacher who was told it."""
    office.reviewer  # noqa: B018
    spool = Spool(with_state / "spool", worker="w1", gateway="demo")
    spool.append(
        Event(
            time=BLOCKED_AT, stage=Stage.HTTP, client="127.0.2.42", group="high", host="physics.example",
            action=Action.BLOCK, reason=Reason.CATEGORY, subject=pseudonym("student-0042"),
            url="http://physics.example/labs", category="games", list_id="demo-games", ticket="7KQ29FXM",
        )
    )  # fmt: skip
    spool.close()
    return logged_in(office.teacher)


def test_the_code_leads_to_a_form_and_the_form_to_a_request(blocked, office):
    found = blocked.post("/ask/code", {"code": "7kq2 9fxm"})
    text = found.content.decode()
    assert "physics.example/labs" in text
    assert '<input type="hidden" name="code" value="7KQ29FXM">' in text
    blocked.post("/ask/code", {"code": "7KQ29FXM", **FIELDS})
    asking = Asking.objects.select_related("case").get()
    assert (asking.asker, asking.case.host, asking.evidence["via"]) == (
        office.teacher,
        "physics.example",
        "code",
    )
    assert pseudonym("student-0042") not in str(asking.evidence)


def test_the_same_code_again_is_the_same_request(blocked):
    blocked.post("/ask/code", {"code": "7KQ29FXM", **FIELDS})
    assert blocked.post("/ask/code", {"code": "7KQ29FXM"})["Location"] == f"/mine/{Case.objects.get().pk}/"


@pytest.mark.parametrize(
    ("code", "words"),
    [("00000000", "No blocked page has this code"), ("hello", "A code has eight letters"), ("", "required")],
)
def test_wrong_codes_are_explained(blocked, code, words):
    answer = blocked.post("/ask/code", {"code": code})
    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_codes_cannot_be_tried_at_will(blocked):
    for n in range(10):
        blocked.post("/ask/code", {"code": f"0000000{n}"})
    assert "too many wrong codes" in blocked.post("/ask/code", {"code": "7KQ29FXM"}).content.decode()

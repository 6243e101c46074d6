"""Asking with the code of a block page."""

from dataclasses import replace

import pytest

from console_people import logged_in
from handed_tickets import BLOCKED_AT, pseudonym
from proxy.console.review.models import Asking, Case
from proxy.decision.request import Stage
from proxy.decision.verdict import Action, Reason
from proxy.journal.event import Event
from proxy.journal.spool import Spool

FIELDS = {"purpose": "A lab report", "audience": "me", "when": "week", "reach": "path"}


def met(state, **how):
    """A block whose page showed 7KQ2-9FXM, in the journal."""
    spool = Spool(state / "spool", worker="w1", gateway="demo")
    event = Event(
        time=BLOCKED_AT, stage=Stage.HTTP, client="127.0.2.42", group="high", host="physics.example",
        action=Action.BLOCK, reason=Reason.CATEGORY, subject=pseudonym("student-0042"),
        url="http://physics.example/labs", category="games", list_id="demo-games", ticket="7KQ29FXM",
    )  # fmt: skip
    spool.append(replace(event, **how))
    spool.close()


@pytest.fixture
def blocked(with_state, office):
    """A block, and a teacher who was told its code."""
    office.reviewer  # noqa: B018
    met(with_state)
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


@pytest.mark.parametrize("reason", [Reason.ERROR, Reason.NO_POLICY])
def test_a_fault_of_the_filter_is_reported_as_by_the_link_of_its_page(with_state, office, reason):
    office.technician  # noqa: B018
    met(with_state, reason=reason, category="", list_id="")
    browser = logged_in(office.teacher)

    form = browser.post("/ask/code", {"code": "7KQ29FXM"})

    assert "Report that the filter does not work" in form.content.decode()
    browser.post("/ask/code", {"code": "7KQ29FXM", "purpose": "All pages are blocked"})
    case = Case.objects.get()
    assert (case.kind, case.host, case.official) == ("not_working", "physics.example", office.technician)
    assert browser.post("/ask/code", {"code": "7KQ29FXM"})["Location"] == f"/mine/{case.pk}/"


def test_what_the_law_asks_to_block_is_said(with_state, office):
    met(with_state, reason=Reason.FLOOR, category="pornography")
    form = logged_in(office.teacher).post("/ask/code", {"code": "7KQ29FXM"})
    assert "The law asks the school to block" in form.content.decode()


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

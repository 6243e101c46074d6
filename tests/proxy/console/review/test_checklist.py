"""The three questions of the law are answered, and what they rule out is ruled out."""

import pytest

from proxy.console.review.checklist import Answer, Checklist, Unanswered, objection
from proxy.console.review.states import Kind, Listing

NO = Answer(False)
CLEAN = Checklist(NO, NO, NO)
OBSCENE = Checklist(Answer(True, "seen"), NO, NO)
CHILDREN = Checklist(NO, Answer(True, "seen"), NO)
HARMFUL = Checklist(NO, NO, Answer(True, "seen"))
EXCEPTION, CORRECTION = Listing.EXCEPTION, Listing.CORRECTION


@pytest.mark.parametrize(
    ("checklist", "kind", "listing", "minors", "last", "words"),
    [
        pytest.param(None, Kind.UNBLOCK, EXCEPTION, False, True, "before any decision", id="not answered"),
        pytest.param(
            None, Kind.SHOULD_BLOCK, EXCEPTION, False, True, "before any decision", id="nor for a block"
        ),
        pytest.param(None, Kind.NOT_WORKING, EXCEPTION, True, True, None, id="a broken filter shows nothing"),
        pytest.param(CLEAN, Kind.UNBLOCK, EXCEPTION, True, True, None, id="nothing seen"),
        pytest.param(
            OBSCENE, Kind.UNBLOCK, EXCEPTION, False, True, "for anybody", id="obscene, for adults too"
        ),
        pytest.param(CHILDREN, Kind.UNBLOCK, EXCEPTION, False, True, "for anybody", id="child pornography"),
        pytest.param(HARMFUL, Kind.UNBLOCK, EXCEPTION, True, True, "under 17", id="harmful, minors"),
        pytest.param(HARMFUL, Kind.UNBLOCK, EXCEPTION, False, True, None, id="harmful, adults"),
        pytest.param(HARMFUL, Kind.RESOURCE, EXCEPTION, True, True, "under 17", id="a resource too"),
        pytest.param(OBSCENE, Kind.SHOULD_BLOCK, EXCEPTION, True, True, None, id="a reason to block"),
        pytest.param(OBSCENE, Kind.UNBLOCK, CORRECTION, True, False, None, id="goes on as a correction"),
        pytest.param(
            OBSCENE, Kind.UNBLOCK, CORRECTION, True, True, "not wrong", id="but not past the last signer"
        ),
        pytest.param(
            HARMFUL, Kind.UNBLOCK, CORRECTION, False, True, "not wrong", id="a correction is for all"
        ),
        pytest.param(CLEAN, Kind.UNBLOCK, CORRECTION, True, True, None, id="a wrong listing"),
    ],
)
def test_what_the_answers_rule_out(checklist, kind, listing, minors, last, words):
    why = objection(checklist, kind, listing, minors, last=last)

    assert (why is None) if words is None else (why is not None and words in why)


def test_a_yes_needs_a_note():
    with pytest.raises(Unanswered, match="obscene: a yes needs a note"):
        Checklist(Answer(True, " "), NO, NO)


def test_what_is_stored_is_read_again():
    assert Checklist.from_plain(HARMFUL.as_plain()) == HARMFUL


@pytest.mark.parametrize(
    "plain",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"obscene": {"answer": None}}, id="no answer"),
        pytest.param({"obscene": {"answer": "no"}}, id="a word"),
        pytest.param({"obscene": True}, id="no object"),
    ],
)
def test_a_question_without_an_answer_is_named(plain):
    with pytest.raises(Unanswered, match="obscene: answer yes or no"):
        Checklist.from_plain(plain)

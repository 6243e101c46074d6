"""What states, kinds, steps and duties are called: every one has words, and every state a colour."""

from proxy.console.look import words
from proxy.console.people.duties import DutyKind
from proxy.console.review.states import Kind, Outcome, Reach, State, Step


def test_nothing_is_shown_by_its_value():
    for table, values in (
        (words.STATES, State),
        (words.KINDS, Kind),
        (words.STEPS, Step),
        (words.OUTCOMES, Outcome),
        (words.REACHES, Reach),
        (words.DUTIES, DutyKind),
    ):
        assert set(table) - {""} == {member.value for member in values}


def test_staff_read_other_words_than_askers():
    assert words.state("needs_answer") == "Question for you"
    assert words.state("needs_answer", staff=True) == "Question asked"
    assert words.state("approved", staff=True) == "Approved"


def test_tones_are_those_of_the_style_sheet():
    tones = {state.value: words.tone(state.value) for state in State}
    assert set(tones.values()) == {"waiting", "question", "good", "bad", "still"}
    assert tones["denied"] == "bad"
    assert tones["expired"] == "still"

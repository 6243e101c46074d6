import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.tickets.codes import ALPHABET, LENGTH, new_code, parse_code, show_code
from proxy.tickets.errors import CodeProblem


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        pytest.param("7KQ2-9FXM", "7KQ29FXM", id="as shown"),
        pytest.param(" 7kq2 9fxm ", "7KQ29FXM", id="lower case with spaces"),
        pytest.param("OoIi-LlAB", "001111AB", id="letters that are mistaken for digits"),
    ],
)
def test_a_code_is_understood_as_people_write_it(typed, code):
    assert parse_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        pytest.param("7KQ2", "has 4", id="too short"),
        pytest.param("7KQ2-9FXM-1", "has 9", id="too long"),
        pytest.param("7KQ2-9FXU", "no 'U'", id="a letter that no code has"),
        pytest.param("", "has 0", id="nothing"),
    ],
)
def test_what_is_no_code_is_said_to_be_none(typed, message):
    with pytest.raises(CodeProblem, match=message):
        parse_code(typed)


def test_a_new_code_reads_back_as_itself_and_two_differ():
    codes = {new_code() for _ in range(500)}

    assert len(codes) == 500
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) for code in codes)
    assert all(parse_code(show_code(code)) == code for code in codes)


@given(st.text())
def test_any_text_is_a_code_or_a_code_problem(text):
    try:
        code = parse_code(text)
    except CodeProblem:
        return
    assert set(code) <= set(ALPHABET)
    assert len(code) == LENGTH

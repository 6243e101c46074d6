import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.exchange.question import Asked, read_answer, read_question

NAME = b"\x05games\x07example\0"
QUERY = bytes.fromhex("1234 0100 0001 0000 0000 0000") + NAME + b"\0\x01\0\x01"
OPT = b"\0\0\x29\x10\0\0\0\0\0\0\0"
WITH_OPT = bytes.fromhex("0000 0100 0001 0000 0000 0001") + NAME + b"\0\x41\0\x01" + OPT
ANSWER = (
    bytes.fromhex("1234 8180 0001 0001 0000 0000")
    + QUERY[12:]
    + b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01"
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(QUERY, Asked("games.example", "A"), id="A"),
        pytest.param(WITH_OPT, Asked("games.example", "HTTPS"), id="HTTPS with EDNS"),
        pytest.param(QUERY[:12] + b"\0\0\x02\0\x01", Asked(".", "NS"), id="the root"),
        pytest.param(
            QUERY[:12] + b"\x02\xff.\0\0\x0a\0\x01", Asked("?.", "TYPE10"), id="octets that are no letters"
        ),
    ],
)
def test_a_question_is_read(data, expected):
    assert read_question(data) == expected


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(QUERY[:-1], id="cut"),
        pytest.param(QUERY + b"\0", id="longer than it says"),
        pytest.param(ANSWER, id="an answer"),
        pytest.param(QUERY[:4] + b"\0\x02" + QUERY[6:], id="two questions"),
        pytest.param(QUERY[:12] + b"\xc0\x0c\0\x01\0\x01", id="a pointer to itself"),
        pytest.param(QUERY[:-2] + b"\0\x09", id="no class"),
        pytest.param(b"a sentence that is long enough to be read", id="text"),
    ],
)
def test_anything_else_is_no_question(data):
    assert read_question(data) is None


def test_an_answer_repeats_its_question():
    assert read_answer(ANSWER) == Asked("games.example", "A")
    assert read_answer(QUERY) is None


@given(st.binary(max_size=400))
def test_no_octets_make_it_raise(data):
    for found in (read_question(data), read_answer(data), read_question(QUERY[:12] + data)):
        assert found is None or len(found.name) <= len(data) + len(QUERY)

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.tickets.claims import MAX_TEXT, MAX_URL, TicketClaims, from_plain, to_plain
from proxy.tickets.errors import TicketBad

CLAIMS = TicketClaims(
    event="01m84menr0xwge1k4x00000000",
    at=datetime(2026, 11, 23, 16, 40, tzinfo=UTC),
    gateway="gw-1",
    subject="abcdefgh",
    group="middle",
    url="https://games.example/play",
    category="games",
    basis="local",
    reason="category",
    list_id="starter-games",
    line=12,
    base=7,
    overlay=3,
    expires=datetime(2026, 12, 23, 16, 40, tzinfo=UTC),
    code="7KQ29FXM",
    technique="webproxy.ultraviolet.url",
)


def test_claims_survive_the_way_there_and_back():
    assert from_plain(to_plain(CLAIMS)) == CLAIMS


def test_claims_that_state_nothing_take_no_room():
    empty = replace(CLAIMS, subject="", category="", basis="", list_id="", line=0, technique="")

    assert set(to_plain(CLAIMS)) - set(to_plain(empty)) == {"s", "c", "b", "l", "i", "w"}
    assert from_plain(to_plain(empty)) == empty


def test_a_long_url_is_cut_and_the_ticket_says_so():
    long = replace(CLAIMS, url="https://games.example/" + "é" * 2000)

    back = from_plain(to_plain(long))

    assert back.url_cut
    assert len(back.url.encode()) in (MAX_URL - 1, MAX_URL)
    assert long.url.startswith(back.url)


def test_other_texts_are_cut_too():
    assert from_plain(to_plain(replace(CLAIMS, list_id="x" * 5000))).list_id == "x" * MAX_TEXT


@pytest.mark.parametrize(
    "plain",
    [
        pytest.param([], id="no object"),
        pytest.param({"t": 1, "p": 2, "unheard": 1}, id="an unknown claim"),
        pytest.param({"p": 1}, id="no moment"),
        pytest.param({"t": 1, "p": 10**30}, id="a moment beyond all calendars"),
        pytest.param({"t": 1, "p": 2, "i": "12"}, id="a line that is text"),
        pytest.param({"t": 1, "p": 2, "x": 1}, id="a flag that is a number"),
        pytest.param({"t": True, "p": 2}, id="a moment that is a flag"),
    ],
)
def test_claims_of_another_shape_are_refused(plain):
    with pytest.raises(TicketBad):
        from_plain(plain)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("etgsruxcbnlivopk"), inner),
    )
)
def test_any_json_gives_claims_or_ticket_bad(plain):
    try:
        claims = from_plain(plain)
    except TicketBad:
        return
    assert all(isinstance(getattr(claims, field.name), field.type) for field in fields(claims))

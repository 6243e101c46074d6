"""What does the resolver say itself?"""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import asks, policy, school_time
from proxy.decision.pipeline import decide
from proxy.decision.policy import BlockAnswer
from proxy.dns.labels import to_wire
from proxy.dns.messages import blocked, negative_soa, seconds_left, shorten, type_name
from proxy.dns.records import A
from proxy.dns.wire import Rcode

GAMES = to_wire("games.example")


@pytest.mark.parametrize(
    ("qtype", "name"), [(1, "A"), (28, "AAAA"), (65, "HTTPS"), (64, "SVCB"), (65280, "TYPE65280")]
)
def test_types_are_written_as_people_know_them(qtype: int, name: str) -> None:
    assert type_name(qtype) == name


@given(st.text(max_size=400))
def test_a_shortened_text_fits_and_begins_alike(text: str) -> None:
    short = shorten(text)

    assert len(short.encode()) <= 120
    assert text.startswith(short.removesuffix("...")) or short == text


def test_a_text_is_cut_between_words() -> None:
    assert shorten("word " * 40).endswith("word...")


@pytest.mark.parametrize(("left", "ttl"), [(None, 5), (60.0, 5), (3.9, 3), (0.5, 0), (-1.0, 0)])
def test_an_answer_is_remembered_no_longer_than_its_verdict_holds(left: float | None, ttl: int) -> None:
    at = school_time("10:00")
    until = None if left is None else at + timedelta(seconds=left)

    assert seconds_left(until, at, 5) == ttl


def test_a_negative_answer_s_soa_says_its_ttl_twice() -> None:
    soa = negative_soa(GAMES, 7)

    assert (soa.owner, soa.ttl, int.from_bytes(soa.rdata[-4:])) == (GAMES, 7, 7)


def test_a_page_without_an_address_of_the_asked_family_is_nodata() -> None:
    verdict = decide(asks("games.example"), policy({"games.example": ["games"]}))
    reply = blocked(GAMES, A, verdict, BlockAnswer.PAGE, 5, ("2001:db8::80",))

    assert (reply.rcode, reply.answer, len(reply.authority)) == (Rcode.NOERROR, (), 1)
    assert [code for code, _ in reply.ede] == [15]

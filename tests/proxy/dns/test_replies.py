"""Which reply does an answer become that may leave?"""

from datetime import timedelta

import pytest

from policies import school_time
from proxy.dns.labels import to_wire
from proxy.dns.messages import negative_soa
from proxy.dns.packing import Reply
from proxy.dns.records import ANY, NSEC, RRSIG, SOA, A, Answer, Record
from proxy.dns.relay import relayed
from proxy.dns.replies import bounded, failure, own_answer, reply_of
from proxy.dns.wire import Question, Rcode

NAME = to_wire("www.example")
ADDRESS = Record(NAME, A, 60, b"\xc0\x00\x02\x01")
SIGNED = Record(NAME, RRSIG, 60, b"\x00\x01" + bytes(40))


def question(qtype: int = A, **more: bool) -> Question:
    return Question(1, NAME, NAME, qtype, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("do", "expected"), [(True, (ADDRESS, SIGNED)), (False, (ADDRESS,))])
def test_signatures_go_to_who_asks_for_them(do: bool, expected: tuple[Record, ...]) -> None:
    out = relayed(Answer(Rcode.NOERROR, (), (ADDRESS, SIGNED), (), NAME))

    assert reply_of(question(do=do), out, stale=False).answer == expected


SAID = to_wire("aGVsbG8.example") + to_wire("d29ybGQ.example") + bytes(16) + (60).to_bytes(4)
TEXT = Record(to_wire("example"), SOA, 30, SAID)
OWN = negative_soa(to_wire("example"), 30)
PROVEN = (TEXT, Record(NAME, RRSIG, 30, b"\x00\x06" + bytes(40)), Record(NAME, NSEC, 30, bytes(8)))


def negative(*authority: Record) -> Answer:
    return Answer(Rcode.NXDOMAIN, (), (), authority, NAME)


def test_proofs_of_absence_go_to_who_asks_for_them() -> None:
    out = relayed(negative(*PROVEN))

    assert reply_of(question(), out, stale=False).authority == (OWN,)
    assert reply_of(question(do=True), out, stale=False).authority == PROVEN


@pytest.mark.parametrize("do", [True, False])
def test_a_server_s_own_words_do_not_come_back_with_a_name_that_is_not_there(do: bool) -> None:
    loose = (TEXT, Record(NAME, NSEC, 30, bytes(8)), Record(NAME, SOA, 9, SAID))

    assert reply_of(question(do=do), relayed(negative(*loose)), stale=False).authority == (OWN,)


def test_a_zone_of_the_school_names_the_server_that_takes_updates() -> None:
    reply = reply_of(question(), relayed(negative(TEXT)), stale=False, is_ours=True)

    assert reply.authority == (TEXT,)


def test_other_codes_of_an_upstream_become_servfail() -> None:
    assert reply_of(question(), relayed(Answer(5, (), (), (), NAME)), stale=False) == failure()


def test_a_stale_answer_is_never_authentic_and_says_so() -> None:
    reply = reply_of(question(), relayed(Answer(0, (), (ADDRESS,), (), NAME, ad=True)), stale=True)

    assert (reply.ad, reply.ede) == (False, ((3, "no newer answer to be had"),))


@pytest.mark.parametrize(
    ("qtype", "host", "rcode"),
    [
        pytest.param(ANY, "www.example", 0, id="ANY"),
        pytest.param(252, "www.example", 5, id="a zone transfer"),
        pytest.param(0, "www.example", 5, id="type 0"),
        pytest.param(A, "192.0.2.1", 3, id="an address as a name"),
    ],
)
def test_some_questions_need_no_upstream(qtype: int, host: str, rcode: int) -> None:
    reply = own_answer(question(qtype), host)

    assert reply is not None
    assert reply.rcode == rcode


def test_all_others_do() -> None:
    assert own_answer(question(), "www.example") is None


def test_ttls_end_with_the_verdict() -> None:
    at = school_time("10:00")
    reply = Reply(0, (ADDRESS,))

    assert bounded(reply, None, at) == reply
    assert [r.ttl for r in bounded(reply, at + timedelta(seconds=7.5), at).answer] == [7]
    assert [r.ttl for r in bounded(reply, at + timedelta(hours=1), at).answer] == [60]

"""What does an upstream resolver's message say?"""

import contextlib

import dns.message
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.dns.errors import Malformed
from proxy.dns.labels import to_wire
from proxy.dns.records import AAAA, CNAME, SOA, A, Record, addresses_of, cut, read_message

WWW = to_wire("www.example")


def response(
    *answer: str, authority: tuple[str, ...] = (), name: str = "www.example", type_: str = "A"
) -> bytes:
    message = dns.message.make_response(dns.message.make_query(name, type_))
    message.answer = [_rrset(line) for line in answer]
    message.authority = [_rrset(line) for line in authority]
    return message.to_wire()


def _rrset(line: str) -> dns.rrset.RRset:
    name, ttl, class_, type_, *rdata = line.split()
    return dns.rrset.from_text(name, int(ttl), class_, type_, " ".join(rdata))


def test_records_are_read_with_names_written_out() -> None:
    message = read_message(
        response(
            "www.example. 60 IN CNAME a.WWW.example.",
            "a.www.example. 30 IN MX 10 mail.www.example.",
            authority=("example. 60 IN SOA ns.example. h.example. 1 2 3 4 5",),
        )
    )

    assert message.answers == (
        Record(WWW, CNAME, 60, to_wire("a.www.example")),
        Record(to_wire("a.www.example"), 15, 30, b"\x00\x0a" + to_wire("mail.www.example")),
    )
    soa = (
        to_wire("ns.example")
        + to_wire("h.example")
        + bytes.fromhex("0000000100000002000000030000000400000005")
    )
    assert message.authority == (Record(to_wire("example"), SOA, 60, soa),)


@given(st.binary(max_size=300))
def test_any_octets_give_a_message_or_a_documented_error(data: bytes) -> None:
    with contextlib.suppress(Malformed):
        cut(read_message(data), WWW, A)


@given(st.integers(2, 120), st.integers(0, 255))
def test_a_twisted_response_gives_a_message_or_a_documented_error(at: int, octet: int) -> None:
    data = bytearray(
        response(
            "www.example. 60 IN CNAME a.example.",
            "a.example. 30 IN A 192.0.2.1",
            authority=("example. 60 IN SOA ns.example. h.example. 1 2 3 4 5",),
        )
    )
    data[at % len(data)] = octet
    with contextlib.suppress(Malformed):
        cut(read_message(bytes(data)), WWW, A)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(dns.message.make_query("www.example", "A").to_wire(), id="a query"),
        pytest.param(response("www.example. 60 IN A 192.0.2.1")[:-1], id="a record cut short"),
        pytest.param(b"\x00" * 11, id="no header"),
        pytest.param(
            response("www.example. 60 IN A 192.0.2.1").replace(
                b"\x00\x04\xc0\x00\x02\x01", b"\x00\x03\xc0\x00\x02"
            ),
            id="an address of three octets",
        ),
        pytest.param(response()[:6] + b"\xff\xff" + response()[8:], id="65,535 records"),
    ],
)
def test_broken_messages_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_message(data)


def test_only_what_answers_the_question_is_kept() -> None:
    message = read_message(
        response(
            "www.example. 60 IN CNAME cdn.example.",
            "cdn.example. 60 IN A 192.0.2.1",
            "bank.example. 60 IN A 192.0.2.66",
            "www.example. 60 IN TXT no",
        )
    )
    answer = cut(message, WWW, A)

    assert [r.rtype for r in answer.chain] == [CNAME]
    assert addresses_of(answer.final) == ("192.0.2.1",)
    assert answer.end == to_wire("cdn.example")


def test_a_dname_is_followed_and_shown_as_the_alias_it_makes() -> None:
    message = read_message(
        response("example. 60 IN DNAME example.net.", "www.example.net. 60 IN AAAA 2001:db8::1", type_="AAAA")
    )
    answer = cut(message, WWW, AAAA)

    assert [(r.owner, r.rtype) for r in answer.chain] == [(to_wire("example"), 39), (WWW, CNAME)]
    assert addresses_of(answer.final) == ("2001:db8::1",)


def test_authority_outside_the_name_s_zones_is_dropped() -> None:
    foreign = "example.net. 60 IN SOA ns.example. h.example. 1 2 3 4 5"
    own = "example. 60 IN SOA ns.example. h.example. 1 2 3 4 5"

    assert cut(read_message(response(authority=(foreign,))), WWW, A).soa is None
    assert cut(read_message(response(authority=(own,))), WWW, A).soa is not None


@pytest.mark.parametrize("length", [1, 2, 20])
def test_aliases_in_a_circle_or_without_end_are_refused(length: int) -> None:
    names = ["www.example.", *(f"a{n}.example." for n in range(1, length))]
    lines = [f"{name} 60 IN CNAME {names[(at + 1) % length]}" for at, name in enumerate(names)]

    with pytest.raises(Malformed):
        cut(read_message(response(*lines)), WWW, A)

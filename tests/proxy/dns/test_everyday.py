"""Is this an upstream's everyday answer: addresses of the very name that was asked, and no more?"""

import dns.flags
import dns.message
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.dns.errors import Malformed
from proxy.dns.everyday import read_everyday
from proxy.dns.labels import to_wire
from proxy.dns.records import AAAA, MAX_TTL_S, A, Answer, Asked, Record, cut, read_message

WWW = Asked(to_wire("www.example"), A)
BEHIND = 12 + len(WWW.name) + 4


def message(*lines: str, type_: str = "A", authority: str = "", rcode: int = 0, **more: object) -> bytes:
    reply = dns.message.make_response(dns.message.make_query("www.example", type_, use_edns=0))
    reply.set_rcode(rcode)  # type: ignore[arg-type]
    for line in lines:
        name, ttl, rtype, data = line.split()
        reply.answer.append(dns.rrset.from_text(name, int(ttl), "IN", rtype, data))
    if authority:
        reply.authority.append(dns.rrset.from_text("example.", 60, "IN", "NS", authority))
    for flag in more.get("flags", ()):  # type: ignore[attr-defined]
        reply.flags |= flag
    return reply.to_wire()


@pytest.mark.parametrize(
    ("data", "asked"),
    [
        pytest.param(message("www.example. 300 A 192.0.2.1"), WWW, id="one address"),
        pytest.param(message("www.example. 300 A 192.0.2.1", "www.example. 60 A 192.0.2.2"), WWW, id="two"),
        pytest.param(
            message("www.example. 0 AAAA 2001:db8::1", type_="AAAA"), WWW._replace(qtype=AAAA), id="IPv6"
        ),
        pytest.param(
            message("www.example. 300 A 192.0.2.1", authority="ns.example."), WWW, id="who says so beside it"
        ),
        pytest.param(message("www.example. 300 A 192.0.2.1", flags=(dns.flags.AD,)), WWW, id="vouched for"),
    ],
)
def test_it_says_what_the_full_reading_says(data: bytes, asked: Asked) -> None:
    found = read_everyday(data, 12 + len(asked.name) + 4, asked.qtype)

    assert found is not None
    assert found.answer(asked) == cut(read_message(data), asked.name, asked.qtype)
    assert found.packed_addresses() == [record.rdata for record in found.answer(asked).final]
    assert found.ttl_s == min(record.ttl for record in found.answer(asked).final)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            message("www.example. 300 CNAME cdn.example.", "cdn.example. 300 A 192.0.2.1"), id="alias"
        ),
        pytest.param(message("other.example. 300 A 192.0.2.1"), id="another name's address"),
        pytest.param(message("www.example. 300 AAAA 2001:db8::1"), id="another type"),
        pytest.param(message(), id="nothing"),
        pytest.param(message(rcode=3), id="no such name"),
        pytest.param(message("www.example. 300 A 192.0.2.1", rcode=2), id="a failure"),
        pytest.param(message("www.example. 300 A 192.0.2.1", flags=(dns.flags.TC,)), id="cut short"),
        pytest.param(message("www.example. 300 A 192.0.2.1")[:-20], id="breaks off"),
    ],
)
def test_anything_else_is_left_to_the_full_reading(data: bytes) -> None:
    assert read_everyday(data, BEHIND, A) is None


@given(st.binary(max_size=60), st.integers(0, 60), st.integers(0, 255))
def test_twisted_octets_never_say_more_than_the_full_reading(junk: bytes, at: int, octet: int) -> None:
    data = bytearray(message("www.example. 300 A 192.0.2.1", "www.example. 300 A 192.0.2.2"))
    data[at % len(data)] = octet
    asked = data[12 : 12 + len(WWW.name) + 4]
    for twisted in (bytes(data), bytes(data[:29]) + junk):
        if asked != WWW.name + b"\x00\x01\x00\x01" or not data[2] & 0x80:
            continue  # what the exchange does not hand over
        found = read_everyday(twisted, BEHIND, A)
        if found is None:
            continue
        try:
            full: Answer | None = cut(read_message(twisted), WWW.name, A)
        except Malformed:
            full = None  # something behind the answer is no record; the answer itself is whole
        if full is not None:
            assert found.answer(WWW) == full


def test_ttls_are_brought_within_bounds() -> None:
    data = message("www.example. 5 A 192.0.2.1", "www.example. 900 A 192.0.2.2")
    found = read_everyday(data, BEHIND, A)
    assert found is not None
    bounded = found.bounded(10, 600)

    assert bounded.answer(WWW).final == (
        Record(WWW.name, A, 10, b"\xc0\x00\x02\x01"),
        Record(WWW.name, A, 600, b"\xc0\x00\x02\x02"),
    )
    assert bounded.ttl_s == 10
    alone = read_everyday(message("www.example. 300 A 192.0.2.1"), BEHIND, A)
    assert alone is not None
    assert (alone.bounded(0, 600).ttl_s, alone.bounded(0, 7).ttl_s, alone.bounded(400, 600).ttl_s) == (
        300, 7, 400,
    )  # fmt: skip


def test_a_time_to_live_beyond_all_bounds_is_left_to_the_full_reading() -> None:
    data = bytearray(message(f"www.example. {MAX_TTL_S} A 192.0.2.1"))
    assert read_everyday(bytes(data), BEHIND, A) is not None
    at = data.index(MAX_TTL_S.to_bytes(4))
    data[at] = 0x80

    assert read_everyday(bytes(data), BEHIND, A) is None

import asyncio
import socket

import dns.edns
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filter_front import FilterFront, Said
from proxy.dns.errors import Malformed
from proxy.selftest.dns_probe import AAAA, A, DnsAnswer, NoAnswer, ask, make_query, read_answer


def answer_with(*records, rcode="NOERROR", options=()):
    query = dns.message.make_query("name.example.org", "A", use_edns=0)
    answer = dns.message.make_response(query)
    answer.answer.extend(dns.rrset.from_text(*record) for record in records)
    answer.use_edns(options=list(options))
    answer.set_rcode(dns.rcode.from_text(rcode))
    return answer.to_wire()


def test_a_query_is_one_that_another_library_reads():
    query = dns.message.from_wire(make_query("a.example.org", AAAA))
    assert query.question[0].to_text() == "a.example.org. IN AAAA"
    assert (query.edns, query.payload, bool(query.flags & dns.flags.RD)) == (0, 1232, True)


def test_addresses_code_and_extended_errors_are_read():
    wire = answer_with(
        ("name.example.org.", 5, "IN", "CNAME", "other.example.org."),
        ("other.example.org.", 5, "IN", "A", "192.0.2.80"),
        ("other.example.org.", 5, "IN", "AAAA", "2001:db8::80"),
        options=[
            dns.edns.EDEOption(4, "Forged"),
            dns.edns.EDEOption(16),
            dns.edns.GenericOption(10, b"x" * 8),
        ],
    )
    assert read_answer(wire) == DnsAnswer(0, ("192.0.2.80", "2001:db8::80"), ((4, "Forged"), (16, "")))


@pytest.mark.parametrize(("name", "number"), [("NXDOMAIN", 3), ("REFUSED", 5), ("BADVERS", 16)])
def test_response_codes_are_read_with_their_extended_part(name, number):
    assert read_answer(answer_with(rcode=name)) == DnsAnswer(number)


@given(st.binary(max_size=300))
def test_any_octets_are_an_answer_or_malformed(data):
    try:
        read_answer(data)
    except Malformed:
        return


@given(st.data())
def test_a_broken_answer_is_an_answer_or_malformed(data):
    wire = bytearray(
        answer_with(
            ("name.example.org.", 5, "IN", "A", "192.0.2.80"), options=[dns.edns.EDEOption(16, "law")]
        )
    )
    for at in data.draw(st.lists(st.integers(0, len(wire) - 1), max_size=4)):
        wire[at] = data.draw(st.integers(0, 255))
    try:
        read_answer(bytes(wire[: data.draw(st.integers(0, len(wire)))]))
    except Malformed:
        return


def test_it_asks_from_the_address_it_was_given(tmp_path):
    async def story():
        async with FilterFront(tmp_path, dns=lambda client, name: Said("192.0.2.1")) as front:
            answer = await ask(("127.0.0.1", front.dns_port), "127.0.1.2", "a.example.org", A)
            return answer, front.asked

    answer, asked = asyncio.run(story())
    assert answer == DnsAnswer(0, ("192.0.2.1",), ((4, "why"), (16, "why")))
    assert asked == [("127.0.1.2", "a.example.org")]


def test_silence_is_said_after_two_tries(tmp_path):
    async def story():
        async with FilterFront(tmp_path, dns=lambda client, name: None) as front:
            with pytest.raises(NoAnswer) as caught:
                await ask(("127.0.0.1", front.dns_port), "127.0.0.1", "a.example.org", timeout_s=0.05)
            return str(caught.value), front

    said, front = asyncio.run(story())
    assert said == f"the resolver at 127.0.0.1 port {front.dns_port} did not answer within 0.1 s"
    assert len(front.asked) == 2


def test_a_closed_port_is_said():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(NoAnswer, match="Connection refused"):
        asyncio.run(ask(("127.0.0.1", port), "127.0.0.1", "a.example.org", timeout_s=30))

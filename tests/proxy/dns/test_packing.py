"""Which octets go out for a reply?"""

import dns.flags
import dns.message
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.dns.labels import to_wire
from proxy.dns.packing import Reply, pack
from proxy.dns.records import CNAME, A, Record
from proxy.dns.wire import Question, parse

WWW = to_wire("www.example")
HOSTS = st.lists(st.sampled_from(["a", "bb", "www", "example", "cdn"]), min_size=1, max_size=5).map(".".join)


def question(name: str = "WWW.example", **more: object) -> Question:
    return parse(dns.message.make_query(name, "A", **({"use_edns": 0, "payload": 1232} | more)).to_wire())  # type: ignore[arg-type]


def address(owner: bytes = WWW, ttl: int = 60, last: int = 1) -> Record:
    return Record(owner, A, ttl, bytes((192, 0, 2, last)))


def test_dnspython_reads_what_was_packed() -> None:
    reply = Reply(0, (Record(WWW, CNAME, 30, to_wire("cdn.example")), address(to_wire("cdn.example"))))
    message = dns.message.from_wire(pack(question(), reply).message)

    assert [rrset.to_text() for rrset in message.answer] == [
        "WWW.example. 30 IN CNAME cdn.example.",
        "cdn.example. 60 IN A 192.0.2.1",
    ]
    assert message.question[0].name.to_text() == "WWW.example."
    assert message.flags & dns.flags.RA
    assert message.flags & dns.flags.QR


@given(st.lists(st.tuples(HOSTS, HOSTS, st.integers(0, 1000)), max_size=12))
def test_compression_never_changes_a_name(chain: list[tuple[str, str, int]]) -> None:
    records = tuple(Record(to_wire(owner), CNAME, ttl, to_wire(target)) for owner, target, ttl in chain)
    packed = pack(question(), Reply(0, records))
    message = dns.message.from_wire(packed.message, one_rr_per_rrset=True)

    assert [(r.name.to_text().lower(), r[0].target.to_text().lower(), r.ttl) for r in message.answer] == [
        (owner + ".", target + ".", ttl) for owner, target, ttl in chain
    ]
    assert [int.from_bytes(packed.message[at : at + 4]) for at in packed.ttls] == [ttl for _, _, ttl in chain]


def test_what_does_not_fit_is_cut_away_and_marked() -> None:
    many = Reply(0, tuple(address(last=n) for n in range(200)), ede=((4, "text"),))
    message = dns.message.from_wire(pack(question(), many).message)

    assert message.flags & dns.flags.TC
    assert (message.answer, message.edns) == ([], 0)


@pytest.mark.parametrize(
    ("asks", "reply", "shown"),
    [
        pytest.param({"want_dnssec": True}, Reply(0, ad=True), True, id="DO was set"),
        pytest.param({"flags": 0x0120}, Reply(0, ad=True), True, id="AD was set"),
        pytest.param({}, Reply(0, ad=True), False, id="nobody asked"),
        pytest.param({"want_dnssec": True}, Reply(0), False, id="not authentic"),
    ],
)
def test_ad_is_shown_to_who_asks(asks: dict[str, object], reply: Reply, shown: bool) -> None:
    assert bool(dns.message.from_wire(pack(question(**asks), reply).message).flags & dns.flags.AD) is shown


def test_without_edns_there_is_no_opt_and_no_extended_error() -> None:
    message = dns.message.from_wire(pack(question(use_edns=False), Reply(5, ede=((15, "no"),))).message)

    assert (message.edns, message.rcode()) == (-1, 5)


def test_an_extended_code_is_split_between_header_and_opt() -> None:
    assert dns.message.from_wire(pack(question(), Reply(16)).message).rcode() == 16


def test_a_question_that_was_not_read_is_not_echoed() -> None:
    packed = pack(Question(7, b"", b"", 0, 0, opcode=5), Reply(4)).message

    assert packed == b"\x00\x07\xa9\x84" + bytes(8)


def test_min_ttl_is_over_answer_and_authority() -> None:
    assert Reply(0, (address(ttl=9),), (address(ttl=5),)).min_ttl_s == 5
    assert Reply(0).min_ttl_s is None

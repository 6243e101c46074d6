"""What does a client's datagram ask?"""

import dns.edns
import dns.message
import dns.opcode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.dns.errors import Malformed, NotAnswerable
from proxy.dns.wire import Rcode, error_reply, hot_key, parse


def query(name: str = "www.example", type_: str = "A", **more: object) -> bytes:
    return dns.message.make_query(name, type_, **more).to_wire()  # type: ignore[arg-type]


def test_header_and_question_are_read() -> None:
    question = parse(query("WwW.Example", "HTTPS", want_dnssec=True, payload=1400))

    assert (question.name, question.folded) == (b"\x03WwW\x07Example\x00", b"\x03www\x07example\x00")
    assert (question.qtype, question.qclass, question.opcode) == (65, 1, 0)
    assert (question.rd, question.edns, question.do, question.limit) == (True, True, True, 1232)


@pytest.mark.parametrize(
    ("more", "tcp", "limit"),
    [
        pytest.param({"use_edns": False}, False, 512, id="no EDNS"),
        pytest.param({"use_edns": 0, "payload": 512}, False, 512, id="small"),
        pytest.param({"use_edns": 0, "payload": 1200}, False, 1024, id="middle"),
        pytest.param(
            {"use_edns": 0, "payload": 65535}, False, 1232, id="never more than what passes everywhere"
        ),
        pytest.param({"use_edns": False}, True, 65535, id="TCP"),
    ],
)
def test_the_limit_follows_from_transport_and_edns(more: dict[str, object], tcp: bool, limit: int) -> None:
    assert parse(query(**more), tcp).limit == limit


def test_what_is_too_short_or_a_response_gets_silence() -> None:
    response = bytearray(query())
    response[2] |= 0x80

    for data in (b"", b"\x00" * 11, bytes(response)):
        with pytest.raises(NotAnswerable):
            parse(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(query()[:5] + b"\x00" + query()[6:], id="no question"),
        pytest.param(query()[:5] + b"\x02" + query()[6:], id="two questions"),
        pytest.param(query()[:7] + b"\x01" + query()[8:], id="an answer in a query"),
        pytest.param(query()[:-1], id="cut short"),
        pytest.param(query()[:12] + b"\xc0\x0c\x00\x01\x00\x01", id="a compressed question"),
        pytest.param(query()[:12] + b"\x3f" * 300, id="an endless name"),
        pytest.param(
            query(use_edns=0)[:11] + b"\x02" + query(use_edns=0)[12:] + query(use_edns=0)[-11:], id="two OPT"
        ),
        pytest.param(query(use_edns=0)[:-3], id="OPT cut short"),
        pytest.param(query(use_edns=0)[:11] + b"\x09" + query(use_edns=0)[12:], id="too many records"),
    ],
)
def test_malformed_queries_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        parse(data)
    assert not isinstance(caught.value, NotAnswerable)


@given(st.binary(max_size=600))
def test_any_octets_give_a_question_or_a_documented_error(data: bytes) -> None:
    hot_key(data)
    try:
        question = parse(data)
    except Malformed:
        return
    assert len(question.name) == len(question.folded) <= 255


@given(st.binary(max_size=80), st.integers(0, 70), st.integers(0, 255))
def test_octets_that_share_a_key_with_a_good_query_read_the_same(junk: bytes, at: int, octet: int) -> None:
    good = query("ab.example", "A", use_edns=0)
    twisted = bytearray(good)
    twisted[at % len(good)] = octet
    for data in (bytes(twisted), good[:12] + junk):
        if hot_key(data) == hot_key(good):
            first, second = parse(good), parse(data)
            assert first.folded == second.folded
            assert (first.qtype, first.edns, first.do, first.limit, first.rd, first.cd, first.ad) == (
                second.qtype, second.edns, second.do, second.limit, second.rd, second.cd, second.ad,
            )  # fmt: skip


def test_spelling_id_cookies_and_client_subnets_do_not_change_the_key() -> None:
    plain = hot_key(query("www.example", use_edns=0, payload=1232))
    cookie = dns.edns.CookieOption(b"12345678", b"")
    subnet = dns.edns.ECSOption("198.51.100.0", 24)

    assert plain is not None
    assert hot_key(query("WWW.eXample", use_edns=0, payload=4096, options=[cookie, subnet])) == plain


def test_all_that_shapes_an_answer_is_in_the_key() -> None:
    shapes = [
        query(use_edns=False),
        query(use_edns=0, payload=512),
        query(use_edns=0, payload=1100),
        query(use_edns=0, payload=1232),
        query(use_edns=0, payload=1232, want_dnssec=True),
        query("www.example", "HTTPS", use_edns=False),
        query("www.example", "TYPE97", use_edns=False),
        query("www.exampla", use_edns=False),
        query(use_edns=False, flags=0),
        query(use_edns=False, flags=0x0110),
        query(use_edns=False, flags=0x0120),
    ]
    keys = [hot_key(data, tcp) for data in shapes for tcp in (False, True)]

    assert None not in keys
    assert len(set(keys)) == len(shapes) * 2 - 2  # over TCP the three sizes are one


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(query(use_edns=1), id="another EDNS version"),
        pytest.param(query() + b"!", id="octets behind the question"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_is_not_of_everyday_shape_has_no_key(data: bytes) -> None:
    assert hot_key(data) is None


def test_an_error_carries_id_opcode_and_rd_and_nothing_else() -> None:
    data = query()

    assert error_reply(data, Rcode.FORMERR) == data[:2] + b"\x81\x81" + bytes(8)


@given(
    st.binary(max_size=80), st.sampled_from(["ab.example", "AB.example", "x"]), st.booleans(), st.booleans()
)
def test_a_key_is_the_query_that_most_clients_would_send(
    junk: bytes, name: str, edns: bool, do: bool
) -> None:
    good = query(name, use_edns=0 if edns else False, want_dnssec=do and edns)
    for data in (good, good[:12] + junk):
        key = hot_key(data)
        if isinstance(key, bytes):
            assert hot_key(data[:2] + key) == key


def test_no_datagram_has_the_key_of_a_query_over_tcp() -> None:
    over_tcp = hot_key(query(), tcp=True)

    assert isinstance(over_tcp, str)
    assert over_tcp not in {query()[2:]: None}

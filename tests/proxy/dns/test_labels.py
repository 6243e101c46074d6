"""How is a domain name written in a message, and which host is it?"""

import dns.name
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from proxy.dns.errors import Malformed
from proxy.dns.labels import host_of, is_below, labels_of, parents, plain_host, read_name, to_wire

HOSTS = st.lists(st.from_regex(r"[a-z_]([a-z0-9_-]{0,20}[a-z0-9])?", fullmatch=True), min_size=1, max_size=6)


@given(HOSTS)
def test_a_host_survives_the_way_to_wire_form_and_back(labels: list[str]) -> None:
    host = ".".join(labels)

    assert host_of(to_wire(host)) == host
    assert read_name(b"??" + to_wire(host), 2) == (to_wire(host), 2 + len(to_wire(host)))


@given(HOSTS, HOSTS)
def test_compression_is_read_as_dnspython_writes_it(first: list[str], second: list[str]) -> None:
    from io import BytesIO

    out, table = BytesIO(), {}
    names = [dns.name.from_text(".".join(labels) + ".") for labels in (first, second + first)]
    starts = []
    for name in names:
        starts.append(out.tell())
        name.to_wire(out, table)

    assert [read_name(out.getvalue(), at)[0] for at in starts] == [
        to_wire(".".join(first)),
        to_wire(".".join(second + first)),
    ]


@given(st.binary(max_size=400), st.integers(0, 400))
def test_any_octets_give_a_name_or_a_documented_error(data: bytes, at: int) -> None:
    try:
        name, behind = read_name(data, at)
    except Malformed:
        return
    assert len(name) <= 255
    assert at < behind <= len(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xc0\x00", id="a pointer to itself"),
        pytest.param(b"\xc0\x02\xc0\x00", id="two pointers in a circle"),
        pytest.param(b"\x01a\xc0\x05\x00\x00", id="a pointer forwards"),
        pytest.param(b"\x40" + b"a" * 64 + b"\x00", id="an unknown label type"),
        pytest.param(b"\x05ab", id="cut short"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x3f" + (b"a" * 63 + b"\x3f") * 4 + b"\x00", id="longer than 255 octets"),
    ],
)
def test_hostile_names_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_name(data, 0)


@pytest.mark.parametrize(
    ("wire", "host"),
    [
        pytest.param(b"\x03www\x07example\x00", "www.example", id="a host"),
        pytest.param(b"\x05_ldap\x04_tcp\x07example\x00", "_ldap._tcp.example", id="underscores"),
        pytest.param(b"\x07Room 12\x04_ipp\x07example\x00".lower(), "_ipp.example", id="a service instance"),
        pytest.param(b"\x01*\x07example\x00", "example", id="a wildcard"),
        pytest.param(b"\x03a.b\x07example\x00", "example", id="a dot inside a label"),
    ],
)
def test_a_name_is_judged_as_the_host_it_belongs_to(wire: bytes, host: str) -> None:
    assert host_of(wire) == host


@pytest.mark.parametrize(
    "wire",
    [
        pytest.param(b"\x04\xe9\xfaab\x07example\x00", id="octets of a tunnel"),
        pytest.param(b"\x02a\x00\x07example\x00", id="a zero octet"),
        pytest.param(b"\x07example\x03a b\x00", id="no host at the end"),
    ],
)
def test_what_is_no_host_cannot_be_judged(wire: bytes) -> None:
    with pytest.raises(Malformed):
        host_of(wire)


def test_the_root_is_judged_as_a_dot() -> None:
    assert host_of(b"\x00") == "."


def test_parents_go_down_to_the_root() -> None:
    name = to_wire("a.b.c")

    assert list(labels_of(name)) == [b"a", b"b", b"c"]
    assert list(parents(name)) == [name, to_wire("b.c"), to_wire("c"), b"\x00"]


def test_below_means_at_a_label_s_edge() -> None:
    assert is_below(to_wire("a.example"), to_wire("example"))
    assert not is_below(to_wire("anexample"), to_wire("example"))


@pytest.mark.parametrize("name", ["", "a..b", "a" * 64 + ".b", ".".join(["abcdefgh"] * 30)])
def test_names_that_do_not_fit_the_wire_are_refused(name: str) -> None:
    with pytest.raises(Malformed):
        to_wire(name)


@given(
    st.lists(
        st.binary(min_size=1, max_size=63) | st.from_regex(rb"[a-z0-9_-]{1,63}\Z"), min_size=1, max_size=4
    ).map(lambda labels: b"".join(bytes((len(one),)) + one for one in labels).lower() + b"\0")
)
def test_the_quick_reading_says_what_the_full_one_says_or_nothing(name: bytes) -> None:
    quick = plain_host(name)
    if quick is not None:
        assert len(name) > 255 or quick == host_of(name)


@pytest.mark.parametrize("host", ["www.example", "_ldap._tcp.x-1.example", "xn--bcher-kva.example", "a"])
def test_everyday_names_are_read_quickly(host: str) -> None:
    assert plain_host(to_wire(host)) == host


def test_what_reads_otherwise_than_it_is_written_is_left_to_the_full_reading() -> None:
    for name in (
        b"\0",
        to_wire("1.2.3.4"),
        to_wire("0x7f.1"),
        b"\x03a.b\x01c\0",
        b"\x01a\x01A\0",
        b"\x05ab\0",
    ):
        assert plain_host(name) is None


HOST_OCTET_LENGTHS = st.sampled_from([1, 2, 45, 48, 50, 57, 63])
ODD_OCTETS = st.sampled_from(b"`^[@~|\\.\x01\x2d\x32")


@st.composite
def crooked_names(draw: st.DrawFn) -> bytes:
    """Names whose labels have lengths that are octets of hosts, and octets that may be taken for lengths."""
    labels = [
        bytearray(b"a" * length) for length in draw(st.lists(HOST_OCTET_LENGTHS, min_size=1, max_size=3))
    ]
    for label in labels:
        at = draw(st.integers(0, len(label) - 1))
        together = sum(map(len, labels[:2])) + 1
        label[at] = draw(st.one_of(ODD_OCTETS, st.just(min(together, 255)), st.just(ord("b"))))
    return b"".join(bytes((len(label),)) + label for label in labels).lower() + b"\0"


@given(crooked_names())
@example(b"\x2c" + b"a" * 43 + b"`" + b"\x32" + b"b" * 50 + b"\x07example\0")
@example(b"\x2d" + b"a" * 44 + b"`" + b"\x32" + b"b" * 50 + b"\x07example\0")
def test_no_octet_is_taken_for_a_label_s_length(name: bytes) -> None:
    said = plain_host(name)
    try:
        assert said in (None, host_of(name))
    except Malformed:
        assert said is None

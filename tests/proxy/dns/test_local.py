"""Which names does the gateway answer itself?"""

import dns.rdata
import pytest

from proxy.dns.errors import Malformed
from proxy.dns.labels import to_wire
from proxy.dns.local import LocalNames, read_record
from proxy.dns.plan import LocalRecord, Plan
from proxy.dns.records import AAAA, CNAME, A, addresses_of
from proxy.dns.wire import Rcode

pytestmark = pytest.mark.usefixtures("no_repeats")

TXT, PTR = 16, 12
LAB = to_wire("lab.example")


def names(*records: LocalRecord, **more: object) -> LocalNames:
    return LocalNames(Plan(local_records=records, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("A", "192.0.2.1"),
        ("AAAA", "2001:db8::1"),
        ("CNAME", "www.example.org"),
        ("PTR", "Printer.example.org."),
        ("TXT", "room 12; \\ \"ask\" Ms Lée"),
        ("TXT", "x" * 600),
    ],
)  # fmt: skip
def test_dnspython_reads_a_record_as_it_was_written(type_: str, value: str) -> None:
    record = read_record(LocalRecord("lab.example", type_, value, 60))
    read = dns.rdata.from_wire("IN", type_, record.rdata, 0, len(record.rdata))

    assert (record.owner, record.ttl) == (LAB, 60)
    if type_ == "TXT":
        assert b"".join(read.strings).decode() == value
    elif type_ in ("CNAME", "PTR"):
        assert read.to_text() == value.lower().rstrip(".") + "."
    else:
        assert read.to_text() == value


@pytest.mark.parametrize(
    ("type_", "value"),
    [("A", "192.0.2"), ("A", "2001:db8::1"), ("CNAME", ""), ("CNAME", "a..b"), ("NOPE", "x")],
)
def test_a_value_that_does_not_fit_is_named_with_its_record(type_: str, value: str) -> None:
    with pytest.raises(Malformed, match=r"local record lab\.example"):
        read_record(LocalRecord("lab.example", type_, value))


def test_all_records_of_a_name_and_type_are_answered() -> None:
    local = names(LocalRecord("lab.example", "A", "10.0.0.1"), LocalRecord("lab.example", "A", "10.0.0.2"))
    answer = local.answer(LAB, A)

    assert answer is not None
    assert addresses_of(answer.final) == ("10.0.0.1", "10.0.0.2")


def test_a_local_name_has_nothing_else() -> None:
    answer = names(LocalRecord("lab.example", "A", "10.0.0.1")).answer(LAB, AAAA)

    assert answer is not None
    assert (answer.rcode, answer.final, len(answer.authority)) == (Rcode.NOERROR, (), 1)


def test_an_alias_leads_on() -> None:
    local = names(LocalRecord("lab.example", "CNAME", "www.example"))
    asked, itself = local.answer(LAB, A), local.answer(LAB, CNAME)

    assert asked is not None
    assert itself is not None
    assert (asked.end, [r.rtype for r in asked.chain], asked.final) == (to_wire("www.example"), [CNAME], ())
    assert [r.rtype for r in itself.final] == [CNAME]


def test_names_without_records_are_left_to_others() -> None:
    local = names(LocalRecord("lab.example", "A", "10.0.0.1"))

    assert local.answer(to_wire("x.lab.example"), A) is None
    assert to_wire("x.lab.example") not in local
    assert local.inside(to_wire("x.lab.example")) is None


def test_the_block_page_s_name_leads_to_its_addresses_unless_said_otherwise() -> None:
    page = {"block_host": "block.example", "block_addresses": ("192.0.2.80", "2001:db8::80")}
    name = to_wire("block.example")
    usual = names(**page).answer(name, AAAA)
    other = names(LocalRecord("block.example", "A", "10.0.0.9"), **page).answer(name, A)

    assert usual is not None
    assert other is not None
    assert addresses_of(usual.final) == ("2001:db8::80",)
    assert addresses_of(other.final) == ("10.0.0.9",)


def test_localhost_is_this_machine_and_inner_zones_are_empty() -> None:
    local = names()
    home = local.answer(to_wire("localhost"), A)
    empty = local.inside(to_wire("1.0.0.10.in-addr.arpa"))

    assert home is not None
    assert empty is not None
    assert addresses_of(home.final) == ("127.0.0.1",)
    assert (empty.rcode, len(empty.authority)) == (Rcode.NXDOMAIN, 1)

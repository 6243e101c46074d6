import pytest

from proxy.bypass.observed import Question, Record, Transport
from proxy.replay.errors import WrongRow
from proxy.replay.formats.dns_row import host_asked_for, names_in, read_question, transport_of
from proxy.replay.formats.fields import Fields


def read(**row):
    return read_question(Fields(row), "session a", 3.0)


def test_a_question_is_read_with_its_answers():
    host, question, trouble = read(
        qname="WWW.Example.org.",
        qtype="https",
        transport="tcp53",
        dst="192.0.2.1",
        answers=[{"type": "cname", "rdata": "cdn.example."}, {"data": "x"}, "192.0.2.9", "2001:db8::1"],
        rcode=3,
        label="bypass",
    )
    assert (host, trouble) == ("www.example.org", "")
    assert question == Question(
        client="session a",
        name="WWW.Example.org",
        type="HTTPS",
        transport=Transport.TCP,
        resolver="192.0.2.1",
        at=3.0,
        answers=(
            Record("CNAME", "cdn.example."),
            Record("CNAME", "x"),
            Record("A", "192.0.2.9"),
            Record("AAAA", "2001:db8::1"),
        ),
        rcode="NXDOMAIN",
    )


def test_data_in_several_texts_is_one():
    _, question, _ = read(qname="a.example", answers=[{"type": "TXT", "rdata": ['"one"', '"two"']}])
    assert question.answers == (Record("TXT", '"one" "two"'),)


@pytest.mark.parametrize(
    ("row", "type_", "rcode"),
    [
        pytest.param({}, "A", "", id="nothing is written"),
        pytest.param({"qtype": 65}, "HTTPS", "", id="a number"),
        pytest.param({"qtype": "65280"}, "TYPE65280", "", id="a number in quotes"),
        pytest.param({"rcode": "servfail"}, "A", "SERVFAIL", id="a code's name"),
        pytest.param({"rcode": 17}, "A", "RCODE17", id="a code that nobody knows"),
        pytest.param({"answers": ["192.0.2.1"]}, "A", "NOERROR", id="whoever answers has no error"),
    ],
)
def test_types_and_codes_have_one_name(row, type_, rcode):
    _, question, _ = read(qname="a.example", **row)
    assert (question.type, question.rcode) == (type_, rcode)


@pytest.mark.parametrize(
    ("name", "host"),
    [
        pytest.param("Example.ORG", "example.org", id="case"),
        pytest.param("_dmarc.example.org", "_dmarc.example.org", id="an underscore"),
        pytest.param("Room 12._ipp._tcp.oak.example", "_ipp._tcp.oak.example", id="an instance of DNS-SD"),
        pytest.param("", ".", id="the root"),
        pytest.param("bücher.example", "xn--bcher-kva.example", id="not ASCII"),
    ],
)
def test_the_host_that_is_judged(name, host):
    assert host_asked_for(name) == (host, "")


@pytest.mark.parametrize("name", ["a..b", "\x01\x02.example", "x" * 70 + "\xff.example"])
def test_a_name_without_a_host_says_so(name):
    host, trouble = host_asked_for(name)
    assert host == ""
    assert trouble.startswith("the name cannot be read: ")


@pytest.mark.parametrize(
    ("word", "transport"),
    [
        ("udp53", Transport.UDP),
        ("TCP53", Transport.TCP),
        ("dot", Transport.TLS),
        ("tcp853", Transport.TLS),
        ("doq", Transport.QUIC),
        ("doh", Transport.HTTPS),
        ("pigeon", Transport.UDP),
    ],
)
def test_transports(word, transport):
    assert transport_of(word) is transport


@pytest.mark.parametrize(
    ("record", "names"),
    [
        pytest.param(Record("CNAME", "WWW.Example."), ("www.example",), id="alias"),
        pytest.param(Record("A", "192.0.2.1"), ("192.0.2.1",), id="address"),
        pytest.param(Record("HTTPS", '1 cdn.example. alpn="h2"'), ("cdn.example",), id="target"),
        pytest.param(Record("HTTPS", '1 . alpn="h2"'), (), id="the owner itself"),
        pytest.param(Record("A", "cdn.example"), (), id="a name is no address"),
        pytest.param(Record("CNAME", "192.0.2.1"), (), id="an address is no name"),
        pytest.param(Record("TXT", '"a.example"'), (), id="a text leads nowhere"),
        pytest.param(Record("CNAME", ""), (), id="nothing"),
    ],
)
def test_where_an_answer_leads(record, names):
    assert names_in(record) == names


def test_what_is_no_type_or_too_long_is_named():
    with pytest.raises(WrongRow, match="it is 'A B'"):
        read(qname="a.example", qtype="a b")
    with pytest.raises(WrongRow, match="it has 2000 characters"):
        read(qname="x" * 2000)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.decision.names import NameProblem, canonical_host, covers, is_address, suffixes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("WWW.Example.ORG.", "www.example.org", id="case and one trailing dot"),
        pytest.param("r3---sn-abc.googlevideo.com", "r3---sn-abc.googlevideo.com", id="hyphens anywhere"),
        pytest.param("-a-.example", "-a-.example", id="hyphens at the edges"),
        pytest.param("_ldap._tcp.example", "_ldap._tcp.example", id="underscores"),
        pytest.param("xn--invalid-.example", "xn--invalid-.example", id="xn-- labels are kept unvalidated"),
        pytest.param("www.%65xample.org", "www.example.org", id="percent escapes"),
        pytest.param("bücher.example", "xn--bcher-kva.example", id="UTS-46"),
        pytest.param("faß.example", "xn--fa-hia.example", id="non-transitional: sharp s stays"),
        pytest.param("ｅｘａｍｐｌｅ。ｏｒｇ", "example.org", id="full width letters and ideographic stop"),
        pytest.param("exa\u00admple.org", "example.org", id="soft hyphen"),
        pytest.param("exa\u200bmple.org", "example.org", id="zero width space"),
        pytest.param("example\uff61org\u3002", "example.org", id="half width stop, and one at the end"),
        pytest.param("ⓔxample.org", "example.org", id="a circled letter"),
        pytest.param("example%E3%80%82org", "example.org", id="escaped stop"),
        pytest.param("[::ffff:c0a8:101]", "192.168.1.1", id="IPv4-mapped in hex"),
        pytest.param("%31%32%37.1", "127.0.0.1", id="escaped digits"),
        pytest.param("💩.example", "xn--ls8h.example", id="emoji by the lenient fallback"),
        pytest.param("%F0%9F%92%A9.example", "xn--ls8h.example", id="escaped emoji"),
        pytest.param("127.0.0.1", "127.0.0.1", id="dotted"),
        pytest.param("2130706433", "127.0.0.1", id="decimal"),
        pytest.param("0x7f.1", "127.0.0.1", id="hex and short"),
        pytest.param("0177.0.0.01", "127.0.0.1", id="octal"),
        pytest.param("0xC0A80101", "192.168.1.1", id="one hex number"),
        pytest.param("１２７.0.0.1", "127.0.0.1", id="full width digits"),
        pytest.param("[2001:DB8::1]", "2001:db8::1", id="IPv6 in brackets"),
        pytest.param("::ffff:192.0.2.1", "192.0.2.1", id="IPv4-mapped"),
        pytest.param("123.example", "123.example", id="digits first is still a name"),
        pytest.param("a.b", "a.b", id="short"),
    ],
)
def test_every_spelling_of_a_host_becomes_one(text, expected):
    assert canonical_host(text) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("", "cannot be empty", id="empty"),
        pytest.param(".", "cannot be empty", id="only a dot"),
        pytest.param("%2565xample.org", "no host name has: '%'", id="escaped twice"),
        pytest.param("\u2100.example", "no host name has: '/'", id="a letter that maps to a slash"),
        pytest.param("example.org%00", "no host name has", id="escaped end of text"),
        pytest.param("a..b", "empty label", id="empty label"),
        pytest.param("a b.example", "no host name has: ' '", id="space"),
        pytest.param("a" * 64 + ".example", "at most 63 octets", id="long label"),
        pytest.param(".".join(["a" * 60] * 5), "at most 253 octets", id="long name"),
        pytest.param("1.2.3.256", "too large", id="number too large"),
        pytest.param("1.2.3.4.5", "more than four parts", id="five numbers"),
        pytest.param("example.0x", "is no number", id="ends in a number but is none"),
        pytest.param("0x-ff.1", "is no number", id="a sign is no digit"),
        pytest.param("1_0.1", "is no number", id="nor is an underscore"),
        pytest.param("08.1", "is no number", id="eight is no octal digit"),
        pytest.param("%41\udc80.example", "no host name has", id="an octet that was no text"),
        pytest.param("fe80::1%eth0", "zone", id="IPv6 with a zone"),
        pytest.param("[::1", "", id="half a bracket still reads as IPv6"),
        pytest.param("%ff.example", "not UTF-8", id="escapes that are no text"),
        pytest.param(":::", "looks like an IPv6", id="colons"),
    ],
)
def test_what_no_browser_accepts_is_refused_with_a_reason(text, complaint):
    if not complaint:
        assert canonical_host(text) == "::1"
        return
    with pytest.raises(NameProblem, match=complaint):
        canonical_host(text)


ANY_TEXT = st.text(st.one_of(st.characters(), st.characters(categories=["Cs"])), max_size=60)


@given(ANY_TEXT | st.text("0x7f.%2e_-1[]:", max_size=30))
def test_any_text_is_either_refused_or_gets_a_spelling_that_is_its_own(text):
    try:
        host = canonical_host(text)
    except NameProblem:
        return
    assert canonical_host(host) == host
    assert host == host.lower()
    assert host.isascii()
    assert not host.endswith(".")


@given(st.integers(0, 2**32 - 1))
def test_an_address_reads_the_same_as_decimal_hex_and_dots(number):
    dotted = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    assert canonical_host(str(number)) == canonical_host(hex(number)) == canonical_host(dotted) == dotted
    assert is_address(dotted)


def test_suffixes_run_from_the_name_to_its_top():
    assert list(suffixes("a.b.c")) == ["a.b.c", "b.c", "c"]


def test_a_name_covers_itself_and_what_lies_below_but_no_lookalike():
    assert covers("example.org", "example.org")
    assert covers("example.org", "www.example.org")
    assert not covers("example.org", "notexample.org")

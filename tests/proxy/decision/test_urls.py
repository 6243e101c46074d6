import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.decision.names import NameProblem
from proxy.decision.urls import Url, canonical_path, is_under, parse_url, readings, split_port


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("HTTPS://WWW.Example.org:443/A", Url("https", "www.example.org", 443, "/A"), id="case"),
        pytest.param("example.org/labs", Url("http", "example.org", 80, "/labs"), id="as URL lists write it"),
        pytest.param(
            "http://user:pw@example.org/", Url("http", "example.org", 80, "/"), id="userinfo is dropped"
        ),
        pytest.param("http://example.org?q=1#x", Url("http", "example.org", 80, "/", "q=1"), id="no path"),
        pytest.param(
            "http://[2001:db8::1]:8080/a", Url("http", "2001:db8::1", 8080, "/a"), id="IPv6 and port"
        ),
        pytest.param("http://0x7f.1/", Url("http", "127.0.0.1", 80, "/"), id="IPv4 in hex"),
        pytest.param(
            "http:\\\\example.org\\a".replace(":\\\\", "://"),
            Url("http", "example.org", 80, "/a"),
            id="backslash",
        ),
        pytest.param(
            "http:\\\\example.org\\a", Url("http", "example.org", 80, "/a"), id="backslashes throughout"
        ),
        pytest.param("https:/example.org/a", Url("https", "example.org", 443, "/a"), id="one slash"),
        pytest.param("https:////example.org/a", Url("https", "example.org", 443, "/a"), id="four slashes"),
        pytest.param(
            "\x00 https://exa\tmple.org/a\r\nb",
            Url("https", "example.org", 443, "/ab"),
            id="controls are nothing",
        ),
        pytest.param(
            "http://good.example\\@example.org/",
            Url("http", "good.example", 80, "/@example.org/"),
            id="userinfo trick",
        ),
        pytest.param(
            "http://good.example:80@example.org/",
            Url("http", "example.org", 80, "/"),
            id="a host for userinfo",
        ),
        pytest.param(
            "http://[::ffff:c000:201]/", Url("http", "192.0.2.1", 80, "/"), id="IPv4 mapped to IPv6"
        ),
        pytest.param("example.org:8080/a", Url("http", "example.org", 8080, "/a"), id="a port is no scheme"),
    ],
)
def test_a_url_has_one_spelling(text, expected):
    assert parse_url(text) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/%63lassroom6x", "/classroom6x", id="escaped letter"),
        pytest.param("/%2563lass", "/class", id="escaped twice"),
        pytest.param("//a///b", "/a/b", id="slashes"),
        pytest.param("/a/./b/../c", "/a/c", id="dot segments"),
        pytest.param("/a/%2e%2e/b", "/b", id="escaped dot segments"),
        pytest.param("/../../a", "/a", id="above the root"),
        pytest.param("/a/b/..", "/a/", id="ends above"),
        pytest.param("/%ff%25", "/\ufffd%", id="octets that are no text"),
        pytest.param("", "/", id="empty"),
        pytest.param("/.hidden", "/.hidden", id="a dot name is no dot segment"),
    ],
)
def test_a_path_is_decoded_and_collapsed(path, expected):
    assert canonical_path(path) == expected


@given(
    st.text(st.one_of(st.characters(), st.characters(categories=["Cs"])), max_size=40)
    | st.text("%25fFeE/.a", max_size=40)
)
def test_any_path_is_rooted_and_free_of_dot_segments(path):
    result = canonical_path(path)
    assert result.startswith("/")
    assert "//" not in result
    assert not {".", ".."} & set(result.split("/"))
    assert result.encode().decode() == result


@pytest.mark.parametrize("port", ["0", "65536", "99999999999", "x", "-1"])
def test_a_port_out_of_range_is_refused(port):
    with pytest.raises(NameProblem, match="1 to 65535"):
        split_port(f"example.org:{port}", 80)


def test_a_prefix_ends_at_a_segment():
    assert is_under("/labs", "/labs")
    assert is_under("/labs/1", "/labs")
    assert is_under("/labs/1", "/labs/")
    assert not is_under("/labsurvey", "/labs")


def test_a_url_prints_as_people_write_it():
    assert str(parse_url("https://example.org:8443/a?b")) == "https://example.org:8443/a?b"
    assert str(parse_url("http://[2001:db8::1]/")) == "http://[2001:db8::1]/"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/labs/optics", ("/labs/optics",), id="one reading"),
        pytest.param("/a/%2e%2e/b", ("/b", "/a/../b"), id="dot segments left alone"),
        pytest.param("/a/%252e%252e/b", ("/b", "/a/../b"), id="dot segments, escaped twice"),
        pytest.param("/games;x=1", ("/games;x=1", "/games"), id="path parameters cut off"),
        pytest.param("/a/..;/b", ("/a/..;/b", "/b"), id="dot segments behind path parameters"),
    ],
)
def test_a_path_has_a_reading_for_each_kind_of_server(path, expected):
    assert readings(path) == expected


@given(st.text())
def test_the_first_reading_is_the_canonical_path(path):
    assert readings(path)[0] == canonical_path(path)

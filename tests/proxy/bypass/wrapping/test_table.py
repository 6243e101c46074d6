import pytest

from proxy.bypass.wrapping.table import Fetchers, Place, Wrapping, countryless

SHOWS = Place("wrapper.reader", "bypass/wrapper.yaml", parameters=frozenset({"u"}))
KNOWN = Wrapping(
    {"reader.example.org": (SHOWS,), "translate.example.*": (SHOWS,)},
    {"ezproxy": (SHOWS,)},
    {"leads.example.org": ("/out", "/l/"), "short.example.*": ("/",)},
    Fetchers(frozenset({"workers.example.net"})),
    frozenset({"example"}),
)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("reader.example.org", "reader.example.org", id="itself"),
        pytest.param("www.reader.example.org", "reader.example.org", id="below"),
        pytest.param("translate.example.co.uk", "translate.example.*", id="under any suffix"),
        pytest.param("www.translate.example.de", "translate.example.*", id="below one of any suffix"),
        pytest.param("www-a-com.ezproxy.lib.example.edu", "ezproxy.lib.example.edu", id="by a label"),
        pytest.param("myreader.example.org", None, id="no part of a label"),
        pytest.param("example.org", None, id="a parent"),
    ],
)
def test_a_service_is_found_by_its_name(host, expected):
    assert KNOWN.service(host) == (None if expected is None else (expected, (SHOWS,)))


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        pytest.param("leads.example.org", "/out?u=1", True, id="the path that leads on"),
        pytest.param("leads.example.org", "/OUT", True, id="in capitals"),
        pytest.param("leads.example.org", "/show", False, id="another path"),
        pytest.param("short.example.com", "/a", True, id="all paths, any suffix"),
        pytest.param("other.example.org", "/out", False, id="another host"),
    ],
)
def test_a_redirector_is_known_by_host_and_path(host, path, expected):
    assert KNOWN.only_leads_on(host, path) is expected


def test_hosts_for_everybodys_programs():
    assert KNOWN.is_hosting("pupil.workers.example.net")
    assert not KNOWN.is_hosting("example.net")


def test_a_host_without_its_country():
    assert countryless("a.google.co.uk") == ("a.google.*", "google.*")
    assert countryless("192.0.2.1") == countryless("uk") == ()

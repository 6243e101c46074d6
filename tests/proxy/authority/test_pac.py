import json

import pytest
from playwright.sync_api import sync_playwright

from proxy.authority.pac import pac_file

PROXY = "PROXY 192.0.2.1:8080"


@pytest.fixture(scope="module")
def browser_page():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser.new_page()
        browser.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("host", "route"),
    [
        pytest.param("www.example.org", PROXY, id="the web"),
        pytest.param("intranet", "DIRECT", id="a plain host name"),
        pytest.param("files.school.example", "DIRECT", id="the school's own zone"),
        pytest.param("School.Example.", "DIRECT", id="its top, in another spelling"),
        pytest.param("notschool.example", PROXY, id="a name that only ends alike"),
        pytest.param("10.1.2.3", "DIRECT", id="a private address"),
        pytest.param("172.31.0.1", "DIRECT", id="the last of the private 172 ranges"),
        pytest.param("172.32.0.1", PROXY, id="the first behind them"),
        pytest.param("127.0.0.1", "DIRECT", id="loopback"),
        pytest.param("10.example.org", PROXY, id="a name that begins like an address"),
        pytest.param("10.1.2.3.example.org", PROXY, id="a name that holds an address"),
        pytest.param("203.0.113.9", PROXY, id="a public address"),
        pytest.param("[fd00::1]", "DIRECT", id="a unique local address"),
        pytest.param("fe80::1", "DIRECT", id="a link-local address"),
        pytest.param("[2001:db8::1]", PROXY, id="a public IPv6 address"),
        pytest.param("fd00.example.org", PROXY, id="a name that begins like one"),
    ],
)
def test_a_browser_takes_the_proxy_for_all_but_the_schools_own(browser_page, host, route):
    script = pac_file("192.0.2.1", 8080, ["school.example"]).decode()
    plain = "function isPlainHostName(h) { return h.indexOf('.') < 0 && h.indexOf(':') < 0; }"

    found = browser_page.evaluate(
        f"() => {{ {plain} {script}\n return FindProxyForURL('', {json.dumps(host)}); }}"
    )

    assert found == route


def test_there_is_no_way_round_a_proxy_that_is_down():
    assert b"DIRECT" not in pac_file("192.0.2.1", 8080).partition(b"return PROXY")[2]
    assert b'"PROXY 192.0.2.1:8080"' in pac_file("192.0.2.1", 8080)


def test_an_ipv6_proxy_is_written_in_brackets():
    assert b'"PROXY [2001:db8::1]:8080"' in pac_file("2001:db8::1", 8080)


def test_a_zone_cannot_break_out_of_its_string():
    text = pac_file("192.0.2.1", 8080, ['x"; alert(1); "']).decode()

    assert 'var DIRECT_ZONES = ["x\\"; alert(1); \\""];' in text

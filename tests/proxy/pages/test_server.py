import contextlib
import socket
import ssl
import subprocess

import pytest
from playwright.sync_api import sync_playwright

import policies
from block_page_school import MORNING, School, read_all, served
from browsed_pages import assert_everybody_can_use
from proxy.pages.server import MAX_PER_CLIENT

LISTED = {"games.example": ["games"]}


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    school = School(tmp_path_factory.mktemp("school"))
    school.adopt(policies.policy(LISTED))
    with served(school) as running:
        yield running


class BrokenResolver:
    async def lookup(self, client, host):
        raise RuntimeError("nothing resolves today")


def curl(host, *arguments):
    command = ["curl", "-sS", "--max-time", "10", "--cacert", host.school.authority.certificate_path]
    ports = (f"::127.0.0.1:{host.http_port}", f"::127.0.0.1:{host.https_port}")
    secure = any(one.startswith("https:") for one in arguments)
    return subprocess.run(
        [*command, "--connect-to", ports[secure], *arguments], capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_curl_sees_the_block_page(host, scheme):
    shown = curl(host, "-i", f"{scheme}://games.example/a")

    assert shown.startswith("HTTP/1.1 403 Forbidden")
    assert "<h1>This page is blocked</h1>" in shown
    assert "connection: close" in shown.lower()


def test_openssl_accepts_the_certificate_strictly(host):
    command = [
        *("openssl", "s_client", "-connect", f"127.0.0.1:{host.https_port}", "-servername", "games.example"),
        *("-CAfile", host.school.authority.certificate_path, "-x509_strict", "-verify_return_error"),
        *("-verify_hostname", "games.example"),
    ]

    shown = subprocess.run(command, input="", capture_output=True, text=True, check=True).stdout

    assert "Verify return code: 0 (ok)" in shown


def test_head_gets_the_headers_alone(host):
    head = host.raw(b"HEAD / HTTP/1.1\r\nHost: games.example\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 403 ")
    assert head.endswith(b"\r\n\r\n")
    assert b"Content-Length: 0" not in head


def test_an_upload_gets_its_answer_before_the_connection_ends(host):
    answer = host.get("games.example", method="POST", body=b"x" * 500_000)

    assert (answer.status, "This page is blocked" in answer.text) == (403, True)


def test_only_one_request_is_answered_on_a_connection(host):
    twice = b"GET / HTTP/1.1\r\nHost: games.example\r\n\r\n" * 2

    assert host.raw(twice).count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n", id="two Hosts"),
        pytest.param(b"\x16\x03\x01\x00\x05hello\r\n\r\n", id="TLS on the HTTP port"),
        pytest.param(b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n", id="CONNECT"),
    ],
)
def test_what_is_no_request_gets_400(host, octets):
    assert host.raw(octets).startswith(b"HTTP/1.1 400 Bad Request\r\n")


def test_an_endless_header_gets_431(host):
    assert host.raw(b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000).startswith(b"HTTP/1.1 431 ")


def test_plain_http_on_the_https_port_is_dropped_and_others_are_served_on(host):
    assert b"HTTP/1.1 " not in host.raw(b"GET / HTTP/1.1\r\nHost: games.example\r\n\r\n", host.https_port)
    assert host.get_tls("games.example").status == 403


def test_a_truncated_handshake_is_dropped_and_others_are_served_on(host):
    with socket.create_connection(("127.0.0.1", host.https_port), 5) as plain:
        plain.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        plain.shutdown(socket.SHUT_WR)
        read_all(plain)

    assert host.get_tls("games.example").status == 403


def test_old_tls_is_refused(host):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(host.school.authority.certificate_path)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1

    with socket.create_connection(("127.0.0.1", host.https_port), 5) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname="games.example")


def test_a_client_of_no_configured_network_is_dropped_before_a_word(host):
    with socket.create_connection(
        ("127.0.0.1", host.http_port), 5, source_address=("127.200.0.1", 0)
    ) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: games.example\r\n\r\n")
        try:
            answer = plain.recv(100)
        except ConnectionResetError:
            answer = b""

    assert answer == b""


def test_one_client_holds_only_so_many_connections_and_others_are_served(host):
    held = [socket.create_connection(("127.0.0.1", host.http_port), 5) for _ in range(MAX_PER_CLIENT)]
    try:
        with (
            socket.create_connection(("127.0.0.1", host.http_port), 5) as one_more,
            contextlib.suppress(ConnectionResetError),
        ):
            assert one_more.recv(1) == b""
        with socket.create_connection(
            ("127.0.0.1", host.http_port), 5, source_address=("127.0.0.2", 0)
        ) as other:
            other.sendall(b"GET / HTTP/1.1\r\nHost: games.example\r\n\r\n")
            assert read_all(other).startswith(b"HTTP/1.1 403 ")
    finally:
        for one in held:
            one.close()


def test_a_fault_inside_refuses_and_is_logged_once(tmp_path, caplog):
    school = School(tmp_path)
    school.adopt(policies.policy(LISTED))
    with served(school, BrokenResolver()) as host:
        answers = [host.get("open.example", Accept_Language=one) for one in ("", "en", "es")]

    assert [answer.status for answer in answers] == [403] * 3
    assert ["The filter is out of order" in answer.text for answer in answers] == [True, True, False]
    assert "El filtro no funciona" in answers[2].text
    logged = [record for record in caplog.records if "block page" in record.message]
    assert len(logged) == 1
    assert "open.example" not in logged[0].message


def test_the_moment_on_the_page_is_school_time(host):
    assert MORNING.hour == 16
    assert "2026-11-23 10:40:00 CST" in host.get("games.example").text


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("width", "locale", "heading", "link"),
    [
        (320, "es-MX", "Esta página está bloqueada", "Pedir esta página"),
        (1280, "en-US", "This page is blocked", "Ask for this page"),
    ],
)
def test_chromium_shows_the_styled_page_without_a_complaint(host, scheme, width, locale, heading, link):
    port = host.https_port if scheme == "https" else host.http_port
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", f"--host-resolver-rules=MAP * 127.0.0.1:{port}"],
        )
        page = browser.new_page(
            ignore_https_errors=True,
            color_scheme="light",
            locale=locale,
            viewport={"width": width, "height": 700},
        )
        complaints = []
        page.on("console", lambda said: complaints.append(said.text))
        answer = page.goto(f"{scheme}://games.example/a?x=<b>")

        assert answer.status == 403
        assert page.get_by_role("heading", level=1).inner_text() == heading
        assert page.get_by_role("link").all_inner_texts() == [link]
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(243, 245, 248)"
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert [text for text in complaints if "403" not in text] == []
        assert_everybody_can_use(page)
        browser.close()

"""The console over https: speaking it itself, and behind a proxy that does."""

import ssl
import subprocess

import httpx
import pytest

from running_console import RunningConsole


def certificate(directory):
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=a"
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", directory / "k.pem", "-out", directory / "c.pem"]
    subprocess.run([*make.split(), *names, *files], check=True, capture_output=True)
    return str(directory / "c.pem"), str(directory / "k.pem")


def status(client, path, **headers):
    try:
        return client.get(path, headers=headers).status_code
    except httpx.TransportError:
        return 0


def assert_cookies_are_for_https_alone(answer):
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-csrf=")
    assert "; Secure" in cookie
    assert "; HttpOnly" in cookie


def test_it_speaks_tls_itself(tmp_path):
    chain, key = certificate(tmp_path)
    running = RunningConsole(tmp_path, change=lambda keys: keys.update(
        url=f"https://127.0.0.1:{running.port}", certificate=chain, certificate_key=key
    ))  # fmt: skip
    running.write_settings()
    trust = ssl.create_default_context(cafile=chain)
    with httpx.Client(base_url=f"https://127.0.0.1:{running.port}", verify=trust, timeout=60) as client:
        try:
            running.launch("console")
            running.wait_until(lambda: status(client, "/healthz") == 200, "it does not answer over TLS")
            assert_cookies_are_for_https_alone(client.get("/account/login/"))
            plain = httpx.Client(base_url=f"http://127.0.0.1:{running.port}", timeout=60)
            assert status(plain, "/healthz") in (0, 400)
        finally:
            running.stop()


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    """A console for https://ask.example.org, behind a proxy on this machine."""
    running = RunningConsole(
        tmp_path_factory.mktemp("behind"),
        change=lambda keys: keys.update(
            url="https://ask.example.org", trusted_proxies=["127.0.0.1/32"], admin_networks=["192.0.2.128/28"]
        ),
    )
    running.write_settings()
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{running.port}",
        headers={"Host": "ask.example.org", "X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"},
        timeout=60,
    )
    try:
        running.launch("console")
        running.wait_until(lambda: status(client, "/healthz") == 200, "it does not answer behind a proxy")
        yield client
    finally:
        client.close()
        running.stop()


def test_a_trusted_proxy_says_that_the_client_came_by_https(behind):
    assert_cookies_are_for_https_alone(behind.get("/account/login/"))


def test_who_comes_without_https_is_sent_there(behind):
    answer = behind.get("/account/login/?next=/mine/", headers={"X-Forwarded-Proto": "http"})
    assert answer.status_code == 301
    assert answer.headers["Location"] == "https://ask.example.org/account/login/?next=/mine/"


def test_another_name_is_not_ours_behind_a_proxy_either(behind):
    answer = behind.get(
        "/account/login/", headers={"Host": "evil.example", "X-Forwarded-Host": "ask.example.org"}
    )
    assert answer.status_code == 400

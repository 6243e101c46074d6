"""What reaches the school's own system, and what is sent to no other."""

import hashlib
import hmac
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proxy.console.post.webhook import NotTaken, Webhook, hand_over, signature
from school_system import SchoolSystem

NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
HERE = ("127.0.0.0/8", "::1/128")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.touch(0o600)
    path.write_text("sesame\n")
    return path


@pytest.fixture
def system() -> Iterator[SchoolSystem]:
    with SchoolSystem() as running:
        yield running


def refusal(webhook: Webhook) -> str:
    with pytest.raises(NotTaken) as refused:
        hand_over(webhook, "{}", lambda: NOON)
    return str(refused.value)


def test_a_message_is_posted_and_signed_over_the_moment_and_the_body(
    system: SchoolSystem, secret: Path
) -> None:
    hand_over(Webhook(system.url, secret, HERE), '{"id":7}', lambda: NOON)

    [(request, fields, body)] = system.taken
    assert (request, body) == ("POST /incidents?from=filter HTTP/1.1", b'{"id":7}')
    assert fields["content-type"] == "application/json"
    assert fields["host"] == f"localhost:{system.port}"
    made = hmac.new(b"sesame", b"1795456800." + body, hashlib.sha256).hexdigest()
    assert fields["schoolgate-signature"] == f"t=1795456800,v1={made}"


def test_another_moment_body_or_secret_is_another_signature() -> None:
    told = (("sesame", b"{}", 0), ("sesame", b"{}", 1), ("sesame", b"{ }", 0), ("other", b"{}", 0))
    made = {signature(secret, body, NOON.replace(second=second)) for secret, body, second in told}
    assert len(made) == 4


def test_over_tls_the_certificate_is_checked(tmp_path: Path, secret: Path) -> None:
    with SchoolSystem(tls=tmp_path / "ca") as system:
        hand_over(Webhook(system.url, secret, HERE, ca=system.ca), "{}", lambda: NOON)
        assert len(system.taken) == 1

        assert "certificate is not accepted" in refusal(Webhook(system.url, secret, HERE))
        by_address = system.url.replace("localhost", "127.0.0.1")
        assert "certificate is not accepted" in refusal(Webhook(by_address, secret, HERE, ca=system.ca))
        assert len(system.taken) == 1


@pytest.mark.parametrize("networks", [(), ("10.0.0.0/8",)])
def test_an_address_that_is_not_public_is_gone_to_only_where_the_settings_name_it(
    system: SchoolSystem, secret: Path, networks: tuple[str, ...]
) -> None:
    assert "not public" in refusal(Webhook(system.url, secret, networks))
    assert system.taken == []
    hand_over(Webhook(system.url, secret, (*networks, *HERE)), "{}", lambda: NOON)
    assert len(system.taken) == 1


@pytest.mark.parametrize(
    "host", ["[::ffff:169.254.169.254]", "169.254.169.254", "[fe80::1]", "[64:ff9b::a00:1]"]
)
def test_no_spelling_of_an_inner_address_leads_there(secret: Path, host: str) -> None:
    assert "not public" in refusal(Webhook(f"https://{host}/", secret, ("127.0.0.0/8",)))


@pytest.mark.parametrize("url", ["http://hooks.example/", "ftp://localhost/", "https://"])
def test_without_tls_it_goes_nowhere_but_to_this_machine(secret: Path, url: str) -> None:
    assert "https" in refusal(Webhook(url, secret, ("0.0.0.0/0",)))


@pytest.mark.parametrize("host", ["127.0.0.2", "0x7f.2", "LOCALHOST."])
def test_without_tls_every_spelling_of_this_machine_will_do(secret: Path, host: str) -> None:
    with SchoolSystem(at="127.0.0.2" if "2" in host else "127.0.0.1") as system:
        hand_over(Webhook(f"http://{host}:{system.port}/", secret, HERE), "{}", lambda: NOON)
        assert len(system.taken) == 1


def test_what_is_no_ascii_in_path_and_query_is_escaped(system: SchoolSystem, secret: Path) -> None:
    url = f"http://localhost:{system.port}/a b/%C3%A9/é?q=ñ"
    hand_over(Webhook(url, secret, HERE), "{}", lambda: NOON)
    [(request, _fields, _body)] = system.taken
    assert request == "POST /a%20b/%C3%A9/%C3%A9?q=%C3%B1 HTTP/1.1"


def test_it_is_signed_when_the_connection_stands(tmp_path: Path, secret: Path) -> None:
    """Not before: until then as much time may pass as a message has."""
    taken_up = []

    def now() -> datetime:
        taken_up.append(system.connections)
        return NOON

    with SchoolSystem(tls=tmp_path / "ca") as system:
        hand_over(Webhook(system.url, secret, HERE, ca=system.ca), "{}", now)
    assert taken_up == [1]


@pytest.mark.parametrize("url", ["https://:sesame@hooks.example/", "https://user:sesame@hooks.example/"])
def test_a_password_in_the_address_is_neither_sent_nor_repeated(secret: Path, url: str) -> None:
    said = refusal(Webhook(url, secret, ("0.0.0.0/0",)))
    assert "without a name or password" in said
    assert "sesame" not in said


def test_no_redirect_is_followed(system: SchoolSystem, secret: Path) -> None:
    with SchoolSystem() as other:
        system.says = f"HTTP/1.1 307 Moved\r\nLocation: {other.url}\r\n\r\n".encode()
        assert "answered 307" in refusal(Webhook(system.url, secret, HERE))
        assert (len(system.taken), other.taken) == (1, [])


@pytest.mark.parametrize(
    ("says", "why", "unreached"),
    [
        (b"HTTP/1.1 503 Busy\r\n\r\n", "answered 503", False),
        (b"HTTP/1.1 400 Bad\r\n\r\n", "answered 400", False),
        (b"HTTP/1.1 302 Found\r\n\r\n", "answered 302", True),
        (b"220 mail.example ESMTP\r\n", "as a web server does", True),
        (b"", "as a web server does", True),
        (b"HTTP/1.1 2 OK\r\n\r\n", "as a web server does", True),
        (b"HTTP/1.1 20099 OK\r\n\r\n", "as a web server does", True),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "as a web server does", True),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 9000, "as a web server does", True),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\n\r\n", "answered 503", False),
        (b"x" * 9000, "as a web server does", True),
    ],
)
def test_what_is_no_success_is_not_taken(
    system: SchoolSystem, secret: Path, says: bytes, why: str, unreached: bool
) -> None:
    system.says = says
    with pytest.raises(NotTaken, match=why) as refused:
        hand_over(Webhook(system.url, secret, HERE), "{}", lambda: NOON)
    assert refused.value.unreached is unreached


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n",
    ],
    ids=["nothing", "go on", "hints", "both"],
)
def test_what_an_answer_begins_with_is_not_taken_for_its_end(
    system: SchoolSystem, secret: Path, before: bytes
) -> None:
    system.says = before + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    hand_over(Webhook(system.url, secret, HERE), "{}", lambda: NOON)


def test_a_silent_system_is_given_up_in_time(system: SchoolSystem, secret: Path) -> None:
    system.silent = True
    assert refusal(Webhook(system.url, secret, HERE, timeout_s=0.2)) == "the webhook did not answer in time"


def test_one_that_drips_octets_is_given_up_in_time_too(secret: Path) -> None:
    done = threading.Event()

    def drip() -> None:
        one, _ = listening.accept()
        with one:
            while not done.wait(0.05):
                try:
                    one.sendall(b"H")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        url = f"http://localhost:{listening.getsockname()[1]}/"
        said = refusal(Webhook(url, secret, HERE, timeout_s=0.5))
        done.set()
        thread.join(30)
    assert said == "the webhook did not answer in time"


def test_a_secret_that_others_can_read_is_not_used(system: SchoolSystem, secret: Path) -> None:
    secret.chmod(0o644)
    assert "chmod 600" in refusal(Webhook(system.url, secret, HERE))
    assert system.taken == []


def test_where_nobody_listens_it_says_so(secret: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://localhost:{free.getsockname()[1]}/"
    assert refusal(Webhook(url, secret, HERE)) == "the webhook cannot be reached: Connection refused"

"""Log-in at the explicit proxy."""

import asyncio
import threading
from base64 import b64encode

import bcrypt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.front_pages import FrontPages
from fake_origins import http_origin
from proxy.frontdoor.login import Proof, credentials, login_needed
from proxy.frontdoor.sessions import Session
from school_proxy import PUPIL, read_head, records_for, school

NAMES = records_for("learn.test")


def field(name: str, password: str) -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


@pytest.fixture
def htpasswd(tmp_path):
    path = tmp_path / "htpasswd"
    lines = [
        f"{n}:{bcrypt.hashpw(p.encode(), bcrypt.gensalt(4)).decode()}"
        for n, p in (("amy", "red:1"), ("ben", "blue"))
    ]
    path.write_text("\n".join(lines))
    return path


def ask(connection, port: int, *, login: str = "", forged: str = "") -> bytes:
    fields = f"Proxy-Authorization: {login}\r\n" if login else ""
    fields += f"X-Authenticated-User: {forged}\r\n" if forged else ""
    connection.sendall(f"GET http://learn.test:{port}/ HTTP/1.1\r\nHost: learn.test\r\n{fields}\r\n".encode())
    head = read_head(connection)
    length = next(
        int(f.split(b":")[1]) for f in head.split(b"\r\n") if f.lower().startswith(b"content-length")
    )
    have = len(head.split(b"\r\n\r\n", 1)[1])
    while have < length:
        have += len(connection.recv(65536))
    return head[9:12]


def test_without_a_log_in_nothing_is_opened_where_one_is_required(tmp_path, htpasswd):
    with (
        http_origin() as origin,
        school(tmp_path, records=NAMES, htpasswd=str(htpasswd), require_login=True) as run,
        run.connect() as connection,
    ):
        assert ask(connection, origin.port) == b"407"
        assert ask(connection, origin.port, forged="amy") == b"407"
        assert ask(connection, origin.port, login=field("amy", "wrong")) == b"407"
        assert ask(connection, origin.port, login=field("amy", "red:1")) == b"200"
        assert "proxy-authorization" not in origin.requests[0].headers


def test_a_proven_log_in_stays_with_its_connection_and_with_no_other(tmp_path, htpasswd):
    with (
        http_origin() as origin,
        school(tmp_path, records=NAMES, htpasswd=str(htpasswd), require_login=True) as run,
        run.connect() as first,
        run.connect() as second,
    ):
        assert ask(first, origin.port, login=field("amy", "red:1")) == b"200"
        assert ask(first, origin.port) == b"200"
        assert ask(first, origin.port, login=field("ben", "blue")) == b"407"
        assert ask(second, origin.port) == b"407"


def test_the_page_that_asks_for_a_log_in_speaks_the_browsers_language(tmp_path, htpasswd):
    with (
        school(tmp_path, records=NAMES, htpasswd=str(htpasswd), require_login=True) as run,
        run.client() as client,
    ):
        told = client.get("http://learn.test/", headers={"Accept-Language": "es-MX"})
    assert (told.status_code, "Inicia sesión con tu cuenta de la escuela." in told.text) == (407, True)


def test_a_realm_cannot_end_its_quotes():
    page = login_needed(FrontPages(None), 'Oak" evil="')
    assert ("Proxy-Authenticate", 'Basic realm="Oak evil=", charset="UTF-8"') in page.headers


def test_tunnels_need_the_log_in_too(tmp_path, htpasswd):
    with school(tmp_path, records=NAMES, htpasswd=str(htpasswd), require_login=True) as run:
        connection, head = run.tunnel("learn.test:443")
        connection.close()
        assert head.startswith(b"HTTP/1.1 407")
        assert b'Proxy-Authenticate: Basic realm="Oak School"' in head


def test_a_list_of_names_that_cannot_be_read_lets_nobody_in(tmp_path):
    with (
        http_origin() as origin,
        school(tmp_path, records=NAMES, htpasswd=str(tmp_path / "gone"), require_login=True) as run,
        run.connect() as connection,
    ):
        assert ask(connection, origin.port, login=field("amy", "red:1")) == b"503"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param(field("amy", "a:b"), ("amy", "a:b"), id="a password with a colon"),
        pytest.param("basic " + field("amy", "x")[6:], ("amy", "x"), id="scheme in lower case"),
        pytest.param("Bearer abc", ("", ""), id="another scheme"),
        pytest.param("Basic !!!", ("", ""), id="no base64"),
        pytest.param("Basic /w==", ("", ""), id="no UTF-8"),
        pytest.param("", ("", ""), id="nothing"),
    ],
)
def test_credentials_are_read_as_rfc_7617_has_them(sent, expected):
    assert credentials(sent) == expected


@given(st.text(max_size=100))
def test_no_field_makes_the_reader_raise(sent):
    assert len(credentials(sent)) == 2
    assert len(credentials("Basic " + sent)) == 2


def test_whoever_guesses_on_and_on_does_not_hold_up_what_else_waits_for_a_thread(tmp_path, htpasswd):
    may_end = threading.Event()

    class Slow:
        """A source of log-ins that takes its time."""

        def remembers(self, login: str, password: str) -> bool:
            return False

        def verify(self, login: str, password: str) -> bool:
            return may_end.wait(60) and password == "right"

    with school(tmp_path, records=NAMES, htpasswd=str(htpasswd)) as run:
        gate = run.proxy.door.login
        gate._logins = Slow

        async def story() -> list[Proof]:
            guesses = [gate.checked(Session(PUPIL), field("amy", f"guess {n}")) for n in range(100)]
            waiting = asyncio.gather(*guesses, gate.checked(Session(PUPIL), field("amy", "right")))
            await asyncio.sleep(0)
            assert await asyncio.wait_for(asyncio.to_thread(lambda: not may_end.is_set()), 60)
            may_end.set()
            return await waiting

        proofs = asyncio.run_coroutine_threadsafe(story(), run.loop).result(60)
    assert proofs == [Proof.WRONG] * 100 + [Proof.ENOUGH]

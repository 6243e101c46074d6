"""What becomes of TLS connections: opened, carried unread, or refused."""

import ssl
from dataclasses import replace

import pytest

import policies
from fake_origins import TestAuthority, http_origin, raw_origin
from proxy import metrics
from proxy.decision.verdict import Action, Reason
from proxy.pinned import proposals
from school_proxy import BYOD, PUPIL, read_all, records_for, school

NAMES = records_for("learn.test", "games.test", "bank.test", "other.test")
GET = b"GET /x HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"


def issuer(secure: ssl.SSLSocket) -> str:
    return dict(pair[0] for pair in secure.getpeercert()["issuer"])["commonName"]


def trusting(path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(path))


def test_a_name_on_a_pass_through_list_is_carried_unread(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("bank.test")) as origin,
        school(tmp_path, records=NAMES, passes=("bank.test",), connect_ports=[origin.port]) as run,
    ):
        connection, _ = run.tunnel(f"bank.test:{origin.port}")
        secure = run.tls(connection, "bank.test", context=trusting(origins.path))
        assert issuer(secure) == "Origins CA"
        secure.sendall(GET % b"bank.test")
        answer = read_all(secure)
        assert answer.endswith(b"origin says /x")
        secure.close()
        [tunnel] = run.events_when(bool)
        assert (tunnel.stage.value, tunnel.action, tunnel.handling.value) == ("tls", Action.ALLOW, "pass")
        assert tunnel.bytes > len(answer)


def test_a_device_without_our_certificate_is_judged_by_name_only(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("learn.test")) as origin,
        school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run,
    ):
        connection, _ = run.tunnel(f"learn.test:{origin.port}", BYOD)
        secure = run.tls(connection, "learn.test", context=trusting(origins.path))
        assert issuer(secure) == "Origins CA"
        secure.close()
        _, head = run.tunnel(f"games.test:{origin.port}", BYOD)
        assert head.startswith(b"HTTP/1.1 403")


def test_such_a_device_cannot_hide_a_blocked_name_in_the_handshake(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("games.test")) as origin,
        school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run,
    ):
        connection, head = run.tunnel(f"learn.test:{origin.port}", BYOD)
        assert head.startswith(b"HTTP/1.1 200")
        with pytest.raises(ssl.SSLError, match=r"ACCESS_DENIED|access denied"):
            run.tls(connection, "games.test", context=trusting(origins.path))
        assert origin.connections == 0
        assert [(e.host, e.action, e.stage.value) for e in run.events()] == [
            ("games.test", Action.BLOCK, "tls")
        ]


def test_what_is_dialled_is_the_name_in_the_handshake(tmp_path):
    """A tunnel asked for under one name, with the handshake of another, leads to the latter's address."""
    origins = TestAuthority(tmp_path)
    records = {("learn.test", "A"): "127.0.0.1", ("other.test", "A"): "127.0.0.3"}
    with (
        http_origin(tls=origins.context("learn.test")) as right,
        school(tmp_path, records=records, connect_ports=[right.port]) as run,
    ):
        connection, _ = run.tunnel(f"other.test:{right.port}", BYOD)
        secure = run.tls(connection, "learn.test", context=trusting(origins.path))
        secure.sendall(GET % b"learn.test")
        assert read_all(secure).endswith(b"origin says /x")


def test_no_name_in_the_handshake_to_a_public_address_is_refused(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        connection, _ = run.tunnel("8.8.8.8:443")
        with pytest.raises(ssl.SSLError):
            run.tls(connection, None)
        [event] = run.events()
        assert (event.host, event.action, event.reason) == ("8.8.8.8", Action.BLOCK, Reason.PROTOCOL)


def test_no_name_in_the_handshake_to_an_address_of_the_school_s_own_is_opened(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("127.0.0.1")) as origin,
        school(
            tmp_path,
            records=NAMES,
            trust=origins.path,
            connect_ports=[origin.port],
            private_destinations=["127.0.0.1/32"],
        ) as run,
    ):
        connection, _ = run.tunnel(f"127.0.0.1:{origin.port}")
        secure = run.tls(connection, None)
        secure.sendall(GET % b"127.0.0.1")
        assert read_all(secure).endswith(b"origin says /x")


def test_a_name_that_is_none_is_refused(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        connection, _ = run.tunnel("learn.test:443")
        with pytest.raises((ssl.SSLError, ConnectionError)):
            run.tls(connection, "exa mple.test")


def test_refused_certificates_are_counted_and_proposed_for_passing(tmp_path):
    with school(tmp_path, records=NAMES, connect_ports=[443]) as run:
        for _ in range(5):
            connection, _ = run.tunnel("bank.test:443")
            with pytest.raises(ssl.SSLCertVerificationError):
                run.tls(connection, "bank.test", context=ssl.create_default_context())
        run.events_when(lambda events: len(events) == 5)
    assert [(one.host, one.spoken) for one in proposals(tmp_path)] == [("bank.test", 5)]
    assert b"schoolgate_cert_refusals_total" in metrics.exposition()


def test_a_refused_handshake_still_leaves_an_event(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        connection, _ = run.tunnel("games.test:443")
        with pytest.raises(ssl.SSLCertVerificationError):
            run.tls(connection, "games.test", context=ssl.create_default_context())
        events = run.events_when(bool)
    assert [(e.host, e.action, e.stage.value) for e in events] == [("games.test", Action.BLOCK, "tls")]


def test_a_handshake_in_many_small_pieces_is_put_together(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("learn.test")) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        connection, _ = run.tunnel(f"learn.test:{origin.port}")
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = trusting(run.authority).wrap_bio(incoming, outgoing, server_hostname="games.test")
        with pytest.raises(ssl.SSLWantReadError):
            client.do_handshake()
        hello = outgoing.read()
        for at in range(0, len(hello), 40):
            connection.sendall(hello[at : at + 40])
        assert connection.recv(1)[:1] == b"\x16"
        assert origin.connections == 0


def test_after_the_handshake_nothing_but_http_is_taken(tmp_path):
    with raw_origin() as target, school(tmp_path, records=NAMES, connect_ports=[target.port]) as run:
        for first in (b"SSH-2.0-OpenSSH_9.9\r\n", b"\x05\x01\x00", b"a" * 56 + b"\r\n\x01\x01"):
            connection, _ = run.tunnel(f"learn.test:{target.port}", PUPIL)
            secure = run.tls(connection, "learn.test")
            secure.sendall(first)
            assert read_all(secure) == b""
        assert (target.connections, bytes(target.octets)) == (0, b"")
        assert [(e.host, e.reason) for e in run.events()] == [("learn.test", Reason.PROTOCOL)] * 3


def test_a_device_judged_by_name_is_led_to_the_restricted_service(tmp_path):
    """Safe search needs no inspection where the engine has a name for it."""
    origins = TestAuthority(tmp_path)
    records = {("www.google.com", "A"): "127.0.0.3", ("forcesafesearch.google.com", "A"): "127.0.0.1"}
    pupils = replace(policies.PUPILS, safe_search={"google": "strict"}, pass_lists=())
    with (
        http_origin(tls=origins.context("www.google.com")) as restricted,
        school(
            tmp_path,
            records=records,
            scopes=(pupils,),
            local_zones=["google.com"],
            connect_ports=[restricted.port],
        ) as run,
    ):
        connection, _ = run.tunnel(f"www.google.com:{restricted.port}", BYOD)
        secure = run.tls(connection, "www.google.com", context=trusting(origins.path))
        secure.sendall(GET % b"www.google.com")
        assert read_all(secure).endswith(b"origin says /x")


def test_an_allowed_name_that_leads_nowhere_is_not_written_down_as_blocked(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        connection, _ = run.tunnel("missing.invalid:443", BYOD)
        with pytest.raises(ssl.SSLError):
            run.tls(connection, "missing.invalid", context=ssl.create_default_context())
        assert [(e.host, e.action) for e in run.events()] == [("missing.invalid", Action.ALLOW)]

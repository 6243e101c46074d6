"""Which signs stand in the beginnings of connections, live."""

import contextlib
import random
import ssl
from dataclasses import replace

import pytest

import policies
from fake_origins import TestAuthority, http_origin, serving
from first_octets import hello, openvpn, over_tcp
from greetings import client_hello
from known_ways import delivered
from proxy import metrics
from proxy.decision.permits import Permit
from proxy.decision.verdict import Action, Reason
from proxy.frontdoor.arrival import ACCESS_DENIED
from proxy.frontdoor.client_hello import read_hello
from proxy.frontdoor.openings import _protocols
from proxy.frontdoor.sessions import Session
from proxy.journal.kept_signs import read_signs
from school_proxy import BYOD, PUPIL, read_all, records_for, school
from tests.fakes.answering import Answering

NAMES = records_for("learn.test", "nordvpn.com", "games.test")
OUTSIDE = ("192.0.2.61", 443)
DICE = random.Random(5)


@contextlib.contextmanager
def knowing(tmp_path, **more):
    """A worker with the knowledge that is delivered, and one redirected place outside."""
    with school(tmp_path, records=NAMES, **more) as run:
        run.gateway.knowledge = delivered()
        run.going_to.append(OUTSIDE)
        yield run


def redirected(run, first, who=BYOD):
    with run.connect(who, run.transparent_port) as connection:
        connection.sendall(first)
        answer = read_all(connection)
    run.wait_until_idle()
    return answer


def said(run):
    """Host, action, reason, rule of each event, with the techniques seen."""
    return [
        (e.action, e.reason, e.rule, [sign.technique for sign in read_signs(e.signs)]) for e in run.events()
    ]


NO_TLS = (
    (b"SSH-2.0-OpenSSH_9.9\r\n", "tunnel.ssh"),
    (b"\x05\x01\x00", "proxy.socks5"),
    (b"\x04\x01\x01\xbb\xc6\x33\x64\x07me\x00", "proxy.socks4"),
    (over_tcp(openvpn(DICE)), "vpn.openvpn"),
    (b"RFB 003.008\n", "remote.vnc"),
    (DICE.randbytes(300), "tunnel.unknown"),
    (b"CONNECT x.example:443 HTTP/1.1\r\n\r\n", "proxy.http"),
)


def test_what_is_no_tls_on_its_port_is_closed_and_named(tmp_path):
    with knowing(tmp_path) as run:
        answers = {redirected(run, first) for first, _ in NO_TLS}
        assert answers == {b""}
        expected = [(Action.BLOCK, Reason.WAY_AROUND, technique, [technique]) for _, technique in NO_TLS]
        assert said(run) == expected


def test_plain_pages_on_the_port_for_tls_are_closed_as_no_tls(tmp_path):
    """What only lacks a name opens for whoever may open an address; this is closed whoever asks."""
    with knowing(tmp_path) as run:
        assert redirected(run, b"GET / HTTP/1.1\r\nHost: x.example\r\n\r\n") == b""
        assert said(run) == [(Action.BLOCK, Reason.PROTOCOL, "not_tls", ["tls.plain"])]


def test_without_knowledge_it_is_closed_all_the_same(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        run.going_to.append(OUTSIDE)
        assert redirected(run, b"SSH-2.0-OpenSSH_9.9\r\n") == b""
        assert said(run) == [(Action.BLOCK, Reason.PROTOCOL, "not_tls", [])]


def test_a_permit_does_not_open_what_is_no_tls(tmp_path):
    permit = Permit("it", "tunnel", "network office", "support")
    with knowing(tmp_path, scopes=(replace(policies.PUPILS, permits=(permit,)),)) as run:
        assert redirected(run, b"SSH-2.0-OpenSSH_9.9\r\n") == b""
        assert said(run) == [(Action.BLOCK, Reason.PROTOCOL, "not_tls", ["tunnel.ssh"])]


def test_a_tunnel_of_the_explicit_proxy_is_looked_at_alike(tmp_path):
    with knowing(tmp_path) as run:
        connection, head = run.tunnel("learn.test:443", BYOD)
        assert head.startswith(b"HTTP/1.1 200")
        connection.sendall(b"SSH-2.0-OpenSSH_9.9\r\n")
        assert read_all(connection) == b""
        connection.close()
        assert said(run) == [(Action.BLOCK, Reason.WAY_AROUND, "tunnel.ssh", ["tunnel.ssh"])]


def test_dns_over_tls_is_told_by_what_it_offers(tmp_path):
    with knowing(tmp_path) as run:
        assert redirected(run, hello("learn.test", protocols=(b"dot",))) == ACCESS_DENIED
        assert said(run) == [(Action.BLOCK, Reason.WAY_AROUND, "dns.dot", ["dns.dot"])]


def test_an_ordinary_greeting_to_the_same_place_goes_on_in_between(tmp_path):
    """An equal connection that offers something else is looked at for itself."""
    with serving(lambda connection, _: connection.sendall(b"server")) as origin, knowing(tmp_path) as run:
        run.going_to.append(("127.0.0.1", origin.port))
        assert redirected(run, hello("learn.test", protocols=(b"h2",))) == b"server"
        run.going_to.append(OUTSIDE)
        assert redirected(run, hello("learn.test", protocols=(b"dot",))) == ACCESS_DENIED


def test_a_service_is_known_by_its_name_in_a_request_for_a_tunnel(tmp_path):
    with knowing(tmp_path) as run:
        connection, head = run.tunnel("nordvpn.com:443", BYOD)
        connection.close()
        assert head.startswith(b"HTTP/1.1 403")
        [(action, reason, rule, _)] = said(run)
        assert (action, reason, rule) == (Action.BLOCK, Reason.WAY_AROUND, "vpn.app")


def test_a_device_that_we_inspect_is_shown_the_page_and_nothing_is_dialled(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("nordvpn.com")) as origin,
        knowing(tmp_path, trust=origins.path, connect_ports=[origin.port], local_zones=["com"]) as run,
    ):
        connection, head = run.tunnel(f"nordvpn.com:{origin.port}", PUPIL)
        assert head.startswith(b"HTTP/1.1 200")
        secure = run.tls(connection, "nordvpn.com")
        secure.sendall(b"GET / HTTP/1.1\r\nHost: nordvpn.com\r\nConnection: close\r\n\r\n")
        answer = read_all(secure)
        assert answer.startswith(b"HTTP/1.1 403")
        assert origin.connections == 0


def test_a_sign_in_the_greeting_binds_the_requests_inside(tmp_path):
    """Nothing but the greeting tells of it: the request inside is ordinary, and refused."""
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("learn.test")) as origin,
        knowing(tmp_path, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        context = ssl.create_default_context(cafile=str(run.authority))
        context.set_alpn_protocols(["http/1.1", "dot"])
        connection, _ = run.tunnel(f"learn.test:{origin.port}", PUPIL)
        secure = run.tls(connection, "learn.test", context=context)
        secure.sendall(b"GET / HTTP/1.1\r\nHost: learn.test\r\nConnection: close\r\n\r\n")
        answer = read_all(secure)
        assert answer.startswith(b"HTTP/1.1 403")
        assert origin.connections == 0
        rules = {event.rule for event in run.events()}
        assert rules == {"dns.dot"}


def test_ports_of_the_doors_own_are_no_sign(tmp_path):
    """A school may let tunnels lead to further ports."""
    with (
        serving(lambda connection, _: connection.sendall(b"server")) as origin,
        knowing(tmp_path, connect_ports=[origin.port]) as run,
    ):
        connection, _ = run.tunnel(f"learn.test:{origin.port}", BYOD)
        connection.sendall(client_hello("learn.test"))
        assert connection.recv(6) == b"server"
        connection.close()
        [event] = run.events_when(bool)
        assert (event.action, event.signs) == (Action.ALLOW, "")


def test_a_greeting_with_two_names_is_closed_and_named(tmp_path):
    with knowing(tmp_path) as run:
        assert redirected(run, hello("learn.test", "games.test")) == b""
        [(action, _, _, techniques)] = said(run)
        assert (action, "tls.two_names" in techniques) == (Action.BLOCK, True)


def test_a_detector_that_fails_refuses_and_is_counted(tmp_path):
    def broken(seen, knowledge):
        raise RuntimeError

    with knowing(tmp_path) as run:
        lookout = run.proxy.door.tls._openings._lookout
        lookout._detectors = replace(lookout._detectors, openings=(broken,))
        before = metrics.DETECTOR_ERRORS.bind("broken").value
        assert redirected(run, client_hello("learn.test")) == ACCESS_DENIED
        assert metrics.DETECTOR_ERRORS.bind("broken").value == before + 1
        assert [rule for _, _, rule, _ in said(run)] == ["fault.detector"]


class TestTogether:
    def test_a_refused_name_reached_by_an_address_from_elsewhere_is_stopped(self, tmp_path):
        answering = Answering(tmp_path / "answered")
        with knowing(tmp_path, answered=answering.read) as run:
            answering.written.refused(BYOD, "games.test", answering.now + 60)
            assert redirected(run, client_hello("games.test")) == ACCESS_DENIED
            [(action, reason, rule, _)] = said(run)
            assert (action, reason, rule) == (Action.BLOCK, Reason.WAY_AROUND, "together.refused_name")

    def test_a_refused_name_in_a_plain_request_is_stopped_and_named(self, tmp_path):
        answering = Answering(tmp_path / "answered")
        with knowing(tmp_path, answered=answering.read) as run:
            run.going_to.append(("192.0.2.61", 80))
            answering.written.refused(BYOD, "games.test", answering.now + 60)
            answer = redirected(run, b"GET /play HTTP/1.1\r\nHost: games.test\r\nConnection: close\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 403 ")
            [(action, reason, rule, _)] = said(run)
            assert (action, reason, rule) == (Action.BLOCK, Reason.WAY_AROUND, "together.refused_name")

    @pytest.mark.parametrize(
        ("session", "refused"),
        [
            pytest.param(Session(BYOD, destination=("192.0.2.61", 80)), "", id="nothing known"),
            pytest.param(
                Session(BYOD, connect=("games.test", 80)), "games.test", id="the explicit proxy's tunnel"
            ),
            pytest.param(Session(BYOD), "games.test", id="the explicit proxy"),
            pytest.param(Session(BYOD, destination=("10.1.2.3", 80)), "games.test", id="inside the school"),
            pytest.param(Session(PUPIL, destination=("192.0.2.61", 80)), "games.test", id="another client"),
        ],
    )
    def test_a_plain_request_says_nothing_otherwise(self, tmp_path, session, refused):
        answering = Answering(tmp_path / "answered")
        with knowing(tmp_path, answered=answering.read) as run:
            if refused:
                answering.written.refused(BYOD, refused, answering.now + 60)
            assert run.on_loop(run.proxy.door.openings.requested, session, "games.test") == ()

    def test_an_address_never_told_is_let_through_and_marked(self, tmp_path):
        answering = Answering(tmp_path / "answered")
        answering.has_long_been_asked_by(BYOD)
        with knowing(tmp_path, answered=answering.read) as run:
            session = Session(BYOD, destination=OUTSIDE)
            passage = run.on_loop(run.proxy.door.tls.passage, session, read_hello(client_hello("learn.test")))
            [judgement] = passage.judgements
            assert judgement.verdict.action is Action.ALLOW
            assert [sign.technique for sign in judgement.attempt.signs] == ["together.unresolved"]
            assert session.signs == ()

    def test_an_address_that_was_told_is_nothing(self, tmp_path):
        answering = Answering(tmp_path / "answered")
        answering.has_long_been_asked_by(BYOD)
        answering.written.tell(BYOD, "learn.test", [OUTSIDE[0]], answering.now + 60)
        with knowing(tmp_path, answered=answering.read) as run:
            session = Session(BYOD, destination=OUTSIDE)
            passage = run.on_loop(run.proxy.door.tls.passage, session, read_hello(client_hello("learn.test")))
            assert [one.attempt.signs for one in passage.judgements] == [()]

    def test_a_name_that_was_told_elsewhere_is_a_mismatch(self, tmp_path):
        answering = Answering(tmp_path / "answered")
        answering.written.tell(BYOD, "learn.test", ["203.0.113.5"], answering.now + 60)
        with knowing(tmp_path, answered=answering.read) as run:
            assert redirected(run, client_hello("learn.test")) == ACCESS_DENIED
            assert [rule for _, _, rule, _ in said(run)] == ["tls.sni_mismatch"]

    def test_a_client_that_never_asks_is_marked_once(self, tmp_path):
        answering = Answering(tmp_path / "answered")
        answering.now += 4_000
        with knowing(tmp_path, answered=answering.read) as run:
            seen = []
            for _ in range(3):
                session = Session(BYOD, destination=OUTSIDE)
                hello_ = read_hello(client_hello("learn.test"))
                passage = run.on_loop(run.proxy.door.tls.passage, session, hello_)
                seen.append([sign.technique for sign in passage.judgements[0].attempt.signs])
            assert seen == [["together.never_asks"], [], []]

    def test_a_client_of_the_explicit_proxy_need_not_ask(self, tmp_path):
        answering = Answering(tmp_path / "answered")
        answering.now += 4_000
        answering.written.refused(BYOD, "learn.test", answering.now + 60)
        with knowing(tmp_path, answered=answering.read) as run:
            session = Session(BYOD, connect=("learn.test", 443))
            hello_ = read_hello(client_hello("learn.test"))
            passage = run.on_loop(run.proxy.door.tls.passage, session, hello_)
            assert [one.attempt.signs for one in passage.judgements] == [()]


def test_what_was_quiet_is_not_looked_at_again_until_the_knowledge_changes(tmp_path):
    with knowing(tmp_path) as run:
        openings = run.proxy.door.tls._openings
        greeting = read_hello(client_hello("learn.test"))
        session = Session(BYOD, destination=OUTSIDE)
        assert run.on_loop(openings.greeting, session, "learn.test", greeting) == ()
        assert len(openings._quiet) == 1
        assert run.on_loop(openings.greeting, session, "learn.test", greeting) == ()
        run.gateway.knowledge = replace(delivered())
        assert run.on_loop(openings.greeting, session, "learn.test", greeting) == ()
        assert len(openings._quiet) == 1


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (b"", ()),
        (b"\0", ()),
        (b"\0\x03\x02h2", ("h2",)),
        (b"\0\x0c\x02h2\x08http/1.1", ("h2", "http/1.1")),
        (b"\0\x09\xffcut", ("cut",)),
    ],
)
def test_an_offer_is_read_as_far_as_it_goes(offered, expected):
    assert _protocols(offered) == expected


def test_a_long_offer_is_read_up_to_a_bound():
    assert len(_protocols(b"\xff\xff" + b"\x01a" * 5_000)) == 16


def test_what_speaks_no_http_inside_opened_tls_is_named_and_so_is_its_greeting(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("learn.test")) as origin,
        knowing(tmp_path, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        for offered in ("http/1.1", "dot"):
            context = ssl.create_default_context(cafile=str(run.authority))
            context.set_alpn_protocols([offered])
            connection, _ = run.tunnel(f"learn.test:{origin.port}", PUPIL)
            try:
                with run.tls(connection, "learn.test", context=context) as secure:
                    secure.sendall(b"SSH-2.0-OpenSSH_9.9\r\n")
                    read_all(secure)
            except OSError:  # its offer has no answer: the handshake itself ends
                connection.close()
            run.wait_until_idle()
        assert origin.connections == 0
        plain, marked = run.events_when(lambda events: len(events) == 2)
    assert [sign.technique for sign in read_signs(plain.signs)] == ["tunnel.ssh"]
    assert [sign.technique for sign in read_signs(marked.signs)] == ["tunnel.ssh", "dns.dot"]
    assert plain.rule == marked.rule == "tunnel.ssh"
    assert {plain.action, marked.action} == {Action.BLOCK}

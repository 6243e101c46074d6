"""Equal connections a moment later."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fake_origins import serving
from greetings import client_hello
from proxy import metrics
from proxy.bundle.load import LoadedBundle
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.frontdoor.attempts import tls_attempt
from proxy.frontdoor.client_hello import read_hello
from proxy.frontdoor.sessions import Exchange, Session
from school_proxy import BYOD, PUPIL, TEACHER, records_for, school

NAMES = records_for("learn.test", "games.test")


def answer(connection, _):
    connection.recv(65536)
    connection.sendall(b"server")


def ask(run, port: int, who: str = BYOD, connect: str = "learn.test", name: str = "learn.test") -> bytes:
    connection, head = run.tunnel(f"{connect}:{port}", who)
    with connection:
        if not head.startswith(b"HTTP/1.1 200"):
            return head[:12]
        connection.sendall(client_hello(name))
        return connection.recv(65536)


def count(kind: str) -> float:
    return metrics.VERDICT_CACHE.bind(kind).value


def test_an_equal_connection_leaves_an_equal_event_of_its_own_time(tmp_path):
    clock = [datetime(2026, 11, 23, 15, tzinfo=UTC)]
    with (
        serving(answer) as origin,
        school(tmp_path, records=NAMES, clock=lambda: clock[0], connect_ports=[origin.port]) as run,
    ):
        for _ in range(3):
            assert ask(run, origin.port) == b"server"
            clock[0] += timedelta(seconds=1)
        events = run.events_when(lambda events: len(events) == 3)
        run.wait_until_idle()
    assert [event.time.second for event in events] == [0, 1, 2]
    plain = [replace(event, id="", time=clock[0], duration_us=0, bytes=0) for event in events]
    assert plain[0] == plain[1] == plain[2]
    assert len({event.id for event in events}) == 3
    assert all(event.bytes > 300 for event in events)


def test_another_client_another_name_and_another_revision_are_judged_for_themselves(tmp_path):
    with serving(answer) as origin, school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run:
        assert ask(run, origin.port) == b"server"
        hidden = ask(run, origin.port, name="games.test")
        assert hidden.startswith(b"\x15")
        inspected = ask(run, origin.port, PUPIL)
        assert inspected.startswith(b"\x16")
        gateway = run.gateway
        listings = type(gateway.policy.listings)({"learn.test": ["games"]})
        blocked = replace(gateway.policy, base=8, listings=listings)
        run.on_loop(gateway.swap, LoadedBundle(blocked, gateway.settings, gateway.identities))
        assert ask(run, origin.port) == b"HTTP/1.1 403"
        assert ask(run, origin.port, TEACHER).startswith(b"\x16")


def test_what_is_remembered_counts_as_a_verdict_too(tmp_path):
    with serving(answer) as origin, school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run:
        ask(run, origin.port)
        run.wait_until_idle()
        hits, misses = count("hit"), count("miss")
        ask(run, origin.port)
        assert (count("hit") - hits, count("miss") - misses) == (2, 0)


def test_a_place_that_is_asked_for_is_not_taken_for_one_that_packets_went_to(tmp_path):
    with serving(answer) as origin, school(tmp_path, records=NAMES) as run:
        place = ("127.0.0.1", origin.port)
        run.going_to.append(place)
        with run.connect(BYOD, run.transparent_port) as connection:
            connection.sendall(client_hello("learn.test"))
            assert connection.recv(65536) == b"server"
        recall = run.proxy.door.tls.recall
        hello = read_hello(client_hello("learn.test"))
        assert run.on_loop(recall, Session(BYOD, destination=place), hello) == place
        assert run.on_loop(recall, Session(BYOD, connect=place), hello) is None


def test_a_greeting_that_offers_something_else_is_not_taken_for_an_equal_one(tmp_path):
    with serving(answer) as origin, school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run:
        assert ask(run, origin.port) == b"server"
        recall = run.proxy.door.tls.recall
        asked = Session(BYOD, connect=("learn.test", origin.port))
        hello = read_hello(client_hello("learn.test"))
        assert run.on_loop(recall, asked, hello) is not None
        assert run.on_loop(recall, asked, replace(hello, alpn=b"\0\x04\x03dot")) is None
        assert run.on_loop(recall, asked, replace(hello, ech=not hello.ech)) is None


def test_a_connection_in_which_a_sign_was_seen_is_looked_at_each_time(tmp_path):
    mark = Sign("together.unresolved", Nature.ADDRESS, Consequence.LOG, 0.3, "")
    with serving(answer) as origin, school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run:
        assert ask(run, origin.port) == b"server"
        tls, gateway = run.proxy.door.tls, run.gateway
        session = Session(BYOD, connect=("learn.test", origin.port), server_name="learn.test")
        plain = gateway.judge(tls_attempt(session, "learn.test"))
        marked = gateway.judge(tls_attempt(session, "learn.test", signs=(mark,)))
        session.tunnel = Exchange(plain)
        held = run.proxy.door.dialling.held(session, "learn.test", origin.port)
        other = replace(read_hello(client_hello("learn.test")), alpn=b"other")
        run.on_loop(tls._passes.keep, session, other, (marked,), held)
        assert run.on_loop(tls.recall, session, other) is None
        run.on_loop(tls._passes.keep, session, other, (plain,), held)
        assert run.on_loop(tls.recall, session, other) is not None

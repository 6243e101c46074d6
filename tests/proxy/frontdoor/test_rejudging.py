"""What is open is cut when it is not allowed any more, and only then."""

import asyncio
import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.server import serve

import policies
from fake_origins import serving
from greetings import client_hello
from proxy import metrics
from proxy.bundle.load import LoadedBundle
from proxy.decision.policy import Audience, Override, Target
from proxy.decision.verdict import Action
from proxy.dns.resolver import Looked
from school_proxy import BYOD, read_all, records_for, school

NAMES = records_for("learn.test", "games.test")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=policies.CHICAGO)
GAMES_AT_LUNCH = replace(
    policies.PUPILS,
    rules=(policies.rule("games", "allow", policies.LUNCH, "pupils"), policies.rule("games", scope="pupils")),
)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def echo(connection, _):
    while got := connection.recv(65536):
        connection.sendall(got)


def carried(run, port: int, name: str):
    """A splice on which something has gone both ways."""
    hello = client_hello(name)
    connection, head = run.tunnel(f"{name}:{port}", BYOD)
    assert head.startswith(b"HTTP/1.1 200")
    connection.sendall(hello)
    while hello:
        hello = hello[len(connection.recv(65536)) :]
    return connection


def still_open(connection) -> bool:
    connection.sendall(b"?")
    return connection.recv(1) == b"?"


def override(action: Action, name: str, id_: str = "o-1") -> Override:
    audience = Audience(groups=frozenset({"pupils"}))
    return Override(id_, action, Target(name), audience, "a reason", "Ms Lee")


def publish(run, **changes) -> None:
    gateway = run.gateway
    policy = replace(gateway.policy, **changes)
    run.on_loop(gateway.swap, LoadedBundle(policy, gateway.settings, gateway.identities))


def wait_until_judged(run) -> None:
    """Wait until all that is to be judged again has been, with what stands behind it."""

    async def judged() -> None:
        await asyncio.gather(*run.proxy.door.rejudging._runs)

    asyncio.run_coroutine_threadsafe(judged(), run.loop).result(60)


def sweep_at(run, clock: Clock, minute: int) -> None:
    """Move the clock, so many minutes after noon, and let what is due be judged again."""
    clock.now = NOON + timedelta(minutes=minute)
    door = run.proxy.door
    run.on_loop(lambda: door.sweep(door.loop.time()))
    wait_until_judged(run)


def refused() -> float:
    return metrics.REFUSED.bind("tls", "judged_again").value


def test_a_splice_is_cut_when_lunch_is_over(tmp_path):
    clock = Clock(NOON)
    before = refused()
    with (
        serving(echo) as origin,
        school(
            tmp_path, records=NAMES, scopes=(GAMES_AT_LUNCH,), clock=clock, connect_ports=[origin.port]
        ) as run,
        carried(run, origin.port, "games.test") as connection,
    ):
        sweep_at(run, clock, 29)
        assert still_open(connection)
        sweep_at(run, clock, 30)
        assert read_all(connection) == b""
        [event] = run.events_when(bool)
        assert (event.host, event.action) == ("games.test", Action.ALLOW)
        assert event.bytes > 2
    assert refused() == before + 1


def test_a_new_override_cuts_what_it_forbids_and_nothing_else(tmp_path):
    with (
        serving(echo) as origin,
        school(tmp_path, records=records_for("learn.test", "other.test"), connect_ports=[origin.port]) as run,
        carried(run, origin.port, "learn.test") as forbidden,
        carried(run, origin.port, "other.test") as other,
    ):
        publish(run, overlay=4, overrides=(override(Action.BLOCK, "learn.test"),))
        assert read_all(forbidden) == b""
        assert still_open(other)


def test_a_new_base_cuts_what_it_lists(tmp_path):
    with (
        serving(echo) as origin,
        school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run,
        carried(run, origin.port, "learn.test") as connection,
    ):
        listings = type(run.gateway.policy.listings)
        publish(run, base=8, listings=listings({"unlike.test": ["games"]}))
        assert still_open(connection)
        publish(run, base=9, listings=listings({"learn.test": ["games"]}))
        assert read_all(connection) == b""


def test_a_device_that_is_inspected_from_now_on_comes_again(tmp_path):
    with (
        serving(echo) as origin,
        school(tmp_path, records=NAMES, passes=("learn.test",), connect_ports=[origin.port]) as run,
    ):
        hello = client_hello("learn.test")
        connection, _ = run.tunnel(f"learn.test:{origin.port}")
        with connection:
            connection.sendall(hello)
            while hello:
                hello = hello[len(connection.recv(65536)) :]
            publish(run, base=8, pass_lists={"passes": ()})
            assert read_all(connection) == b""


def test_a_websocket_is_cut_too(tmp_path):
    def handle(peer) -> None:
        for message in peer:
            peer.send(message)

    with serve(handle, "127.0.0.1", 0) as server:
        port = server.socket.getsockname()[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with school(tmp_path, records=NAMES, connect_ports=[port]) as run:
            raw, _ = run.tunnel(f"learn.test:{port}")
            with connect(f"ws://learn.test:{port}/", sock=raw, proxy=None) as peer:
                peer.send("still here")
                assert peer.recv(timeout=60) == "still here"
                publish(run, overlay=4, overrides=(override(Action.BLOCK, "learn.test"),))
                with pytest.raises(ConnectionClosed):
                    peer.recv(timeout=60)
        server.shutdown()


class TestWhatStandsBehindANameIsOpenAtLunchOnly:
    """The verdict on an alias or address ends a connection just as the one on its name does."""

    @pytest.fixture
    def clock(self):
        return Clock(NOON)

    @pytest.fixture
    def at_lunch(self, tmp_path, clock):
        def at_lunch(port: int, **changes):
            records = {("learn.test", "CNAME"): "games.test", ("games.test", "A"): "127.0.0.1"}
            changes = {"records": records, "connect_ports": [port]} | changes
            return school(tmp_path, scopes=(GAMES_AT_LUNCH,), clock=clock, **changes)

        return at_lunch

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({}, id="an alias"),
            pytest.param({"records": NAMES, "listed": {"127.0.0.1": ["games"]}}, id="an address"),
        ],
    )
    def test_a_splice(self, at_lunch, clock, changes):
        with (
            serving(echo) as origin,
            at_lunch(origin.port, **changes) as run,
            carried(run, origin.port, "learn.test") as connection,
        ):
            sweep_at(run, clock, 29)
            assert still_open(connection)
            sweep_at(run, clock, 30)
            assert read_all(connection) == b""

    def test_a_splice_that_began_as_an_equal_one(self, at_lunch, clock):
        with serving(echo) as origin, at_lunch(origin.port) as run:
            carried(run, origin.port, "learn.test").close()
            run.wait_until_idle()
            with carried(run, origin.port, "learn.test") as connection:
                sweep_at(run, clock, 30)
                assert read_all(connection) == b""

    def test_a_splice_that_was_judged_again_meanwhile(self, at_lunch, clock):
        with (
            serving(echo) as origin,
            at_lunch(origin.port) as run,
            carried(run, origin.port, "learn.test") as connection,
        ):
            publish(run, base=8)
            wait_until_judged(run)
            assert still_open(connection)
            sweep_at(run, clock, 30)
            assert read_all(connection) == b""

    def test_an_answer_without_end(self, at_lunch, clock):
        def endless(connection, _):
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
            read_all(connection)

        with serving(endless) as origin, at_lunch(origin.port) as run, run.connect() as connection:
            host = f"learn.test:{origin.port}"
            connection.sendall(f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
            sweep_at(run, clock, 30)
            read_all(connection)
            run.wait_until_idle()

    def test_nothing_of_it_is_begun_any_more(self, at_lunch, clock):
        """What was known of the name's addresses ends as well, whatever their TTL."""
        with serving(echo) as origin, at_lunch(origin.port) as run:
            carried(run, origin.port, "learn.test").close()
            run.wait_until_idle()
            clock.now = NOON + timedelta(minutes=30)
            connection, _ = run.tunnel(f"learn.test:{origin.port}", BYOD)
            with connection:
                connection.sendall(client_hello("learn.test"))
                assert read_all(connection).startswith(b"\x15")

    def test_where_it_cannot_be_told_it_is_asked_again_soon(self, at_lunch, clock, monkeypatch):
        with (
            serving(echo) as origin,
            at_lunch(origin.port) as run,
            carried(run, origin.port, "learn.test") as connection,
        ):
            resolver = run.proxy.door.dialling._resolver
            real = resolver.lookup

            allowed = next(iter(run.proxy.door.sessions)).tunnel.judgement.verdict

            async def unheard(*_: object) -> Looked:
                return Looked((), allowed, "the upstream resolvers do not answer")

            monkeypatch.setattr(resolver, "lookup", unheard)
            sweep_at(run, clock, 30)
            assert still_open(connection)
            monkeypatch.setattr(resolver, "lookup", real)
            sweep_at(run, clock, 31)
            assert read_all(connection) == b""


class TestBehindTheName:
    """What is found behind one name keeps nobody else open."""

    @pytest.fixture
    def behind(self, tmp_path):
        """Two splices; `learn.test` was opened first."""
        records = records_for("learn.test", "other.test")
        with (
            serving(echo) as origin,
            school(tmp_path, records=records, connect_ports=[origin.port]) as run,
            carried(run, origin.port, "learn.test") as learn,
            carried(run, origin.port, "other.test") as other,
        ):
            yield run, learn, other

    def test_a_fault_cuts_what_it_concerns_and_the_others_are_judged(self, behind, monkeypatch):
        run, learn, other = behind

        async def forbidden(_, host: str) -> tuple[bool, None]:
            if host == "learn.test":
                raise ZeroDivisionError
            return True, None

        monkeypatch.setattr(run.proxy.door.dialling, "behind", forbidden)
        publish(run, base=8)
        assert read_all(learn) == b""
        assert read_all(other) == b""

    def test_one_whose_view_cannot_be_told_is_judged_like_the_others(self, behind, monkeypatch):
        run, learn, other = behind

        async def forbidden(*_: object) -> tuple[bool, None]:
            return True, None

        monkeypatch.setattr(run.proxy.door.dialling, "behind", forbidden)
        monkeypatch.setattr(run.gateway, "view", lambda _: 1 / 0)
        publish(run, base=8)
        assert (read_all(learn), read_all(other)) == (b"", b"")

    def test_an_upstream_that_does_not_answer_holds_up_only_its_own(self, behind, monkeypatch):
        run, learn, other = behind

        async def forbidden(_, host: str) -> tuple[bool, None]:
            if host == "learn.test":
                await asyncio.Event().wait()
            return True, None

        monkeypatch.setattr(run.proxy.door.dialling, "behind", forbidden)
        publish(run, base=8)
        assert read_all(other) == b""
        assert still_open(learn)

    def test_one_that_cannot_be_closed_in_good_order_does_not_keep_the_others(self, behind):
        run, _, other = behind
        first = next(iter(run.proxy.door.sessions))
        cut = first.cut

        def broken() -> None:
            cut()
            raise ZeroDivisionError

        first.cut = broken
        listings = type(run.gateway.policy.listings)
        publish(run, base=9, listings=listings({"learn.test": ["games"], "other.test": ["games"]}))
        assert read_all(other) == b""


class TestASwapWhileANameIsLookedUp:
    """What was judged before a swap and begins after it is judged again by the next sweep."""

    @pytest.fixture
    def swapping(self, monkeypatch):
        def begin(run) -> None:
            """Let `learn.test` be listed as soon as its address is known."""
            resolver, gateway = run.proxy.door.dialling._resolver, run.gateway
            real, policy = resolver.lookup, gateway.policy
            listed = replace(policy, base=9, listings=type(policy.listings)({"learn.test": ["games"]}))

            async def lookup(*asked):
                found = await real(*asked)
                if gateway.policy is policy:
                    gateway.swap(LoadedBundle(listed, gateway.settings, gateway.identities))
                return found

            monkeypatch.setattr(resolver, "lookup", lookup)

        return begin

    def test_a_splice(self, tmp_path, swapping):
        with (
            serving(echo) as origin,
            school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run,
        ):
            swapping(run)
            connection, head = run.tunnel(f"learn.test:{origin.port}", BYOD)
            assert head.startswith(b"HTTP/1.1 200")
            hello = client_hello("learn.test")
            connection.sendall(hello)
            assert hello.startswith(read_all(connection))
            connection, head = run.tunnel(f"learn.test:{origin.port}", BYOD)
            assert head.startswith(b"HTTP/1.1 403")

    def test_an_answer_without_end(self, tmp_path, swapping):
        def endless(connection, _):
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
            read_all(connection)

        with serving(endless) as origin, school(tmp_path, records=NAMES) as run, run.connect() as connection:
            swapping(run)
            head = f"GET http://learn.test:{origin.port}/ HTTP/1.1\r\nHost: learn.test:{origin.port}\r\n\r\n"
            connection.sendall(head.encode())
            read_all(connection)
            run.wait_until_idle()

"""How is a question answered for the first time without a task of its own?"""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import dns.message
import dns.rcode
import pytest

import policies
import policy_gateway
from dns_world import World, answers, errors, run, world
from proxy import metrics
from proxy.bundle.load import LoadedBundle
from proxy.decision.listing import Listing
from proxy.decision.policy import Audience, Override, Target
from proxy.decision.verdict import Action
from proxy.dns.resolver import Resolver
from proxy.identity.compile import directory_from
from proxy.identity.identities import Identities
from proxy.identity.roster import Roster
from proxy.journal.read import Journal
from proxy.settings.schema import Settings

pytestmark = pytest.mark.usefixtures("no_repeats")

GAMES = {"games.example": ["games"], "192.0.2.66": ["games"]}
ZONE = (
    "www.example. 300 IN A 192.0.2.1",
    "www.example. 300 IN AAAA 2001:db8::1",
    "games.example. 300 IN A 192.0.2.3",
    "bad.example. 300 IN A 192.0.2.66",
    "inside.example. 300 IN A 10.0.0.1",
    "alias.example. 300 IN CNAME www.example.",
    "hidden.example. 300 IN CNAME games.example.",
    "mail.example. 300 IN MX 10 www.example.",
    *(f"many.example. 300 IN A 192.0.2.{n}" for n in range(100, 120)),
    *(f"too-many.example. 300 IN A 198.51.100.{n}" for n in range(1, 121)),
)


def ask_in_both_ways(name: str, type_: str = "A", client: str = "127.0.0.1") -> object:
    """What a resolver answers over UDP, where it goes straight, and over TCP, where it never does."""

    async def story(state: Path, tcp: bool) -> tuple[object, ...]:
        async with world(state, policy_gateway.policy(GAMES), ZONE) as it:
            message = await it.ask(name, type_, client=client, tcp=tcp)
            ttls = sorted(rrset.ttl for rrset in message.answer + message.authority)
            return (
                message.rcode(),
                answers(message),
                errors(message),
                ttls,
                int(message.flags),
                it.fake.names(),
            )

    return story


@pytest.mark.parametrize("client", ["127.0.0.1", "127.0.1.1", "127.0.1.4"])
@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("www.example", "A"),
        ("www.example", "AAAA"),
        ("www.example", "HTTPS"),
        ("games.example", "A"),
        ("bad.example", "A"),
        ("inside.example", "A"),
        ("alias.example", "A"),
        ("hidden.example", "A"),
        ("mail.example", "MX"),
        ("many.example", "A"),
        ("too-many.example", "A"),
        ("nowhere.example", "A"),
        ("localhost", "A"),
        ("1.0.0.10.in-addr.arpa", "PTR"),
        ("www.google.com", "A"),
        ("use-application-dns.net", "A"),
    ],
)
def test_it_answers_what_the_general_way_answers(tmp_path: Path, name: str, type_: str, client: str) -> None:
    story = ask_in_both_ways(name, type_, client)

    assert run(story(tmp_path / "straight", False)) == run(story(tmp_path / "general", True))  # type: ignore[operator]


def test_everyday_questions_need_no_task_and_others_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []
    general = Resolver.answer

    async def counted(self: Resolver, question: object, *more: object, **named: object) -> object:
        asked.append(question.folded)  # type: ignore[attr-defined]
        return await general(self, question, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Resolver, "answer", counted)

    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES), ZONE) as it:
            for name in ("www.example", "games.example", "many.example", "bad.example", "nowhere.example"):
                await it.ask(name)
            assert asked == []
            await it.ask("localhost")
            assert asked == [b"\x09localhost\x00"]

    run(story())


def test_those_who_wait_for_one_answer_each_get_their_own_view_s(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES), ZONE) as it:
            asking = [it.ask("bad.example", client=one) for one in ("127.0.0.1", "127.0.1.1", "127.0.1.4")]
            pupil, nowhere, staff = await asyncio.gather(*asking)

            assert answers(pupil) == ["bad.example. A 192.0.2.80"]
            assert (nowhere.rcode(), answers(nowhere)) == (3, [])
            assert answers(staff) == ["bad.example. A 192.0.2.66"]
            assert len(it.fake.seen) == 1
            again = [
                await it.ask("bad.example", client=one) for one in ("127.0.0.1", "127.0.1.1", "127.0.1.4")
            ]
            assert [answers(one) for one in again] == [answers(one) for one in (pupil, nowhere, staff)]
            assert len(it.fake.seen) == 1

    run(story())


def test_an_answer_is_kept_and_grows_older(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, zone=ZONE) as it:
            first = await it.ask("many.example")
            (kept,) = it.server.service.clients.known["127.0.0.1"].answers.values()  # type: ignore[union-attr]
            born = kept._born
            assert kept.renew(born + 42.5, 0.0)
            query = dns.message.make_query("MANY.example", "A", use_edns=0, payload=1232).to_wire()
            later = dns.message.from_wire(query[:2] + kept.spelled(query))

            assert answers(later) == [line.replace("many", "MANY") for line in answers(first)]
            assert [rrset.ttl for rrset in later.answer] == [258]
            assert not kept.renew(born + 300, 0.0)

    run(story())


def test_ttls_and_the_answer_kept_end_with_the_verdict_s_until(tmp_path: Path) -> None:
    lunch = replace(policies.PUPILS, rules=(policies.rule("games", schedule=policies.LUNCH, scope="pupils"),))

    async def story() -> None:
        def clock() -> datetime:
            return policies.school_time("11:58:30")

        async with world(tmp_path, policy_gateway.policy(GAMES, lunch), ZONE, clock=clock) as it:
            message = await it.ask("games.example")
            assert answers(message) == ["games.example. A 192.0.2.3"]
            assert [rrset.ttl for rrset in message.answer] == [90]
            assert it.server.service.clients.known["127.0.0.1"].answers is not None
            (kept,) = it.server.service.clients.known["127.0.0.1"].answers.values()
            until = policies.school_time("12:00").timestamp()
            assert kept.renew(kept._born + 1, kept._made) is (kept._made < until)
            assert not kept.renew(kept._born + 1, until)

    run(story())


def test_a_swap_under_way_leaves_no_old_answer_behind(tmp_path: Path) -> None:
    closed = Override(
        "o-1", Action.BLOCK, Target("www.example"), Audience(groups=frozenset({"pupils"})), "class", "Ms Lee"
    )

    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES), ZONE) as it:
            answer = it.fake.answer

            def swapping(*asked: object) -> bytes | None:
                after = policy_gateway.policy(GAMES, overlay=4, overrides=(closed,))
                policy_gateway.put_in_force(it.gateway, after, policy_gateway.settings())
                return answer(*asked)  # type: ignore[arg-type]

            it.fake.answer = swapping  # type: ignore[method-assign]
            await it.ask("www.example")
            assert answers(await it.ask("www.example")) == ["www.example. A 192.0.2.80"]

    run(story())


@pytest.mark.parametrize("base", [pytest.param(7, id="lists"), pytest.param(8, id="overlay")])
@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize("name", ["www.example", "alias.example", "cut.example"])
def test_what_a_swap_closes_meanwhile_is_not_answered_open(
    tmp_path: Path, name: str, tcp: bool, base: int
) -> None:
    """By the policy in force when the answer leaves, also where the upstream breaks off at an alias."""
    zone = (*ZONE, "cut.example. 300 IN CNAME elsewhere.example.", "elsewhere.example. 300 IN A 192.0.2.9")
    closed = Override(
        "o-1", Action.BLOCK, Target(name), Audience(groups=frozenset({"pupils"})), "class", "Ms Lee"
    )

    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES, base=8), zone) as it:
            answer = it.fake.answer

            def swapping(*asked: object) -> bytes | None:
                after = policy_gateway.policy(GAMES, base=base, overlay=4, overrides=(closed,))
                policy_gateway.put_in_force(it.gateway, after, policy_gateway.settings())
                reply = answer(*asked)  # type: ignore[arg-type]
                if name != "cut.example" or reply is None:
                    return reply
                message = dns.message.from_wire(reply)
                message.answer = [rrset for rrset in message.answer if rrset.rdtype == 5]
                return message.to_wire() if message.answer else reply

            it.fake.answer = swapping  # type: ignore[method-assign]
            blocked = [f"{name}. A 192.0.2.80"]
            assert answers(await it.ask(name, tcp=tcp)) == blocked
            assert answers(await it.ask(name)) == blocked
            assert nothing_under_way(it)

    run(story())


def test_a_fault_while_an_answer_is_judged_is_servfail_and_counted(tmp_path: Path) -> None:
    class Broken(policies.WrittenListings):
        def for_host(self, host: str) -> Sequence[Listing]:
            if host == "192.0.2.1":
                raise RuntimeError("the index is gone")
            return super().for_host(host)

    async def story() -> None:
        policy = replace(policy_gateway.policy(), listings=Broken({}))
        async with world(tmp_path, policy, ZONE) as it:
            faults = metrics.ERRORS.bind("judge").value
            message = await it.ask("www.example")

            assert (message.rcode(), message.answer, len(it.fake.seen)) == (2, [], 1)
            assert metrics.ERRORS.bind("judge").value > faults
            assert nothing_under_way(it)

    run(story())


def test_a_fault_in_between_is_servfail_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> str:
        raise RuntimeError("no more")

    async def story() -> None:
        async with world(tmp_path, zone=ZONE) as it:
            faults = metrics.ERRORS.bind("dns").value
            with monkeypatch.context() as patched:
                patched.setattr("proxy.dns.saying._address", broken)
                message = await it.ask("www.example")
                assert (message.rcode(), message.answer) == (dns.rcode.SERVFAIL, [])
            with monkeypatch.context() as patched:
                patched.setattr("proxy.dns.straight.plain_host", broken)
                assert (await it.ask("other.example")).rcode() == dns.rcode.SERVFAIL
            assert metrics.ERRORS.bind("dns").value == faults + 2
            assert nothing_under_way(it)
            assert answers(await it.ask("www.example")) == ["www.example. A 192.0.2.1"]

    run(story())


def nothing_under_way(it: World) -> bool:
    return all(client.under_way == 0 for client in it.server.service.clients.known.values())


def test_silence_of_the_first_upstream_is_left_for_the_second(tmp_path: Path) -> None:
    from fake_upstream import FakeUpstream, running

    async def story() -> None:
        silent = FakeUpstream(silent=True)
        async with running(silent), world(tmp_path / "spare", zone=ZONE) as spare:
            upstreams = [{"address": "127.0.0.1", "port": port} for port in (silent.port, spare.fake.port)]
            async with world(tmp_path, zone=ZONE, upstreams=upstreams, timeout_ms=2000) as it:
                assert answers(await it.ask("www.example")) == ["www.example. A 192.0.2.1"]
                assert (len(silent.seen), len(spare.fake.seen)) == (1, 1)
                assert nothing_under_way(it)

    run(story())


def test_events_are_those_of_the_general_way(tmp_path: Path) -> None:
    async def events(state: Path, tcp: bool) -> list[tuple[object, ...]]:
        async with world(state, policy_gateway.policy(GAMES), ZONE, records=True) as it:
            for name in ("www.example", "games.example", "bad.example"):
                await it.ask(name, tcp=tcp)
            assert it.spool is not None
            assert it.spool.flush()
            return [
                (e.host, e.method, e.client, e.group, e.action, e.reason, e.category, e.list_id, e.time)
                for e in Journal(state / "spool").events()
            ]

    straight, general = run(events(tmp_path / "s", False)), run(events(tmp_path / "g", True))
    assert len(straight) == 3
    assert sorted(straight) == sorted(general)


def test_a_flood_of_questions_is_answered_in_batches_each_with_its_own_answer(tmp_path: Path) -> None:
    async def story() -> None:
        zone = tuple(f"n{n}.example. 300 IN A 192.0.2.{n}" for n in range(100, 200))
        async with world(tmp_path, zone=zone) as it:
            loop = asyncio.get_running_loop()
            with socket.socket(type=socket.SOCK_DGRAM) as sock:
                sock.setblocking(False)
                sock.connect(("127.0.0.1", it.port))
                for _ in range(2):
                    for n in range(100, 200):
                        await loop.sock_sendall(
                            sock, dns.message.make_query(f"n{n}.example", "A", id=n).to_wire()
                        )
                    got = [dns.message.from_wire(await loop.sock_recv(sock, 4096)) for _ in range(100)]
                    assert sorted((m.id, *answers(m)) for m in got) == [
                        (n, f"n{n}.example. A 192.0.2.{n}") for n in range(100, 200)
                    ]
            assert len(it.fake.seen) == 100

    run(story())


def test_blocked_names_between_names_asked_for_the_first_time_are_answered_each(tmp_path: Path) -> None:
    async def story() -> None:
        zone = tuple(f"n{n}.example. 300 IN A 192.0.2.{n}" for n in range(100, 120))
        async with world(tmp_path, policy_gateway.policy(GAMES), zone) as it:
            loop = asyncio.get_running_loop()
            names = [f"{'www.games' if n % 3 else f'n{n}'}.example" for n in range(100, 120)]
            with socket.socket(type=socket.SOCK_DGRAM) as sock:
                sock.setblocking(False)
                sock.connect(("127.0.0.1", it.port))
                for n, name in enumerate(names, 100):  # into one turn of the server's
                    sock.send(dns.message.make_query(name, "A", id=n).to_wire())
                got = [dns.message.from_wire(await loop.sock_recv(sock, 4096)) for _ in names]
            assert sorted((m.id, *answers(m)) for m in got) == [
                (n, f"{name}. A 192.0.2.{80 if n % 3 else n}") for n, name in enumerate(names, 100)
            ]

    run(story())


def test_time_is_the_gateway_s(tmp_path: Path) -> None:
    began = policies.school_time("10:40")

    async def story() -> None:
        async with world(tmp_path, zone=ZONE, records=True, clock=lambda: began + timedelta(minutes=1)) as it:
            await it.ask("www.example")
            assert it.spool is not None
            assert it.spool.flush()
            (event,) = Journal(tmp_path / "spool").events()
            assert event.time == began + timedelta(minutes=1)

    run(story())


@pytest.mark.parametrize("tcp", [False, True])
def test_what_ends_while_the_upstream_is_asked_is_not_answered_open(tmp_path: Path, tcp: bool) -> None:
    lunch = replace(policies.PUPILS, rules=(policies.rule("games", schedule=policies.LUNCH, scope="pupils"),))
    moment = [policies.school_time("11:59:59")]
    policy = policy_gateway.policy({"games.example": ["games"]}, lunch)

    async def story() -> None:
        records = ("games.example. 300 IN A 192.0.2.3",)
        async with world(tmp_path, policy, records, clock=lambda: moment[0]) as it:
            at_once = it.fake.answer

            def late(*query: object) -> object:
                moment[0] = policies.school_time("12:00:01")
                return at_once(*query)

            it.fake.answer = late
            message = await it.ask("games.example", tcp=tcp)
            assert answers(message) == ["games.example. A 192.0.2.80"]

    run(story())


def test_a_question_that_a_swap_gives_to_somebody_else_is_his_in_the_events(tmp_path: Path) -> None:
    async def story() -> None:
        records = ("www.example. 300 IN A 192.0.2.3", "slow.example. 300 IN A 192.0.2.4")
        async with world(tmp_path, policy_gateway.policy(), records, records=True) as it:
            settings = it.gateway.settings
            assert settings is not None

            def give_to(who: str, base: int) -> None:
                devices = [{"id": who, "addresses": ["127.0.0.1"], "group": "pupils"}]
                fields = settings.model_dump(mode="json", exclude_unset=True) | {"devices": devices}
                given = Settings.model_validate(fields)
                identities = Identities(directory_from(given, Roster(), "salt"))
                it.gateway.swap(LoadedBundle(policy_gateway.policy(base=base), given, identities))

            give_to("alice", 8)
            await it.ask("www.example")
            it.spool.flush()
            at_once = it.fake.answer

            def swapping(*query: object) -> object:
                give_to("bob", 9)
                return at_once(*query)

            it.fake.answer = swapping
            await it.ask("slow.example")
            it.fake.answer = at_once
            it.spool.flush()
            await it.ask("slow.example")
            it.spool.flush()
            first, under_way, behind = [(e.base, e.subject) for e in Journal(tmp_path / "spool").events()]
            assert first[0] == 8
            assert under_way == behind
            assert under_way[1] != first[1]

    run(story())

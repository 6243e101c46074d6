"""Which octets answer these octets?"""

import asyncio
import random
import socket
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import dns.edns
import dns.message
import pytest

import fake_upstream
import policies
import policy_gateway
from dns_world import World, answers, errors, run, world
from list_world import build, source
from proxy import metrics
from proxy.bundle.load import LoadedBundle
from proxy.decision.listing import Listing
from proxy.decision.policy import Audience, Correction, Override, Target
from proxy.decision.verdict import Action
from proxy.dns.from_settings import plan_from
from proxy.journal.read import Journal
from proxy.lists.comparing import relisted_between
from proxy.lists.formats import Format
from proxy.lists.index import DomainIndex

pytestmark = pytest.mark.usefixtures("no_repeats")

GAMES = {"games.example": ["games"]}
WWW = ("www.example. 300 IN A 192.0.2.1", "games.example. 300 IN A 192.0.2.3")


def test_a_question_seen_before_is_answered_without_asking_or_judging_anew(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, zone=WWW, records=True) as it:
            first = await it.ask("www.example")
            second = await it.ask("WWW.example")

            assert answers(first) == ["www.example. A 192.0.2.1"]
            assert answers(second) == ["WWW.example. A 192.0.2.1"]
            assert second.answer[0].ttl <= 300
            assert len(it.fake.seen) == 1
            assert it.spool is not None
            assert it.spool.flush()
            events = list(Journal(tmp_path / "spool").events())
            assert [(e.host, e.method, e.client, e.group) for e in events] == [
                ("www.example", "A", "127.0.0.1", "pupils")
            ] * 2

    run(story())


def test_one_view_s_answer_never_reaches_another(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES), WWW) as it:
            for _ in range(3):
                blocked = await it.ask("games.example")
                nowhere = await it.ask("games.example", client="127.0.1.1")
                staff = await it.ask("games.example", client="127.0.1.4")
                assert answers(blocked) == ["games.example. A 192.0.2.80"]
                assert (nowhere.rcode(), answers(nowhere)) == (3, [])
                assert answers(staff) == ["games.example. A 192.0.2.3"]

    run(story())


def test_an_answer_to_one_shape_of_question_never_serves_another(tmp_path: Path) -> None:
    zone = tuple(f"big.example. 300 IN A 192.0.2.{n}" for n in range(1, 60))

    async def story() -> None:
        async with world(tmp_path, zone=zone) as it:
            for _ in range(2):
                large = await it.ask("big.example")
                small = await it.ask("big.example", use_edns=False)
                tcp = await it.ask("big.example", use_edns=False, tcp=True)
                assert (len(answers(large)), large.edns) == (59, 0)
                assert (answers(small), small.edns, bool(small.flags & 0x0200)) == ([], -1, True)
                assert len(answers(tcp)) == 59

    run(story())


def test_a_kept_answer_ends_with_the_verdict_s_until(tmp_path: Path) -> None:
    lunch = replace(policies.PUPILS, rules=(policies.rule("games", schedule=policies.LUNCH, scope="pupils"),))
    began = policies.school_time("11:00")
    real = time.monotonic()

    async def story() -> None:
        nonlocal began, real

        def clock() -> datetime:
            return began + timedelta(seconds=time.monotonic() - real)

        async with world(tmp_path, policy_gateway.policy(GAMES, lunch), WWW, clock=clock) as it:
            # Only now, so that a slow start does not use up the second before noon.
            began, real = policies.school_time("11:59:59"), time.monotonic()
            before = await it.ask("games.example")
            assert (answers(before), before.answer[0].ttl) == (["games.example. A 192.0.2.3"], 0)
            while answers(await it.ask("games.example")) == answers(before):
                assert clock() < policies.school_time("12:00:10")
                await asyncio.sleep(0.02)  # or the client's rate would be limited

    run(story())


def test_an_approved_override_is_felt_at_once_and_leaves_other_views_alone(tmp_path: Path) -> None:
    opened = Override(
        "o-1",
        Action.ALLOW,
        Target("games.example"),
        Audience(groups=frozenset({"pupils"})),
        "class",
        "Ms Lee",
    )

    async def story() -> None:
        before = policy_gateway.policy(GAMES)
        async with world(tmp_path, before, WWW) as it:
            assert answers(await it.ask("games.example")) == ["games.example. A 192.0.2.80"]
            staff = it.server.service.clients.known
            await it.ask("www.example", client="127.0.1.4")
            kept = staff["127.0.1.4"].answers
            after = policy_gateway.policy(GAMES, overlay=4, overrides=(opened,))
            policy_gateway.put_in_force(it.gateway, after, policy_gateway.settings())

            assert answers(await it.ask("games.example")) == ["games.example. A 192.0.2.3"]
            await it.ask("www.example", client="127.0.1.4")
            assert staff["127.0.1.4"].answers is kept

    run(story())


def test_a_corrected_listing_is_felt_at_once_and_nothing_else_is_asked_anew(tmp_path: Path) -> None:
    mended = Correction("c-1", "games.example", "games", "a museum", ("Ms Lee",))

    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES), WWW) as it:
            await it.ask("www.example")
            assert answers(await it.ask("games.example")) == ["games.example. A 192.0.2.80"]
            after = policy_gateway.policy(GAMES, overlay=4, corrections=(mended,))
            policy_gateway.put_in_force(it.gateway, after, policy_gateway.settings())

            assert answers(await it.ask("games.example")) == ["games.example. A 192.0.2.3"]
            await it.ask("www.example")
            assert it.fake.names() == ["www.example.", "games.example."]

    run(story())


def test_a_refreshed_list_is_felt_at_once_and_open_names_are_not_asked_for_anew(tmp_path: Path) -> None:
    zone = (*WWW, "other.example. 300 IN A 192.0.2.9", "behind.example. 300 IN A 192.0.2.66")

    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES), zone) as it:
            open_before = await it.ask("www.example"), await it.ask("other.example")
            assert answers(await it.ask("behind.example")) == ["behind.example. A 192.0.2.66"]
            assert answers(await it.ask("games.example")) == ["games.example. A 192.0.2.80"]
            asked = it.fake.names()

            listed = {"other.example": ["games"], "192.0.2.66": ["games"]}
            assert it.gateway.settings is not None
            policy_gateway.put_in_force(
                it.gateway, policy_gateway.policy(listed, base=8), it.gateway.settings
            )

            kinds = (metrics.VERDICTS, ("dns", "allow", "default")), (metrics.DNS_CACHE, ("answers", "hit"))
            counted = [family.bind(*values) for family, values in kinds]
            before = [cell.value for cell in counted]
            assert answers(await it.ask("www.example")) == answers(open_before[0])
            assert [cell.value for cell in counted] == [value + 1 for value in before]
            assert answers(await it.ask("other.example")) == ["other.example. A 192.0.2.80"]
            assert it.fake.names() == asked
            assert answers(await it.ask("behind.example")) == ["behind.example. A 192.0.2.80"]
            assert answers(await it.ask("games.example")) == ["games.example. A 192.0.2.3"]

    run(story())


HOSTS = [f"{name}.example" for name in ("a", "b", "c", "x.a", "x.b", "y.x.a")]
LEADING = (
    *(f"{host}. 300 IN A 192.0.2.{number}" for number, host in enumerate(HOSTS)),
    *(f"to-{host}. 300 IN CNAME {host}." for host in HOSTS),
    *(f"near-{host}. 300 IN A 198.51.100.{number}" for number, host in enumerate(HOSTS)),
)
ASKED = [f"{prefix}{host}" for prefix in ("", "to-", "near-") for host in HOSTS]


def listed(directory: Path, names: Sequence[str], ranges: Sequence[str]) -> Path:
    """An index of these names and address ranges, some of the names exempt."""
    directory.mkdir()
    lines = [f"@@||{name[1:]}^" if name.startswith("-") else f"||{name}^" for name in names]
    lists = (
        source(directory, "names", "\n".join(["||other.example^", *lines]) + "\n", form=Format.ADBLOCK),
        source(directory, "ranges", "\n".join(["203.0.113.0/24", *ranges]) + "\n", form=Format.ADDRESSES),
    )
    return build(directory, *lists)[0]


@pytest.mark.parametrize("seed", range(12))
def test_after_a_refresh_every_answer_is_what_a_new_resolver_says(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    lines = [
        [f"{mark}{host}" for host in HOSTS for mark in ("", "-")],
        [f"192.0.2.{n}/31" for n in (0, 2, 4)],
    ]
    lines[1] += [f"198.51.100.{n}" for n in range(6)]
    chosen = [[rng.sample(of, rng.randrange(4)) for of in lines] for _ in range(2)]
    old, new = (listed(tmp_path / str(n), *of) for n, of in enumerate(chosen))
    relisted = relisted_between(old, new)

    async def all_of(it: World) -> list[object]:
        said = [await it.ask(name, client=one) for name in ASKED for one in ("127.0.0.1", "127.0.1.4")]
        return [(one.rcode(), answers(one), errors(one)) for one in said]

    async def swapped() -> tuple[list[object], list[object]]:
        with DomainIndex.open(old) as before, DomainIndex.open(new) as after:
            policy = replace(policy_gateway.policy(), listings=before)
            async with world(tmp_path / "swapped", policy, LEADING, records=True) as it:
                await all_of(it)
                told = events_of(it, "swapped")
                changed = replace(policy, base=8, listings=after)
                settings, identities = it.gateway.settings, it.gateway.identities
                assert settings is not None
                since = {} if relisted is None else {"since": 7, "relisted": relisted}
                it.gateway.swap(LoadedBundle(changed, settings, identities, **since))
                asked = len(it.fake.names())
                said = await all_of(it)
                again = set(it.fake.names()[asked:])
                events = events_of(it, "swapped") - told
            async with world(tmp_path / "new", changed, LEADING, records=True) as it:
                wanted = await all_of(it)
                assert events == events_of(it, "new")
        if relisted is not None:
            untouched = [f"{name}." for name in ASKED if name.startswith("near-") and not lines_changed(name)]
            assert again.isdisjoint(untouched)
        return said, wanted

    def lines_changed(name: str) -> bool:
        assert relisted is not None
        return relisted.touches(name) or relisted.touches(f"198.51.100.{HOSTS.index(name[5:])}")

    def events_of(it: World, state: str) -> Counter[tuple[object, ...]]:
        assert it.spool is not None
        assert it.spool.flush()
        return Counter(
            (
                one.host, one.method, one.client, one.action, one.reason, one.list_id, one.rule, one.base,
                one.overlay, one.handling,
            )
            for one in Journal(tmp_path / state / "spool").events()
        )  # fmt: skip

    said, wanted = run(swapped())
    assert said == wanted


def test_answers_of_other_upstreams_or_local_records_do_not_outlive_them(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES), WWW) as it:
            await it.ask("www.example")
            cache = it.server.service.cache
            held = len(cache)
            changed = policy_gateway.settings(upstreams=[{"address": "127.0.0.1", "port": 9}])
            it.resolver.plan = plan_from(changed)
            policy_gateway.put_in_force(it.gateway, policy_gateway.policy(GAMES, base=8), changed)
            assert (held, len(cache)) == (1, 0)

    run(story())


def test_a_blocked_name_is_judged_once_and_given_with_its_whole_ttl_for_as_long_as_that_holds(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES), WWW) as it:
            first = await it.ask("games.example")
            (view,) = (client.answers for client in it.server.service.clients.known.values())
            assert view is not None
            (entry,) = view.values()
            soon, much_later = time.monotonic() + 2.0, time.monotonic() + 3000.0
            assert entry.renew(soon, time.time() + 2.0)
            assert entry.renew(much_later, time.time() + 3000.0)
            again = dns.message.from_wire(b"\0\0" + entry.octets)
            assert [rrset.ttl for rrset in again.answer] == [rrset.ttl for rrset in first.answer]
            assert not entry.renew(time.monotonic() + 3601.0, time.time() + 3601.0)

    run(story())


def test_a_fault_inside_is_servfail_and_never_an_answer(tmp_path: Path) -> None:
    class Broken(policies.WrittenListings):
        def for_host(self, host: str) -> Sequence[Listing]:
            raise RuntimeError("the index is gone")

    async def story() -> None:
        async with world(tmp_path, replace(policy_gateway.policy(), listings=Broken({})), WWW) as it:
            for _ in range(2):
                message = await it.ask("www.example")
                assert (message.rcode(), message.answer) == (2, [])
            assert it.fake.seen == []

    run(story())


def test_each_kind_of_unserved_query_has_its_code(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path) as it:
            service = it.server.service
            client = service.clients.admit("127.0.0.1", 0.0)
            assert client is not None

            async def rcode(query: dns.message.Message | bytes) -> int | None:
                wire = query if isinstance(query, bytes) else query.to_wire()
                reply = await service.slow(wire, client)
                return None if reply is None else dns.message.from_wire(reply).rcode()

            good = dns.message.make_query("www.example", "A")
            chaos = dns.message.make_query("version.bind", "TXT", rdclass="CH")
            update = good.to_wire()[:2] + b"\x28" + good.to_wire()[3:]
            assert await rcode(update) == 4
            assert await rcode(chaos) == 5
            assert await rcode(dns.message.make_query("www.example", "A", use_edns=1)) == 16
            assert await rcode(good.to_wire()[:-2]) == 1
            assert await rcode(good.to_wire().replace(b"www", b"w\xffw")) == 1
            assert await rcode(b"\x00\x01\x80" + bytes(9)) is None
            assert it.fake.seen == []

    run(story())


def test_a_client_s_subnet_and_cookie_stay_here(tmp_path: Path) -> None:
    options = [dns.edns.ECSOption("198.51.100.0", 24), dns.edns.CookieOption(b"12345678", b"")]

    async def story() -> None:
        async with world(tmp_path, zone=WWW) as it:
            message = await it.ask("www.example", options=options)

            assert (answers(message), message.options) == (["www.example. A 192.0.2.1"], ())
            assert [one.has_options for one in it.fake.seen] == [False]

    run(story())


def test_upstreams_that_are_down_give_servfail_with_a_reason(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, timeout_ms=100) as it:
            it.fake.silent = True
            message = await it.ask("www.example")

            assert (message.rcode(), [int(o.code) for o in message.options]) == (2, [22])  # type: ignore[attr-defined]

    run(story())


def test_without_a_policy_only_essential_names_are_answered(tmp_path: Path) -> None:
    from proxy.dns.resolver import Resolver
    from proxy.gateway import Gateway

    async def story() -> None:
        async with world(tmp_path / "upstream", zone=WWW) as it:
            settings = policy_gateway.settings(upstreams=[{"address": "127.0.0.1", "port": it.fake.port}])
            essential = settings.gateway.model_copy(
                update={"fail_mode": "essential", "essential_names": ("www.example",)}
            )
            settings = type(settings).model_validate(
                settings.model_dump(mode="json") | {"gateway": essential.model_dump(mode="json")}
            )
            gateway = Gateway(tmp_path / "empty", fallback=settings)
            resolver = Resolver.from_settings(gateway, settings)
            open_ = await resolver.lookup("127.0.0.1", "www.example")
            closed = await resolver.lookup("127.0.0.1", "games.example")

            assert (open_.addresses, closed.addresses) == (("192.0.2.1",), ())
            assert it.fake.names() == ["www.example."] * 2
            await resolver.close()

    run(story())


def test_one_client_s_slow_names_leave_room_for_the_others(tmp_path: Path) -> None:
    class Slow(fake_upstream.FakeUpstream):
        def answer(self, data: bytes, transport: str, port: int, connection: int = 0) -> bytes | None:
            return None if b"slow" in data.lower() else super().answer(data, transport, port, connection)

    async def story() -> None:
        async with world(tmp_path, zone=WWW, fake=Slow(), max_inflight=200, timeout_ms=20_000) as it:
            with socket.socket(type=socket.SOCK_DGRAM) as sock:
                for n in range(150):
                    query = dns.message.make_query(f"n{n}.slow.example", "A")
                    sock.sendto(query.to_wire(), ("127.0.0.1", it.port))
                assert answers(await it.ask("www.example", client="127.0.1.4")) == [
                    "www.example. A 192.0.2.1"
                ]
            client = it.server.service.clients.known["127.0.0.1"]
            assert client.under_way == 25

    run(story())


def test_a_clock_set_back_ends_what_a_later_moment_decided(tmp_path: Path) -> None:
    lunch = replace(policies.PUPILS, rules=(policies.rule("games", schedule=policies.LUNCH, scope="pupils"),))

    async def story() -> None:
        def clock() -> datetime:
            return policies.school_time("10:40")

        async with world(tmp_path, policy_gateway.policy(GAMES, lunch), WWW, clock=clock) as it:
            service, wall = it.server.service, time.time()
            await it.ask("games.example")
            query = dns.message.make_query("games.example", "A", use_edns=0, payload=1232).to_wire()
            client = service.clients.known["127.0.0.1"]
            assert service.quick(query, client, time.monotonic()) is not None
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr("proxy.dns.service.time.time", lambda: wall - 60)
                assert service.quick(query, client, time.monotonic()) is None

    run(story())


def test_events_of_answers_that_outlive_an_overlay_name_it(tmp_path: Path) -> None:
    audience = Audience(groups=frozenset({"staff"}))
    other = Override("o-1", Action.BLOCK, Target("else.example"), audience, "class", "Ms Lee")

    async def story() -> None:
        records = ("www.example. 300 IN A 192.0.2.3",)
        async with world(tmp_path, policy_gateway.policy(overlay=3), records, records=True) as it:
            await it.ask("www.example")
            it.spool.flush()
            policy = policy_gateway.policy(overlay=4, overrides=(other,))
            assert it.gateway.settings is not None
            policy_gateway.put_in_force(it.gateway, policy, it.gateway.settings)
            await it.ask("www.example")
            assert len(it.fake.seen) == 1
            it.spool.flush()
            assert {event.overlay for event in Journal(tmp_path / "spool").events()} == {3, 4}

    run(story())

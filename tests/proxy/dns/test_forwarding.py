"""Who waits for the answer to a question that is under way already, and what becomes of it?"""

import asyncio
from itertools import batched, pairwise
from time import monotonic

import dns.message
import dns.rrset
import pytest

from dns_world import WWW, Asker, answer_of, begun, example_upstream, forwarding, run, upstream_at
from fake_upstream import Seen, running
from proxy import metrics
from proxy.dns.errors import UpstreamOverload, UpstreamProblem
from proxy.dns.everyday import Everyday
from proxy.dns.forwarding import Forwarding
from proxy.dns.labels import to_wire
from proxy.dns.pending import Pending, Result
from proxy.dns.plan import Plan
from proxy.dns.records import A, Answer, Asked

pytestmark = pytest.mark.usefixtures("no_repeats")


def test_an_everyday_answer_comes_without_a_task() -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            asking = forwarding(upstream_at(upstream.port))
            future = begun(asking, WWW)
            tasks = len(asyncio.all_tasks())
            result = await future

            assert isinstance(result, Everyday)
            assert result.packed_addresses() == [b"\xc0\x00\x02\x01"]
            assert len(asyncio.all_tasks()) <= tasks
            await asking.close()

    run(story())


def test_who_asks_the_same_waits_for_the_same_however_it_was_begun() -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            asking = forwarding(upstream_at(upstream.port))
            first, waits = begun(asking, WWW), asyncio.ensure_future(answer_of(asking))
            await asyncio.sleep(0)
            third = begun(asking, WWW)
            one, two = await first, await third

            assert await waits == ("192.0.2.1",)
            assert one is two
            assert len(upstream.seen) == 1
            await asking.close()

    run(story())


def _without_repeats(seen: list[Seen]) -> list[Seen]:
    """The first sending of each name: on a busy machine an answer comes after the time for a repeat."""
    first: dict[str, Seen] = {}
    for one in seen:
        first.setdefault(one.name.lower(), one)
    return list(first.values())


def test_ids_ports_and_spellings_of_questions_under_way_together_are_apart() -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            asking = forwarding(upstream_at(upstream.port))
            names = [f"a-rather-long-label-{n:03}.example" for n in range(600)]
            for some in batched(names, 100):
                await asyncio.gather(*(begun(asking, Asked(to_wire(name), A)) for name in some))
            seen = _without_repeats(upstream.seen)
            await asking.close()

        ports = [one.port for one in seen]
        assert len(seen) == 600
        assert len({one.id for one in seen}) > 560
        assert len(set(ports)) >= 64
        assert max(ports.count(port) for port in set(ports)) <= 16
        assert all(one.name != one.name.lower() for one in seen)
        steps = {later - earlier for earlier, later in pairwise(ports)}
        assert len(steps) > 100  # no order in them either

    run(story())


def test_forged_answers_are_ignored_and_the_true_one_counts() -> None:
    def forged(reply: bytes, query: dns.message.Message) -> list[bytes]:
        lie = reply.replace(b"\xc0\x00\x02\x01", b"\xc6\x33\x64\x01")
        wrong_id = bytes((lie[0] ^ 1,)) + lie[1:]
        wrong_name = lie[:13] + b"vvv" + lie[16:]
        no_answer = lie[:2] + bytes((lie[2] & 0x7F,)) + lie[3:]
        return [wrong_id, wrong_name, no_answer, b"", lie[:11], reply]

    async def story() -> None:
        async with running(example_upstream()) as upstream:
            upstream.twist = forged
            asking = forwarding(upstream_at(upstream.port))
            result = await begun(asking, WWW)

            assert isinstance(result, Everyday)
            assert result.packed_addresses() == [b"\xc0\x00\x02\x01"]
            await asking.close()

    run(story())


def test_silence_and_a_server_that_declines_are_left_for_the_next() -> None:
    async def story() -> None:
        async with running(example_upstream()) as poor, running(example_upstream()) as good:
            asking = forwarding(upstream_at(poor.port), upstream_at(good.port), timeout_s=1.0)
            poor.silent = True
            late = await begun(asking, WWW)
            poor.silent, poor.rcode = False, 5
            declined = await begun(asking, WWW._replace(do=True))

            assert [type(one) for one in (late, declined)] == [Answer, Answer]
            assert (len(poor.seen), len(good.seen)) == (2, 2)
            await asking.close()

    run(story())


def test_the_sweep_repeats_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[int] = []

    def noticed(asker: Pending, now: float, may_repeat: bool = True) -> bool:
        if asker.key == first:
            swept.append(0)
        repeated = notice(asker, now, may_repeat)
        swept[-1] += repeated
        return repeated

    first, notice = Asked(to_wire("n0.example"), A).key, Pending.notice
    monkeypatch.setattr("proxy.dns.upstream.REPEAT_S", 0.01)
    monkeypatch.setattr("proxy.dns.forwarding.REPEATS_A_SWEEP", 2)
    monkeypatch.setattr(Pending, "notice", noticed)

    async def story() -> None:
        async with running(example_upstream()) as upstream:
            upstream.silent = True
            asking = forwarding(upstream_at(upstream.port), timeout_s=8.0)
            for number in range(5):
                begun(asking, Asked(to_wire(f"n{number}.example"), A))
            while len(upstream.seen) < 15:
                await asyncio.sleep(0.001)
            await asking.close()

    run(story())
    assert sum(swept) == 10
    assert max(swept) == 2


def test_closing_ends_what_is_under_way() -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            upstream.silent = True
            asking = forwarding(upstream_at(upstream.port))
            future = begun(asking, WWW)
            await asking.close()

            assert isinstance(await future, UpstreamOverload)

    run(story())


def test_nobody_is_told_twice_when_a_task_under_way_is_ended() -> None:
    class Counting(Asker):
        told = 0

        def take(self, result: Result, now: float) -> None:
            self.told += 1
            if not self.future.done():
                super().take(result, now)

    async def story() -> None:
        async with running(example_upstream()) as upstream:
            upstream.truncates = True  # so that a task goes on over TCP
            asking = forwarding(upstream_at(upstream.port))
            asker = Counting(WWW)
            asking.begin(asker, monotonic())
            before = len(asyncio.all_tasks())
            while len(asyncio.all_tasks()) == before:
                await asyncio.sleep(0)
            await asking.close()
            assert isinstance(await asker.future, UpstreamOverload)
            while len(asyncio.all_tasks()) > before:
                await asyncio.sleep(0)
            assert asker.told == 1

    run(story())


def test_nothing_begins_where_all_is_closed() -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            asking = forwarding(upstream_at(upstream.port))
            await asking.close()
            with pytest.raises(UpstreamOverload):
                begun(asking, WWW)
            assert upstream.seen == []

    run(story())


def test_what_upstreams_say_is_kept_though_nobody_waits_any_more() -> None:
    kept: list[bytes] = []

    def keep[T: (Everyday, Answer)](key: bytes, answer: T) -> T:
        kept.append(key)
        return answer

    async def story() -> None:
        async with running(example_upstream()) as upstream:
            asking = Forwarding.from_plan(Plan(upstreams=(upstream_at(upstream.port),)), keep)
            gone = asyncio.ensure_future(asking.ask(WWW))
            await asyncio.sleep(0)
            gone.cancel()
            await begun(asking, WWW)

            assert kept == [WWW.key]
            await asking.close()

    run(story())


def test_a_fault_is_told_to_those_who_wait_and_the_next_ask_anew() -> None:
    faults = [True]

    def keep[T: (Everyday, Answer)](key: bytes, answer: T) -> T:
        if faults.pop() if faults else False:
            raise RuntimeError("no room")
        return answer

    async def story() -> None:
        async with running(example_upstream()) as upstream:
            counted = metrics.ERRORS.bind("dns").value
            asking = Forwarding.from_plan(Plan(upstreams=(upstream_at(upstream.port),)), keep)
            assert type(await begun(asking, WWW)) is UpstreamProblem
            assert metrics.ERRORS.bind("dns").value == counted + 1
            assert isinstance(await begun(asking, WWW), Everyday)
            await asking.close()

    run(story())


def test_what_cannot_even_be_sent_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("no dice")

    async def story() -> None:
        async with running(example_upstream()) as upstream:
            asking = forwarding(upstream_at(upstream.port))
            with monkeypatch.context() as patched:
                patched.setattr("proxy.dns.upstream.Upstream.send", broken)
                with pytest.raises(RuntimeError):
                    begun(asking, WWW)
            assert isinstance(await begun(asking, WWW), Everyday)
            await asking.close()

    run(story())

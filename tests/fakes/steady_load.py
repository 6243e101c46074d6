"""Steady questions to a running filter, each answer checked: right, declined, missing, or wrong.

Declined is what fails shut: REFUSED, SERVFAIL, a closed connection, HTTP 5xx. Wrong is a listed name
answered with anything but its block, or an open one answered with anything but itself.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from proxy.dns.errors import Malformed
from proxy.selftest.dns_probe import AAAA, A, make_query, read_answer
from proxy.selftest.web_probe import End, ProxyAt, Unreached, WebAnswer, get_in_clear, get_in_tunnel

HTTPS_RECORD = 65
REFUSED, SERVFAIL = 5, 2
SOCKETS = 24
TICK_S = 0.005
MARKED_SHARE = 0.1
MAX_KEPT = 5


class Fate(Enum):
    """What became of one question."""

    RIGHT = "right"
    DECLINED = "declined"
    WRONG = "wrong"


@dataclass(frozen=True)
class Marked:
    """A question that no other is like, so that its event can be found.

    asked   before it was asked, in seconds since the epoch
    at      when its answer had come
    """

    mark: str
    asked: float
    at: float


@dataclass
class Tally:
    """Counts of one kind of load."""

    sent: int = 0
    right: int = 0
    declined: int = 0
    wrong: int = 0
    examples: list[str] = field(default_factory=list)
    marked: list[Marked] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """Questions without an answer."""
        return self.sent - self.right - self.declined - self.wrong

    def count(self, fate: Fate, example: str) -> None:
        """Add one answer."""
        if fate is Fate.RIGHT:
            self.right += 1
        elif fate is Fate.DECLINED:
            self.declined += 1
        else:
            self.wrong += 1
            if len(self.examples) < MAX_KEPT:
                self.examples.append(example)


@dataclass(frozen=True)
class Question:
    """A name for one client, and the only addresses that are right; none: any answer record is wrong."""

    client: str
    name: str
    qtype: int
    right: tuple[str, ...]


@dataclass(frozen=True)
class World:
    """What is asked, by whom, and what is right.

    listed    names that are blocked for `minor`, and lead to `page`
    open_     names that are open, and lead to `elsewhere`
    both      a name that is blocked for `minor` and leads `adult` to `site`
    """

    listed: Sequence[str]
    open_: Sequence[str]
    both: str
    minor: str
    adult: str
    page: str
    elsewhere: str
    site: str

    def questions(self) -> list[Question]:
        """Every question that is asked again and again."""
        blocked = [Question(self.minor, name, A, (self.page,)) for name in (*self.listed, self.both)]
        empty = [Question(self.minor, n, t, ()) for n in self.listed[::4] for t in (AAAA, HTTPS_RECORD)]
        opened = [Question(self.minor, name, A, (self.elsewhere,)) for name in self.open_]
        adults = [Question(self.adult, self.both, A, (self.site,))] * max(1, len(self.listed) // 4)
        return blocked + empty + opened + adults


class DnsLoad:
    """Asks the resolver so many questions a second over UDP, from many ports."""

    def __init__(self, server: tuple[str, int], world: World, qps: float) -> None:
        self.tally = Tally()
        self._server, self._world, self._qps = server, world, qps
        self._serial = itertools.count()
        self._random = random.Random(5)

    async def run(self, over: asyncio.Event) -> None:
        """Ask until it is over, then wait two seconds for the last answers."""
        loop = asyncio.get_running_loop()
        ends = [
            (await loop.create_datagram_endpoint(
                lambda: _End(self.tally), local_addr=(client, 0), remote_addr=self._server
            ))[1]
            for client in (self._world.minor, self._world.adult)
            for _ in range(SOCKETS)
        ]  # fmt: skip
        of = {self._world.minor: ends[:SOCKETS], self._world.adult: ends[SOCKETS:]}
        asked, began = self._world.questions(), time.monotonic()
        while not over.is_set():
            due = int((time.monotonic() - began) * self._qps)
            while self.tally.sent < due:
                question, mark = self._next(asked)
                self._random.choice(of[question.client]).ask(question, mark)
                self.tally.sent += 1
            await asyncio.sleep(TICK_S)
        await asyncio.sleep(2)
        for end in ends:
            end.transport.close()

    def _next(self, asked: list[Question]) -> tuple[Question, str]:
        if self._random.random() >= MARKED_SHARE:
            return self._random.choice(asked), ""
        world = self._world
        mark = f"m{next(self._serial)}.{world.both}"
        return Question(world.minor, mark, A, (world.page,)), mark


class _End(asyncio.DatagramProtocol):
    """One port of a client. Ids count up, so that a late answer meets no other question."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._waiting: dict[int, tuple[Question, str, float]] = {}
        self._ids = itertools.cycle(range(65536))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.DatagramTransport)
        self.transport = transport

    def ask(self, question: Question, mark: str) -> None:
        ident = next(self._ids)
        self._waiting[ident] = (question, mark, time.time())
        self.transport.sendto(ident.to_bytes(2) + make_query(question.name, question.qtype)[2:])

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        found = self._waiting.pop(int.from_bytes(data[:2]), None)
        if found is None:
            return
        question, mark, asked = found
        fate, said = judge_dns(question, data)
        self._tally.count(fate, f"{question.name} type {question.qtype} for {question.client}: {said}")
        if mark and fate is Fate.RIGHT:
            self._tally.marked.append(Marked(mark, asked, time.time()))

    def error_received(self, exc: Exception) -> None:
        """The port is closed while a resolver is started again; the question goes without an answer."""


def judge_dns(question: Question, data: bytes) -> tuple[Fate, str]:
    """Grade an answer to a question."""
    try:
        answer = read_answer(data)
    except Malformed as error:
        return Fate.WRONG, f"malformed: {error}"
    if answer.rcode in (REFUSED, SERVFAIL):
        return Fate.DECLINED, ""
    records = int.from_bytes(data[6:8])
    right = answer.rcode == 0 and answer.addresses == question.right and records == len(question.right)
    return (Fate.RIGHT, "") if right else (Fate.WRONG, f"{records} records, {answer}")


@dataclass(frozen=True)
class Sites:
    """Pages that are asked for: a blocked and an open site, with the ports that they are on."""

    blocked: str
    open_: str
    http: int
    https: int
    forbidden_words: str


class WebLoad:
    """Asks the proxy for so many pages a second, in clear and in tunnels, blocked ones and open ones."""

    def __init__(self, proxy: ProxyAt, sites: Sites, client: str, rps: float) -> None:
        self.tally = Tally()
        self._proxy, self._sites, self._client, self._rps = proxy, sites, client, rps

    async def run(self, over: asyncio.Event) -> None:
        """Ask until it is over, and wait for the last answers."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as asking:
            while not over.is_set():
                due = int((time.monotonic() - began) * self._rps)
                while self.tally.sent < due:
                    asking.create_task(self._ask(self.tally.sent))
                    self.tally.sent += 1
                await asyncio.sleep(TICK_S)

    async def _ask(self, number: int) -> None:
        blocked, tunnel = number % 2 == 0, number % 4 > 1
        host, path = (self._sites.blocked if blocked else self._sites.open_), f"/k{number}x"
        asked = time.time()
        try:
            if tunnel:
                answer = await get_in_tunnel(self._proxy, self._client, host, self._sites.https, path=path)
            else:
                answer = await get_in_clear(self._proxy, self._client, host, port=self._sites.http, path=path)
        except Unreached:
            self.tally.count(Fate.DECLINED, "")
            return
        fate = self._judge(answer, blocked, path)
        self.tally.count(fate, f"{host}{path} tunnel={tunnel}: {answer.detail} {answer.text[:80]!r}")
        if fate is Fate.RIGHT:
            self.tally.marked.append(Marked(path, asked, time.time()))

    def _judge(self, answer: WebAnswer, blocked: bool, path: str) -> Fate:
        if answer.end is End.FOREIGN or (blocked and self._sites.forbidden_words in answer.text):
            return Fate.WRONG
        if answer.end is End.REFUSED or answer.status >= 500:
            return Fate.DECLINED
        if blocked:
            return Fate.RIGHT if answer.status == 403 else Fate.WRONG
        return Fate.RIGHT if answer.status == 200 and path in answer.text else Fate.WRONG

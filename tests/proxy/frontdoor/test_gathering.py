"""Fast transfers, which are carried on when much has come, and whose last octets wait for nothing."""

import asyncio
import socket
from contextlib import contextmanager, suppress

import pytest

from proxy.event_loop import new_event_loop
from proxy.frontdoor import gathering as gathering_itself
from proxy.frontdoor.gathering import LITTLE, MUCH, Gathering
from proxy.frontdoor.one_way import BUFFER, STRETCH, OneWay
from proxy.frontdoor.poller import READ, Poller


class Carrier:
    """Looks after one way between two TCP connections."""

    def __init__(self, poller: Poller, source: socket.socket, target: socket.socket) -> None:
        self.poller = poller
        self.way = OneWay(source, target, memoryview(bytearray(BUFFER)))
        self.back = OneWay(target, source, memoryview(bytearray(BUFFER)))
        poller.watch(source.fileno(), self, READ)

    def ready(self, descriptor: int, mask: int) -> None:
        while self.way.pump():
            pass

    def cut(self) -> None:
        self.poller.closing(self.way.source.fileno())
        self.way.source.close()


@pytest.fixture
def no_tick(monkeypatch):
    """No tick comes by itself."""
    monkeypatch.setattr(gathering_itself, "TICK_S", 3600.0)


@contextmanager
def tcp():
    """Both ends of a TCP connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
    with ours, theirs:
        for one in (ours, theirs):
            one.setblocking(False)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield ours, theirs


def run(story) -> None:
    async def told() -> None:
        loop = asyncio.get_running_loop()
        poller = Poller(loop)
        gathering = Gathering(loop, poller)
        with tcp() as (sender, source), tcp() as (target, reader):
            carrier = Carrier(poller, source, target)
            await asyncio.wait_for(story(gathering, carrier, sender, reader), 60)
        gathering.stop()
        poller.close()

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(told())


def woken(carrier: Carrier, seconds: float) -> bool:
    """Whether the kernel has something for the carrier."""
    return bool(carrier.poller._epoll.poll(seconds))


def lowest(carrier: Carrier) -> int:
    return carrier.way.source.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT)


async def has_come(carrier: Carrier, length: int) -> None:
    """Wait until so much is there to be read."""
    there = 0
    while there < length:
        await asyncio.sleep(0)
        with suppress(BlockingIOError):
            there = len(carrier.way.source.recv(length, socket.MSG_PEEK))


async def received(reader: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        data += await asyncio.get_running_loop().sock_recv(reader, MUCH)
    return data


def test_the_kernel_wakes_for_little_before_and_only_for_much_while_it_gathers(no_tick):
    async def story(gathering, carrier, sender, _):
        sender.send(b"little")
        assert woken(carrier, 10)
        carrier.ready(0, 0)
        gathering.begin(carrier, carrier.way, carrier.back)
        sender.send(b"little")
        await has_come(carrier, 6)
        assert not woken(carrier, 0)
        loop = asyncio.get_running_loop()
        sending = loop.create_task(loop.sock_sendall(sender, b"m" * (2 * MUCH)))
        while carrier.way.carried < MUCH:  # no tick comes: it is the kernel that wakes us
            await asyncio.sleep(0)
        await sending

    run(story)


def test_the_last_octets_of_a_fast_transfer_are_carried_on_though_nothing_comes_behind_them():
    async def story(gathering, carrier, sender, reader):
        gathering.begin(carrier, carrier.way, carrier.back)
        assert lowest(carrier) == MUCH
        sender.send(b"last")
        assert await received(reader, 4) == b"last"
        while gathering:
            await asyncio.sleep(0)
        assert lowest(carrier) == 1
        sender.send(b"more")
        assert await received(reader, 4) == b"more"

    run(story)


def test_a_transfer_that_goes_on_fast_is_gathered_on_and_comes_whole(no_tick):
    async def story(gathering, carrier, sender, reader):
        gathering.begin(carrier, carrier.way, carrier.back)
        gathering.begin(carrier, carrier.way, carrier.back)
        sent = b""
        for number in range(8):
            piece = bytes([number]) * LITTLE
            await asyncio.get_running_loop().sock_sendall(sender, piece)
            await has_come(carrier, LITTLE)
            sent += piece
            gathering._tick()
            assert (len(gathering), lowest(carrier)) == (1, MUCH)
            assert await received(reader, LITTLE) == piece
        assert carrier.way.carried == len(sent)

    run(story)


def test_a_transfer_whose_pieces_are_answered_is_gathered_no_more(no_tick):
    async def story(gathering, carrier, sender, reader):
        gathering.begin(carrier, carrier.way, carrier.back)
        await exchange(gathering, carrier, sender, reader)
        assert (len(gathering), lowest(carrier)) == (1, MUCH)  # for a long one may have come before
        await exchange(gathering, carrier, sender, reader)
        assert (len(gathering), lowest(carrier)) == (0, 1)
        carrier.way.carried += STRETCH
        assert not carrier.way.runs_fast(carrier.way.looked)  # nor at once again

    async def exchange(gathering, carrier, sender, reader):
        await asyncio.get_running_loop().sock_sendall(sender, b"p" * LITTLE)
        await has_come(carrier, LITTLE)
        reader.send(b"more")
        before = carrier.back.carried
        while carrier.back.carried == before:
            carrier.back.pump()
            await asyncio.sleep(0)
        gathering._tick()
        assert await received(reader, LITTLE) == b"p" * LITTLE

    run(story)


def test_a_connection_that_is_closed_meanwhile_is_forgotten(no_tick):
    async def story(gathering, carrier, _, __):
        gathering.begin(carrier, carrier.way, carrier.back)
        carrier.cut()
        gathering._tick()
        assert not gathering
        gathering.begin(carrier, carrier.way, carrier.back)  # a closed one is none that could be gathered
        assert not gathering

    run(story)


def test_the_end_of_a_transfer_is_no_matter_of_how_much_has_come():
    async def story(gathering, carrier, sender, _):
        gathering.begin(carrier, carrier.way, carrier.back)
        sender.send(b"last")
        sender.close()
        assert woken(carrier, 10)
        while not carrier.way.ended:
            await asyncio.sleep(0)
        assert carrier.way.carried == 4

    run(story)


def test_a_faulty_owner_is_cut_and_the_others_go_on(no_tick):
    async def story(gathering, carrier, _, __):
        def faulty(descriptor: int, mask: int) -> None:
            raise RuntimeError("a fault")

        gathering.begin(carrier, carrier.way, carrier.back)
        carrier.ready = faulty
        with tcp() as (sender, source), tcp() as (target, reader):
            other = Carrier(carrier.poller, source, target)
            gathering.begin(other, other.way, other.back)
            sender.send(b"last")
            await has_come(other, 4)
            gathering._tick()
            assert carrier.way.source.fileno() < 0
            assert await received(reader, 4) == b"last"
            other.poller.forget(source.fileno())

    run(story)

"""One epoll set for many sockets."""

import asyncio
import socket

from proxy.event_loop import new_event_loop
from proxy.frontdoor.poller import BOTH, READ, Poller


class Reader:
    """Reads what comes, and can be told to fail."""

    def __init__(self, poller: Poller, sock: socket.socket) -> None:
        self.poller, self.sock = poller, sock
        self.heard = b""
        self.calls: list[int] = []
        self.cuts = 0
        self.fault: Exception | None = None
        self.something = asyncio.Event()

    def ready(self, descriptor: int, mask: int) -> None:
        self.calls.append(descriptor)
        self.something.set()
        if self.fault is not None:
            raise self.fault
        try:
            self.heard += self.sock.recv(100)
        except BlockingIOError:
            return

    def cut(self) -> None:
        self.cuts += 1
        self.poller.closing(self.sock.fileno())
        self.sock.close()
        raise RuntimeError("closing fails as well")


def run(story) -> None:
    async def told() -> None:
        poller = Poller(asyncio.get_running_loop())
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with ours, theirs:
            await asyncio.wait_for(story(poller, Reader(poller, ours), theirs), 60)
        poller.close()

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(told())


def test_an_owner_is_called_when_something_has_come():
    async def story(poller, reader, theirs):
        poller.watch(reader.sock.fileno(), reader, READ)
        theirs.send(b"one")
        await reader.something.wait()
        assert reader.heard == b"one"
        poller.forget(reader.sock.fileno())
        theirs.send(b"two")
        assert poller._epoll.poll(0) == []

    run(story)


def test_waiting_for_more_kinds_of_events_counts_what_is_ready_already():
    async def story(poller, reader, _):
        poller.watch(reader.sock.fileno(), reader, READ)
        poller.change(reader.sock.fileno(), BOTH)
        await reader.something.wait()
        assert reader.calls

    run(story)


def test_whoever_was_not_finished_is_called_again_for_each_of_its_sockets():
    async def story(poller, reader, theirs):
        other = Reader(poller, theirs)
        poller.watch(reader.sock.fileno(), reader, READ)
        poller.watch(theirs.fileno(), reader, READ)
        poller.again(reader, reader.sock.fileno())
        poller.again(reader, theirs.fileno())
        poller.again(other, 10_000)
        await reader.something.wait()
        assert reader.calls == [reader.sock.fileno(), theirs.fileno()]
        assert other.calls == []

    run(story)


def test_a_fault_closes_what_its_owner_holds_and_others_go_on(caplog):
    async def story(poller, reader, theirs):
        reader.fault = ZeroDivisionError("a fault")
        poller.watch(reader.sock.fileno(), reader, READ)
        theirs.send(b"one")
        await reader.something.wait()
        assert (reader.cuts, reader.sock.fileno()) == (1, -1)
        ours, more = socket.socketpair()
        ours.setblocking(False)
        with ours, more:
            healthy = Reader(poller, ours)
            poller.watch(ours.fileno(), healthy, READ)
            more.send(b"two")
            await healthy.something.wait()
            assert healthy.heard == b"two"
            poller.forget(ours.fileno())

    run(story)
    assert [record.exc_info[0] for record in caplog.records] == [ZeroDivisionError]

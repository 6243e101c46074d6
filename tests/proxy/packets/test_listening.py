"""What the kernel sends is handed on, and what it had to throw away is counted."""

import asyncio
import contextlib
import errno
import logging
import socket

import pytest

from namespaces import namespaces, need
from proxy import metrics
from proxy.packets.listening import AT_ONCE, NflogListener
from proxy.packets.nflog import Overrun

pytestmark = pytest.mark.network


class Overrunning:
    """Stands for the socket: first what was lost, then datagrams, then nothing."""

    def __init__(self, *said: OSError | bytes) -> None:
        self.said = list(said)

    def recv(self, size: int) -> bytes:
        one = self.said.pop(0) if self.said else BlockingIOError()
        if isinstance(one, OSError):
            raise one
        return one[:size]

    def fileno(self) -> int:
        return -1


@pytest.fixture
def listener():
    need()
    with namespaces("quiet") as (quiet,), contextlib.ExitStack() as stack:
        with quiet.inside():
            made = stack.enter_context(NflogListener(40, 256))
        yield made


def test_a_group_is_heard_of_by_one_process(listener: NflogListener) -> None:
    assert listener.fileno() > 0
    listener.take_all(lambda _: pytest.fail("nothing was refused"))


def test_a_group_that_another_has_is_said_to_be_busy() -> None:
    need()
    busy = pytest.raises(OSError, match="another process listens to log group 40 already")
    with namespaces("busy") as (namespace,), namespace.inside(), NflogListener(40, 256), busy:
        NflogListener(40, 256)


def test_what_was_lost_is_counted_and_the_rest_is_taken(listener: NflogListener, caplog) -> None:
    before, taken = metrics.PACKETS_UNTOLD.bind("overrun").value, []
    listener.close()
    listener._socket = Overrunning(OSError(errno.ENOBUFS, "full"), b"one")

    with caplog.at_level(logging.WARNING):
        listener.take_all(taken.append)

    assert taken == [b"one"]
    assert metrics.PACKETS_UNTOLD.bind("overrun").value == before + 1
    assert "lower `packets.log_per_s`" in caplog.text


def test_one_bad_packet_does_not_end_the_record_of_others(listener: NflogListener, caplog) -> None:
    errors, lost = metrics.ERRORS.bind("packets").value, metrics.PACKETS_UNTOLD.bind("overrun").value
    listener.close()
    listener._socket = Overrunning(b"bad", b"lost", b"good")
    taken = []

    def take(datagram: bytes) -> None:
        if datagram == b"bad":
            raise KeyError
        if datagram == b"lost":
            raise Overrun
        taken.append(datagram)

    listener.take_all(take)

    assert taken == [b"good"]
    assert metrics.ERRORS.bind("packets").value == errors + 1
    assert metrics.PACKETS_UNTOLD.bind("overrun").value == lost + 1


def test_others_have_a_turn_after_so_many(listener: NflogListener) -> None:
    listener.close()
    listener._socket = Overrunning(*[b"one"] * (AT_ONCE + 5))
    taken = []

    listener.take_all(taken.append)

    assert len(taken) == AT_ONCE


def test_an_event_loop_hears_of_what_comes(listener: NflogListener) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.setblocking(False)
    listener.close()
    listener._socket = ours

    async def hear() -> bytes:
        heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        listener.watch(asyncio.get_running_loop(), heard.set_result)
        theirs.send(b"refused")
        return await asyncio.wait_for(heard, 5)

    with ours, theirs:
        assert asyncio.run(hear()) == b"refused"

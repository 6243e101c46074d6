"""How do many datagrams cross into the kernel and back in one call?"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from proxy.dns.datagrams import AT_ONCE, IP_PKTINFO, MAX_DATAGRAM, STARTS, Datagrams, OneByOne
from proxy.dns.many_at_once import ManyAtOnce, datagrams

WAYS = [pytest.param(ManyAtOnce, id="many at once"), pytest.param(OneByOne, id="one by one")]

type Way = Callable[[socket.socket, bool], Datagrams]


@contextmanager
def ends(
    way: Way, host: str = "127.0.0.1", everywhere: str = ""
) -> Iterator[tuple[Datagrams, socket.socket]]:
    """A server's datagrams and a client's socket that is connected to it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.socket(family, socket.SOCK_DGRAM) as server,
        socket.socket(family, socket.SOCK_DGRAM) as client,
    ):
        server.setblocking(False)
        if everywhere and family == socket.AF_INET6:
            server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        elif everywhere:
            server.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        server.bind((everywhere or host, 0))
        client.settimeout(60)
        client.connect((host, server.getsockname()[1]))
        yield way(server, bool(everywhere)), client


def received(io: Datagrams) -> list[bytes]:
    count = io.receive()
    return [
        io.octets[start : start + length].tobytes()
        for start, length in zip(STARTS, io.lengths(count), strict=False)
    ]


def answer(io: Datagrams, slot: int, octets: bytes) -> None:
    io.octets[STARTS[slot] : STARTS[slot] + len(octets)] = octets
    io.sizes[slot] = len(octets)


@pytest.mark.parametrize("way", WAYS)
def test_datagrams_of_all_lengths_are_read_whole_and_in_order(way: Way) -> None:
    sent = [bytes((n % 251,)) * n for n in (0, 1, 17, 512, 1500, MAX_DATAGRAM)]
    with ends(way) as (io, client):
        for data in sent:
            client.send(data)

        assert received(io) == sent
        assert received(io) == []


@pytest.mark.parametrize("way", WAYS)
def test_no_more_are_taken_than_there_are_slots(way: Way) -> None:
    with ends(way) as (io, client):
        for n in range(AT_ONCE + 3):
            client.send(b"%d" % n)

        assert received(io) == [b"%d" % n for n in range(AT_ONCE)]
        assert received(io) == [b"64", b"65", b"66"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_run_of_answers_leaves_and_the_others_stay(way: Way, host: str) -> None:
    with ends(way, host) as (io, client):
        for data in (b"first", b"second", b"third", b"fourth"):
            client.send(data)
        assert len(received(io)) == 4
        for slot in (1, 2):
            answer(io, slot, b"answer %d, longer than what was asked" % slot)
        io.send(1, 3)
        answer(io, 3, b"4")
        io.send(3, 4)

        assert [client.recv(100) for _ in range(3)] == [
            b"answer 1, longer than what was asked", b"answer 2, longer than what was asked", b"4",
        ]  # fmt: skip
        assert io.host(0) == host


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("host", "everywhere"),
    [("127.0.0.1", ""), ("::1", ""), ("127.0.0.78", "0.0.0.0"), ("::1", "::")],
    ids=["IPv4", "IPv6", "all of IPv4", "all of IPv6"],
)
def test_answers_in_some_slots_leave_together_and_the_others_stay(
    way: Way, host: str, everywhere: str
) -> None:
    with ends(way, host, everywhere) as (io, client):
        for turn in range(2):
            for n in range(5):
                client.send(b"%d" % n)
            assert len(received(io)) == 5
            for slot in (0, 2, 3):
                answer(io, slot, b"answer %d of turn %d" % (slot, turn))
            io.send_some([0, 2, 3])
            answer(io, 4, b"4")
            io.send(4, 5)

            assert [client.recv(100) for _ in range(4)] == [
                *(b"answer %d of turn %d" % (slot, turn) for slot in (0, 2, 3)), b"4",
            ]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_late_answer_reaches_its_asker_when_the_slots_hold_others_by_then(way: Way) -> None:
    with ends(way) as (io, first), socket.socket(type=socket.SOCK_DGRAM) as second:
        second.settimeout(60)
        second.connect(first.getpeername())
        first.send(b"one")
        assert received(io) == [b"one"]
        peer = io.peer(0)
        second.send(b"two")
        assert received(io) == [b"two"]
        io.send_to([(io.peer(0), b"to the second"), (peer, b"to the first")] * 40)

        assert {first.recv(100) for _ in range(40)} == {b"to the first"}
        assert {second.recv(100) for _ in range(40)} == {b"to the second"}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("everywhere", "asked"),
    [pytest.param("0.0.0.0", "127.0.0.78", id="IPv4"), pytest.param("::", "::1", id="IPv6")],
)
def test_answers_leave_from_the_address_that_was_asked_at_once_and_late(
    way: Way, everywhere: str, asked: str
) -> None:
    with ends(way, asked, everywhere) as (io, client):
        for data in (b"one", b"two"):
            client.send(data)
        assert received(io) == [b"one", b"two"]
        late = io.peer(1)
        answer(io, 0, b"at once")
        io.send(0, 1)
        io.send_to([(late, b"late")])

        # The client's socket is connected: it takes nothing that comes from another address.
        assert [client.recv(100), client.recv(100)] == [b"at once", b"late"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_both_ways_know_an_asker_by_the_same_address(host: str) -> None:
    known = []
    for way in (ManyAtOnce, OneByOne):
        with ends(way, host) as (io, client):
            client.send(b"?")
            assert received(io) == [b"?"]
            known.append((list(io.addresses(1)), io.host(0)))

    assert known[0] == known[1]


def test_an_answer_that_cannot_be_sent_does_not_keep_the_next_ones() -> None:
    with ends(ManyAtOnce) as (io, client):
        client.send(b"?")
        assert received(io) == [b"?"]
        nowhere = bytes(16), b""  # of no address family
        io.send_to([(nowhere, b"lost"), (io.peer(0), b"found")])

        assert client.recv(100) == b"found"


def test_the_way_with_fewer_calls_is_taken_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        assert isinstance(datagrams(sock, False), ManyAtOnce)
        monkeypatch.setattr("proxy.dns.many_at_once._libc", lambda: None)
        assert isinstance(datagrams(sock, False), OneByOne)

"""How do datagrams come in and go out? Many a wake-up, the known ones answered on the spot."""

import asyncio
import socket
from ipaddress import ip_address
from time import monotonic, time

from proxy import metrics
from proxy.dns.clients import Client
from proxy.dns.datagrams import AT_ONCE, IP_PKTINFO, STARTS, Address, Peer
from proxy.dns.many_at_once import datagrams
from proxy.dns.plan import Endpoint
from proxy.dns.service import Service
from proxy.dns.wire import hot_key
from proxy.journal.codec import ClientTag
from proxy.judgement import Judgement

ROUNDS = 4  # of datagrams in one wake-up, before others of the loop have their turn
BUFFER_OCTETS = 1 << 20


class UdpServer:
    """One UDP socket of a worker. Workers share the address and port (SO_REUSEPORT); the kernel spreads
    clients over them. A socket on all addresses of the machine answers from the one that was asked."""

    def __init__(self, service: Service, endpoint: Endpoint) -> None:
        self._service = service
        self._bound = service.clients.bound
        self._tasks: set[asyncio.Task[None]] = set()
        self._late: list[tuple[Peer, bytes]] = []
        self._open = True
        self._queries = metrics.QUERIES.bind("dns", "udp")
        self._socket = bound_socket(endpoint, socket.SOCK_DGRAM)
        everywhere = ip_address(endpoint.address).is_unspecified
        if everywhere and endpoint.is_ipv6:
            self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        elif everywhere:
            self._socket.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        self._io = datagrams(self._socket, everywhere)
        self.endpoint = Endpoint(endpoint.address, self._socket.getsockname()[1])

    def start(self) -> None:
        """Begin to answer, in the running loop."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._readable)

    def close(self) -> None:
        """Close the socket of a server that was never started."""
        self._open = False
        self._socket.close()

    async def stop(self, grace_s: float) -> None:
        """Take nothing new, finish what is under way within the grace, and close."""
        self._loop.remove_reader(self._socket)
        await self._service.settling.quiet(grace_s)
        for task in list(self._tasks):
            task.cancel()
        self._send_late()
        self.close()

    def _readable(self) -> None:
        for _ in range(ROUNDS):
            count = self._io.receive()
            if count:
                self._answer(count)
            if count < AT_ONCE:
                return

    def _answer(self, count: int) -> None:
        """Answer the datagrams in the first slots.

        One loop without a call for the question seen before: every click waits for this, and a call costs
        as much as a look-up. Answers leave together.
        """
        service, io, bound = self._service, self._io, self._bound
        octets, sizes = io.octets, io.sizes
        now, wall = monotonic(), time()
        epoch = service.cache.at(now, wall)
        turn, templates = service.frame()
        telling = service.telling
        told = None if telling is None else telling.at(now)
        numbers: list[int] = []
        tags: list[ClientTag] = []
        slot = -1
        hits = 0
        unanswered: list[int] = []
        for length, start, address in zip(io.lengths(count), STARTS, io.addresses(count), strict=False):
            slot += 1
            answer = None
            try:
                client = bound.get(address)
                if client is None or client.seen != now or client.tokens < 1.0:
                    client = self._admitted(slot, address, now)
                if client is None:
                    answer = self._unserved(octets[start : start + length].tobytes(), now)
                elif client.tokens < 1.0:
                    metrics.REFUSED.inc("dns", "rate_limited")
                else:
                    client.tokens -= 1.0
                    answers = client.answers
                    assert answers is not None  # of no client in `bound`
                    entry = answers.get(octets[start + 2 : start + length].tobytes())
                    if entry is None or (
                        (now >= entry.fresh or entry.epoch != epoch)
                        and not (entry.epoch == epoch and entry.renew(now, wall))
                    ):
                        query = octets[start : start + length].tobytes()
                        key = hot_key(query)
                        entry = service.finished_as(key, client, now, wall)
                        if entry is None:
                            answer = service.begin(query, key, client, self, io.peer(slot), now)
                        else:
                            answer = entry.spelled(query)
                    else:
                        answer = entry.octets
                    if entry is not None:
                        if (
                            telling is not None
                            and told is not None
                            and entry.mark | client.number not in told
                        ):
                            telling.finished(entry, client, now, wall)
                        hits += 1
                        entry.verdicts.value += 1
                        if entry.template is not None:
                            if entry.turn != turn:
                                entry.number_in(turn, templates)
                            numbers.append(entry.number)
                            tags.append(client.tag)
            except Exception as error:  # noqa: BLE001  (one datagram must not end the others' service)
                service.report(error)
            if answer is None:
                unanswered.append(slot)
            else:
                behind = start + 2 + len(answer)
                octets[start + 2 : behind] = answer
                sizes[slot] = behind - start
        if not unanswered:
            io.send(0, count)
        elif len(unanswered) < count:
            io.send_some(sorted({*range(count)}.difference(unanswered)))
        self._queries.value += count
        service.given(hits, templates, numbers, tags, wall)

    def _admitted(self, slot: int, address: Address, now: float) -> Client | None:
        """The asker's row, bound and with its allowance as of now; None when it is not to be served."""
        client = self._bound.get(address)
        if client is None:
            client = self._service.clients.admit(self._io.host(slot), now, address)
        if client is not None:
            client.refill(now)
        return client

    def _unserved(self, query: bytes, now: float) -> bytes | None:
        answer = self._service.stranger(query, now)
        return None if answer is None else answer[2:]

    def go_on(self, peer: Peer, query: bytes, client: Client, first: Judgement | None) -> None:
        """Answer a question the general way, from the judgement of its host on."""
        task = asyncio.Task(self._slow(query, client, peer, first), loop=self._loop, eager_start=True)
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _slow(self, query: bytes, client: Client, peer: Peer, first: Judgement | None) -> None:
        answer = await self._service.slow(query, client, first=first)
        if answer is not None:
            self.answer_later(peer, answer)

    def answer_later(self, peer: Peer, answer: bytes) -> None:
        """Send an answer together with others that are found in the same turn of the loop."""
        self._late.append((peer, answer))
        if len(self._late) == 1:
            self._loop.call_soon(self._send_late)

    def _send_late(self) -> None:
        late, self._late = self._late, []
        if self._open:  # else the descriptor's number may be another's by now
            self._io.send_to(late)


def bound_socket(endpoint: Endpoint, kind: socket.SocketKind) -> socket.socket:
    """Open a socket on an endpoint that other workers may share.

    Raises OSError when the address is not ours, the port is taken or needs a privilege.
    """
    family = socket.AF_INET6 if endpoint.is_ipv6 else socket.AF_INET
    sock = socket.socket(family, kind)
    try:
        if endpoint.port:  # a free port must be nobody else's, and with REUSEPORT it might be
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if kind == socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_OCTETS)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setblocking(False)
        sock.bind((endpoint.address, endpoint.port))
    except OSError as error:
        sock.close()
        raise OSError(error.errno, f"cannot listen on {endpoint}: {error.strerror}") from error
    return sock

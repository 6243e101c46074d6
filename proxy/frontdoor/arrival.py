"""What becomes of a new connection? Its first octets are read, judged, and say where it goes.

explicit     CONNECT -> judged -> 200 -> inside        GET http://... -> handed on       else closed
inside       ClientHello -> judged -> carried, handed on or refused
             an HTTP request -> handed on              else refused
redirected   like inside, for the place where the client's packets were going
"""

import asyncio
import socket
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from proxy import metrics
from proxy.decision.request import Trait
from proxy.frontdoor.answers import ESTABLISHED, Answer
from proxy.frontdoor.client_hello import NotAHello, may_become_tls, read_hello, starts_like_tls
from proxy.frontdoor.dialling import Found
from proxy.frontdoor.first_bytes import BadConnect, Connect, Speaks, read_connect, speaks
from proxy.frontdoor.login import Proof
from proxy.frontdoor.poller import ENDED
from proxy.frontdoor.sessions import HostPort, Session, held_by_nobody
from proxy.frontdoor.splice import Splice
from proxy.frontdoor.tls_gate import Passage, Way

if TYPE_CHECKING:
    from proxy.frontdoor.door import FrontDoor

SILENT_S = 60.0
SLOW_S = 15.0
LINGER_S = 2.0
PIECE = 16 * 1024
TURNS = 8
MAX_REFUSALS = 32
TLS_PORT = 443

ACCESS_DENIED = bytes.fromhex("15030300020231")
"""A fatal TLS alert, access_denied (RFC 8446, section 6.2)."""


class Arrival:
    """A client's connection until it is known what becomes of it."""

    __slots__ = (
        "_deadline",
        "_door",
        "_drained",
        "_first",
        "_reading",
        "_refusals",
        "_said",
        "_sock",
        "_step",
        "_task",
        "session",
    )

    def __init__(self, door: "FrontDoor", sock: socket.SocketType, session: Session) -> None:
        self.session = session
        self._door = door
        self._sock: socket.SocketType | None = sock
        self._first = b""
        self._reading = True
        self._drained = False
        self._said = False
        self._refusals = 0
        self._deadline = door.now + SILENT_S
        self._task: asyncio.Task[None] | None = None
        self._step = self._explicit if session.destination is None else self._inside
        session.cut = self.cut

    def ready(self, descriptor: int, mask: int) -> None:
        """Read what there is, and go on with it."""
        for _ in range(TURNS):
            if not self._reading or self._sock is None:
                return
            try:
                got = self._sock.recv(PIECE)
            except BlockingIOError:
                return
            except OSError:
                got = b""
            if not got:
                self.cut()
                return
            if not self._first and not self._said:
                self._deadline = self._door.now + SLOW_S
            self._first += got
            # a short read has emptied the socket, and a further octet is a new edge
            self._drained = drained = len(got) < PIECE and not mask & ENDED
            self._step()
            if drained:
                return
        if self._sock is not None:
            self._door.poller.again(self, descriptor)

    def overdue(self, now: float) -> bool:
        """Say whether the client takes longer over its first octets than is waited for."""
        return self._task is None and now > self._deadline

    def cut(self) -> None:
        """Close the connection, unless it is somebody else's by now."""
        sock, self._sock, self._step = self._sock, None, held_by_nobody
        if sock is None:
            return
        if self._task is not None and self._task is not asyncio.current_task(self._door.loop):
            self._task.cancel()
        self._door.poller.closing(sock.fileno())
        sock.close()
        self._door.left(self)

    # ---- the steps: each looks at the octets so far, and waits for more or says what comes next ----

    def _explicit(self) -> None:
        first = self._first
        if first.startswith(b"CONNECT "):
            try:
                asked = read_connect(first)
            except BadConnect as bad:
                self._answer(self._door.connects.malformed(str(bad)))
                return
            if asked is not None:
                self._first = first[asked.length :]
                self._asked(asked)
            return
        match speaks(first):
            case Speaks.HTTP:
                self._hand_on()
            case Speaks.SOMETHING_ELSE:
                metrics.REFUSED.inc("http", "malformed")
                self.cut()

    def _asked(self, asked: Connect) -> None:
        door = self._door
        door.asked.inc()
        proof = door.login.proof(self.session, asked.authorization)
        if proof is Proof.TO_BE_CHECKED:
            self._wait(self._check_login(asked))
        else:
            self._logged_in(asked, proof)

    async def _check_login(self, asked: Connect) -> None:
        proof = await self._door.login.checked(self.session, asked.authorization)
        self._reading = True
        self._logged_in(asked, proof)

    def _logged_in(self, asked: Connect, proof: Proof) -> None:
        refusal = self._door.login.answer(proof) or self._door.connects.refusal(self.session, asked)
        if refusal is not None:
            self._answer(refusal)
        elif self._send(ESTABLISHED):
            self._step = self._inside
            self._wait_for_more()
            if self._first:
                self._inside()

    def _inside(self) -> None:
        first, target = self._first, self.session.target
        if starts_like_tls(first):
            self._greeted()
        elif may_become_tls(first):
            return
        elif target is not None and target[1] == TLS_PORT:
            self._refuse(Trait.NOT_TLS)
        else:
            match speaks(first):
                case Speaks.HTTP:
                    self._hand_on()
                case Speaks.SOMETHING_ELSE:
                    self._refuse(Trait.NOT_HTTP)

    def _refuse(self, trait: Trait) -> None:
        self._door.tls.refuse_stream(self.session, trait, self._first)
        self.cut()

    def _greeted(self) -> None:
        try:
            hello = read_hello(self._first)
        except NotAHello:
            metrics.REFUSED.inc("tls", "malformed")
            self._refuse(Trait.NOT_TLS)
            return
        if hello is None:
            return
        session, door = self.session, self._door
        known = door.tls.recall(session, hello)
        if known is not None:
            self._carry(known)
            return
        passage = door.tls.passage(session, hello)
        if passage.way is Way.REFUSE:
            self._say(ACCESS_DENIED)
        elif passage.way is Way.OPEN:
            self._hand_on()
        else:
            found = door.dialling.known(session, session.server_name, passage.port)
            if found is None:
                self._wait(self._find(passage))
            else:
                self._found(passage, found)

    async def _find(self, passage: Passage) -> None:
        found = await self._door.dialling.find(self.session, self.session.server_name, passage.port)
        self._reading = True
        self._found(passage, found)

    def _found(self, passage: Passage, found: Found) -> None:
        address = self._door.tls.carried(self.session, passage, found)
        if address is not None:
            self._carry(address)
        elif self._sock is not None:
            self._say(ACCESS_DENIED)

    def _carry(self, address: HostPort) -> None:
        if self._sock is None:
            return  # the client has gone, and its end is written down
        # made first: where no socket can be had for the server, the client's is still ours to close
        splice = Splice(self._door, self._sock, self.session, address, self._first, drained=self._drained)
        self._sock, self._step = None, held_by_nobody
        self._door.exchange(self, splice)
        splice.begin()

    # ---- ways out ---------------------------------------------------------------------------------

    def _hand_on(self) -> None:
        """Give the connection, with what was read of it, to whoever serves requests."""
        sock, self._sock, self._step = self._sock, None, held_by_nobody
        if sock is not None:
            self._door.hand_over(self, sock, self._first)

    def _answer(self, answer: Answer) -> None:
        """Send a refusal, after which the client may ask for something else or the connection ends."""
        self._refusals += 1
        if not answer.keep or self._refusals > MAX_REFUSALS:
            self._say(Answer(answer.page).octets())
        elif self._send(answer.octets()):
            self._wait_for_more()
            if self._first:
                self._explicit()

    def _wait_for_more(self) -> None:
        """Wait for what comes next, and less long where it has begun already."""
        self._deadline = self._door.now + (SLOW_S if self._first else SILENT_S)

    def _say(self, octets: bytes) -> None:
        """Send the last words, and close when the client has heard them: closing at once could undo them."""
        if not self._send(octets) or self._sock is None:
            return
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.cut()
            return
        self._step, self._said = self._unheard, True
        self._unheard()
        self._deadline = self._door.now + LINGER_S

    def _unheard(self) -> None:
        self._first = b""

    def _send(self, octets: bytes) -> bool:
        """Send a few octets; a client that does not take even these is cut off."""
        if self._sock is None:
            return False
        try:
            if self._sock.send(octets) == len(octets):
                return True
        except OSError:
            pass
        self.cut()
        return False

    def _wait(self, work: Coroutine[Any, Any, None]) -> None:
        """Go on when an answer has come from elsewhere, and read nothing meanwhile."""
        self._reading = self._drained = False  # an edge that comes meanwhile is not looked at
        task = self._door.loop.create_task(self._working(work))
        if not task.done():  # a loop may start tasks at once
            self._task = task

    async def _working(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001  (a connection's boundary: a fault must refuse)
            self._door.poller.fault(self, error)
        if self._task is asyncio.current_task(self._door.loop):
            self._task = None  # else the next work has begun already
        if self._sock is not None:
            self._door.poller.guarded(self, self._sock.fileno(), ENDED)

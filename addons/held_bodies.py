"""How does a streamed body wait until somebody has looked at its first octets?

mitmproxy sends a streamed message's head before anything of its body has come, and each piece at once. Here
head and pieces wait: until the body ends (then it is looked at like any short one), until it has said as much
as anybody looks at, or until a moment has passed. What came by then is looked at and let go, and what follows
waits in its turn. So what is slow is late by a moment, and nothing decisive is sent before it was looked at.

A page or a script is looked at beyond that too, one piece after the other; of what came, as much is sent as
says nothing but what was looked at.

Each look at the beginning reads the whole of what came, so a body that drips is soon looked at as a whole
only when it has doubled, and at its end. Until then a worker's script waits; of anything else what is new is
looked at for marks before it passes, and the end waits.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mitmproxy import http
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http import HttpStream, SendHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestData,
    RequestEndOfMessage,
    RequestProtocolError,
    RequestTrailers,
    ResponseData,
    ResponseEndOfMessage,
    ResponseProtocolError,
    ResponseTrailers,
)

from addons.coded_bodies import Decoding
from proxy.bypass.exchange.bodies import Reading
from proxy.bypass.exchange.parts import Parts
from proxy.bypass.observed import MAX_BODY

PATIENCE_S = 0.5
"""How long the first pieces of an answer wait for more, or for the end, and so of each part that is read."""
STEP_S = 0.1
"""Once its head was sent, an answer's beginning is looked at as it comes, but no more often than this."""
UPLOAD_PATIENCE_S = 0.25
"""Likewise of a request, once: some servers answer before they have all of it. Later pieces wait for nothing
but the look at them."""
MAX_LOOKS = 1024 * 1024
"""Octets read in all looks at one body, after which it is looked at only when it has doubled."""

type Stream = Callable[[bytes], Iterable[bytes] | bytes]


class Held:
    """A body that waits to be looked at. mitmproxy calls it with each piece, once that is let go.

    stream     what becomes of pieces then
    decoding   what is known of the body
    limit      how many octets are looked at
    wants      whether anybody looks at more than the head
    page       set by who looks and refuses, as long as the head was not sent: the answer in its place
    reading    set by who looked at the first piece and looks at the next ones too: what they are read by
    skimming   set by who looks at the news of a first piece that drips: what they are read by
    is_skimmed whether the last look was at the news alone
    """

    def __init__(
        self, stream: Stream, coding: str = "", *, wants: bool = True, limit: int = MAX_BODY
    ) -> None:
        self._stream = stream
        self.decoding = Decoding(coding, limit)
        self.wants = wants
        self.page: http.Response | None = None
        self.reading: Reading | Parts | None = None
        self.skimming: Reading | None = None
        self.is_head_sent = self.is_skimmed = False
        self.looked_at = -1
        self._skimmed = 0, 0
        self._read = 0
        self._came: deque[tuple[int, int]] = deque()

    def __call__(self, data: bytes) -> Iterable[bytes] | bytes:
        return self._stream(data)

    def feed(self, data: bytes) -> None:
        """Take the next octets as they came."""
        self.decoding.feed(data)
        self._came.append((len(data), self.decoding.told))

    @property
    def is_done(self) -> bool:
        """Whether nobody wants to know more."""
        if self.reading is not None:
            return not self.reading.wants_more
        return not self.wants or self.decoding.is_full

    @property
    def is_due(self) -> bool:
        """Whether so much came since the last look that another is worth what it costs."""
        length = self.decoding.length
        if not self.is_unseen:
            return False
        return self.decoding.is_full or length >= 2 * self.looked_at or self._read + length <= MAX_LOOKS

    @property
    def is_unseen(self) -> bool:
        """Whether some of what came was never looked at."""
        return self.looked_at != self.decoding.length

    @property
    def is_whole(self) -> bool:
        """Whether it does nothing before all of it is there, so that it may wait as long."""
        return self.decoding.limit > MAX_BODY

    @property
    def is_news(self) -> bool:
        """Whether some of what came was not even looked at for marks."""
        return max(self.looked_at, self._skimmed[1]) < self.decoding.length

    @property
    def news(self) -> bytes:
        """What is looked at for marks: all that came of the first piece since it was so before."""
        return self.decoding.body[slice(*self._skimmed)]

    def look(self) -> None:
        """Count a look at what is there."""
        self.looked_at = self.decoding.length
        self._read += self.looked_at
        self.is_skimmed = False

    def skim(self) -> None:
        """Count a look for marks at what is new."""
        self._skimmed = self._skimmed[1], self.decoding.length
        self.is_skimmed = True

    def go_on(self) -> None:
        """Have looked at a piece, and begin the next."""
        if self.reading is not None:
            self.decoding.go_on(self.reading.piece)
        if self._came:  # only now is known what the octets say that filled the last piece
            self._came[-1] = self._came[-1][0], self.decoding.told

    def looked_through(self) -> int:
        """How many of the octets that came, and were not counted here before, say only what was looked at.

        All, where nobody reads on.
        """
        reads_on = self.reading is not None and not self.is_done
        count = 0
        while self._came and (not reads_on or self._came[0][1] <= self.decoding.before):
            count += self._came.popleft()[0]
        return count

    def let_go(self) -> None:
        """Forget what was known of the body: nobody looks at more of it."""
        self.wants, self.reading, self.skimming, self.decoding = False, None, None, Decoding()
        self._came.clear()


@dataclass
class BodyHook(commands.StartHook):
    """More of a held body is there to be looked at, before it is sent on."""

    flow: http.HTTPFlow


@dataclass
class UploadHook(commands.StartHook):
    """More of a held request's body is there to be looked at, before it is sent on."""

    flow: http.HTTPFlow


class HeldStream(HttpStream):
    """One request with its answer, whose streamed bodies wait where they are `Held`."""

    def __init__(self, context: Context, stream_id: int) -> None:
        super().__init__(context, stream_id)
        self._wakes = False

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        if isinstance(event, events.Wakeup):
            self._wakes = False
            held = self.flow.request.stream
            if self.client_state == self.hold_request and isinstance(held, Held):
                yield from self._send_request(held)
            elif self.server_state == self.hold_response:
                yield from self._wake_response(self._held)
            return
        yield from super()._handle_event(event)

    def _wake(self, delay_s: float) -> CommandGenerator[None]:
        if not self._wakes:
            self._wakes = True
            yield commands.RequestWakeup(delay_s)

    # ---- requests -------------------------------------------------------------------------------

    def start_request_stream(self) -> CommandGenerator[None]:
        """Hold the request, or send it at once."""
        if not isinstance(self.flow.request.stream, Held):
            yield from super().start_request_stream()
            return
        self.client_state = self.hold_request
        yield from self._wake(UPLOAD_PATIENCE_S)

    def hold_request(self, event: events.Event) -> CommandGenerator[None]:
        """Take a piece of a held request, or its end."""
        held = self.flow.request.stream
        assert isinstance(held, Held)
        if isinstance(event, RequestData):
            self.request_body_buf += event.data
            held.decoding.feed(event.data)
            if held.is_head_sent or held.is_done or len(self.request_body_buf) >= held.decoding.limit:
                yield from self._send_request(held)
        elif isinstance(event, RequestTrailers):
            self.flow.request.trailers = event.trailers
        elif isinstance(event, RequestEndOfMessage):
            yield from self._end_request(held, event)

    def _end_request(self, held: Held, event: RequestEndOfMessage) -> CommandGenerator[None]:
        if not held.is_head_sent:
            self.flow.request.stream = False
            self.client_state = self.state_consume_request_body
            yield from self.state_consume_request_body(event)
            return
        if held.is_unseen:
            yield from self._send_request(held, must_look=True)
        if self.client_state == self.hold_request:
            self.client_state = self.state_stream_request_body
        if self.client_state == self.state_stream_request_body:
            yield from self.state_stream_request_body(event)

    def _send_request(self, held: Held, *, must_look: bool = False) -> CommandGenerator[None]:
        """Have looked at what came of a request, and send it."""
        if held.is_due or (must_look and held.is_unseen):
            held.look()
            yield UploadHook(self.flow)
        if self.flow.error is not None and held.is_head_sent:
            yield from self._stop_server()
        if (yield from self.check_killed(True)):
            return
        body = bytes(self.request_body_buf)
        self.request_body_buf.clear()
        if not held.is_head_sent:
            held.is_head_sent = True
            yield from super().start_request_stream()
            if self.client_state != self.state_stream_request_body:
                return  # nobody is there to take it
        self.client_state = self.state_stream_request_body
        if body:
            yield from self.state_stream_request_body(RequestData(self.stream_id, body))
        if held.is_done or held.decoding.is_hiding:
            held.let_go()
        else:
            self.client_state = self.hold_request

    def handle_protocol_error(
        self, event: RequestProtocolError | ResponseProtocolError
    ) -> CommandGenerator[None]:
        """Pass on that a side broke off; a server that has a part of a held request is told, too."""
        if self.client_state == self.hold_request and self._is_sent(self.flow.request.stream):
            self.client_state = self.state_stream_request_body
        yield from super().handle_protocol_error(event)

    @staticmethod
    def _is_sent(held: object) -> bool:
        return isinstance(held, Held) and held.is_head_sent

    # ---- answers --------------------------------------------------------------------------------

    def start_response_stream(self) -> CommandGenerator[None]:
        """Hold the answer, or send it at once."""
        held = self.flow.response.stream if self.flow.response else None
        if not isinstance(held, Held):
            yield from super().start_response_stream()
        elif held.wants:
            self.server_state = self.hold_response
            yield from self._wake(PATIENCE_S)
        else:
            yield from self._send_response()

    def hold_response(self, event: events.Event) -> CommandGenerator[None]:
        """Take a piece of a held answer, or its end."""
        held = self._held
        if isinstance(event, ResponseData):
            self.response_body_buf += event.data
            held.feed(event.data)
            if held.reading is not None:
                yield from self._send_pieces()
            elif held.is_done or len(self.response_body_buf) >= held.decoding.limit:
                yield from self._send_response(must_look=True)
            elif held.is_head_sent and not self._wakes:
                yield from self._send_response()
            else:
                yield from self._wake(PATIENCE_S)
        elif isinstance(event, ResponseTrailers):
            assert self.flow.response is not None
            self.flow.response.trailers = event.trailers
        elif isinstance(event, ResponseEndOfMessage):
            yield from self._end_response(event)

    def _wake_response(self, held: Held) -> CommandGenerator[None]:
        if held.reading is not None:
            yield from self._send_pieces(to_the_end=True)
        elif self.response_body_buf or not held.is_head_sent:
            yield from self._send_response()

    @property
    def _held(self) -> Held:
        held = self.flow.response.stream if self.flow.response else None
        assert isinstance(held, Held)
        return held

    def _end_response(self, event: ResponseEndOfMessage) -> CommandGenerator[None]:
        if not self._held.is_head_sent:
            assert self.flow.response is not None
            self.flow.response.stream = False
            self.server_state = self.state_consume_response_body
            yield from self.state_consume_response_body(event)
            return
        if self._held.reading is not None:
            yield from self._send_pieces(to_the_end=True)
        elif self.response_body_buf or self._held.is_unseen:
            yield from self._send_response(must_look=True)
        if self.server_state == self.hold_response:
            self.server_state = self.state_stream_response_body
        if self.server_state == self.state_stream_response_body:
            yield from self.state_stream_response_body(event)

    def _send_response(self, *, must_look: bool = False) -> CommandGenerator[None]:
        """Have looked at what came of an answer, and send it; or the page that stands in its place."""
        held = self._held
        if held.is_due or held.decoding.is_hiding or (must_look and held.is_unseen):
            held.look()
            yield BodyHook(self.flow)
        elif held.is_unseen and held.is_whole:
            return
        elif held.is_news:
            held.skim()
            yield BodyHook(self.flow)
        if (yield from self._is_refused(held)):
            return
        if held.reading is not None:
            held.go_on()
            yield from self._send_pieces()
        else:
            yield from self._pass_on(held)

    def _send_pieces(self, *, to_the_end: bool = False) -> CommandGenerator[None]:
        """Have looked at what follows the first piece, and send it.

        to_the_end   whether a piece that is not whole is looked at too
        """
        held = self._held
        while held.decoding.is_full or held.decoding.is_hiding or (to_the_end and held.decoding.length):
            yield BodyHook(self.flow)
            if (yield from self._is_refused(held)):
                return
            held.go_on()
            if held.is_done:
                break
        yield from self._pass_on(held)

    def _is_refused(self, held: Held) -> CommandGenerator[bool]:
        """Whether who looked has refused the answer; then it is cut off, or the page sent in its place."""
        if held.page is not None and self.client_state != self.state_done:
            self.flow.kill()  # a page would have to wait until the request's body is there
        if self.flow.error is not None:
            yield from self._stop_server()
        if (yield from self.check_killed(True)):
            return True
        if held.page is not None:
            yield from self._send_page(held.page)
            return True
        return False

    def _pass_on(self, held: Held) -> CommandGenerator[None]:
        came, count = bytes(self.response_body_buf), held.looked_through()
        self.response_body_buf.clear()
        if rest := came[count:]:
            self.response_body_buf += rest
        if not held.is_head_sent:
            held.is_head_sent = True
            yield from super().start_response_stream()
        if count:
            yield from self.state_stream_response_body(ResponseData(self.stream_id, came[:count]))
        if held.is_done:
            held.let_go()
            self.server_state = self.state_stream_response_body
            return
        self.server_state = self.hold_response
        if held.reading is None:
            yield from self._wake(STEP_S)
        elif rest:
            yield from self._wake(PATIENCE_S)

    def _send_page(self, page: http.Response) -> CommandGenerator[None]:
        self.response_body_buf.clear()
        yield from self._stop_server()
        self.flow.response = page
        yield from self.send_response()
        self.server_state = self.state_errored  # what is still on its way from the server is for nobody

    def _stop_server(self) -> CommandGenerator[None]:
        """Take nothing more of an answer that nobody gets."""
        refused = RequestProtocolError(self.stream_id, "refused", ErrorCode.CANCEL)
        yield SendHttp(refused, self.context.server)

"""What becomes of an answer: does it pass, or does what stands in it lead around the filter?

Heads of all answers are looked at, and the first octets of pages, scripts and data, of pages and scripts what
follows too; of uploads as well, whose length nobody told. Pictures, sounds, fonts and streams of events pass
without waiting.
"""

from dataclasses import replace

from mitmproxy import http

from addons.block_answers import BlockAnswers
from addons.coded_bodies import Decoding, pieces_of
from addons.held_bodies import Held
from addons.seen import answer_of, certificate_of
from addons.signing import Signing, refused
from proxy import metrics
from proxy.bypass.exchange.bodies import PIECE, Reading
from proxy.bypass.exchange.kinds import body_limit, may_be_looked_into
from proxy.bypass.exchange.parts import Parts, shows_parts
from proxy.bypass.observed import Exchange as Seen
from proxy.frontdoor.sessions import Exchange, Session, Sessions
from proxy.judgement import Judgement
from proxy.quiet_exchanges import QuietExchanges, Reply


class AnswerGate:
    """Judges exchanges again when their answers come, before these are sent on."""

    def __init__(
        self, sessions: Sessions, signing: Signing, answers: BlockAnswers, quiet: QuietExchanges
    ) -> None:
        self._sessions, self._signing, self._answers, self._quiet = sessions, signing, answers, quiet

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Hold the beginning of an upload of unknown or great length."""
        stream = flow.request.stream
        if stream and callable(stream) and self._under_way(flow) is not None:
            flow.request.stream = Held(stream, flow.request.headers.get("content-encoding", ""))

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Hold the head of a streamed answer, and what comes first of its body where it says something."""
        response = flow.response
        stream = response.stream if response is not None else False
        exchange = self._under_way(flow) if stream and callable(stream) else None
        if response is not None and callable(stream) and exchange is not None and exchange.seen is not None:
            exchange.seen = replace(exchange.seen, answer=answer_of(response))
            coding = response.headers.get("content-encoding", "")
            wants, limit = _is_looked_into(exchange.seen), _first_piece(exchange.seen)
            response.stream = Held(stream, coding, wants=wants, limit=limit)

    def body(self, flow: http.HTTPFlow) -> None:
        """Look at as much of a held body as has come."""
        exchange = self._under_way(flow)
        if exchange is None or exchange.seen is None:
            flow.kill()  # nobody would look at what follows
            return
        assert flow.response is not None
        self._streamed(flow, exchange, exchange.seen, flow.response)

    def upload(self, flow: http.HTTPFlow) -> None:
        """Look at as much of a held request's body as has come; one that shows something is cut off."""
        held, exchange = flow.request.stream, self._under_way(flow)
        assert isinstance(held, Held)
        if exchange is not None and exchange.seen is not None:
            judgement = self._signing.asked(exchange, replace(exchange.seen, body=held.decoding.body))
            if judgement is not None:
                self._page(flow, judgement)
                flow.kill()  # the rest of its body would have to be taken before any answer
        elif flow.response is None:
            flow.kill()  # nobody would look at what follows
        else:
            held.let_go()  # it was answered before it came to its end

    def _streamed(self, flow: http.HTTPFlow, exchange: Exchange, seen: Seen, response: http.Response) -> None:
        held = response.stream
        assert isinstance(held, Held)
        if held.decoding.is_hiding:
            metrics.REFUSED.inc("http", "malformed")
            flow.kill()
            return
        if held.is_skimmed and held.reading is None:
            judgement = self._skim(exchange, seen, held)
        elif held.reading is None:
            judgement, held.reading = self._first(flow, exchange, seen, response, held.decoding)
        else:
            judgement = self._next(exchange, seen, held.reading, held.decoding)
        if judgement is not None and held.is_head_sent:
            self._page(flow, judgement)
            flow.kill()
        elif judgement is not None:
            held.page = self._page(flow, judgement)

    def response(self, flow: http.HTTPFlow) -> None:
        """Look at an answer that is there as a whole; nothing of it was sent yet."""
        response, exchange = flow.response, self._under_way(flow)
        if response is None or exchange is None or exchange.seen is None or response.stream:
            return
        reply = self._reply(exchange, exchange.seen, response)
        if reply is not None and self._quiet.is_quiet(reply):
            return
        seen = exchange.seen = replace(exchange.seen, answer=answer_of(response))
        judgement = self._whole(flow, exchange, seen, response)
        if judgement is None:
            if reply is not None and not exchange.judged[0].signs:
                self._quiet.was_quiet(reply)
            return
        page = self._page(flow, judgement)
        if response.data.status_code == 101:
            flow.websocket = None
            flow.kill()  # the connection to the server speaks no HTTP any more
        else:
            flow.response = page

    def _reply(self, exchange: Exchange, seen: Seen, response: http.Response) -> Reply | None:
        """The answer as it is remembered; None where more counts than its request's manner."""
        if seen.sni and seen.sni != seen.url.host:
            return None  # the server's certificate counts too
        data = response.data
        fields, content = data.headers.fields, data.content
        return self._quiet.reply(exchange.manner, seen, data.status_code, fields, content or b"")

    def _whole(
        self, flow: http.HTTPFlow, exchange: Exchange, seen: Seen, response: http.Response
    ) -> Judgement | None:
        content = response.data.content
        if not content or not _is_looked_into(seen):
            return self._looked_at(flow, exchange, seen, response, b"")
        decoding = Decoding(response.headers.get("content-encoding", ""), _first_piece(seen))
        reading: Reading | Parts | None = None
        for _ in pieces_of(decoding, content, PIECE):
            if decoding.is_hiding:
                return self._unreadable(exchange)
            if reading is None:
                judgement, reading = self._first(flow, exchange, seen, response, decoding)
            else:
                judgement = self._next(exchange, seen, reading, decoding)
            if judgement is not None or reading is None or not reading.wants_more:
                return judgement
        return None

    def _first(
        self, flow: http.HTTPFlow, exchange: Exchange, seen: Seen, response: http.Response, decoding: Decoding
    ) -> tuple[Judgement | None, Reading | Parts | None]:
        """Look at the first piece of a body; return also what reads the next ones, if anything does."""
        if decoding.is_unreadable and decoding.length:
            return self._unreadable(exchange), None
        judgement = self._looked_at(flow, exchange, seen, response, decoding.body)
        if judgement is not None or not decoding.is_full:
            return judgement, None
        reading = Parts() if _shows_parts(seen) else self._signing.reading()
        judgement = self._next(exchange, seen, reading, decoding)
        return judgement, reading if reading.wants_more else None

    def _next(
        self, exchange: Exchange, seen: Seen, reading: Reading | Parts, decoding: Decoding
    ) -> Judgement | None:
        """Look at a piece of a body for marks alone: those in all pieces count together."""
        assert seen.answer is not None
        seen = replace(seen, answer=replace(seen.answer, body=decoding.body))
        return self._signing.piece(exchange, seen, reading)

    def _skim(self, exchange: Exchange, seen: Seen, held: Held) -> Judgement | None:
        """Look at what is new of a first piece for marks alone, with the end of what stands before it."""
        assert seen.answer is not None
        if held.skimming is None:
            held.skimming = self._signing.reading()
        seen = replace(seen, answer=replace(seen.answer, body=held.news))
        return self._signing.piece(exchange, seen, held.skimming)

    def _unreadable(self, exchange: Exchange) -> Judgement | None:
        metrics.REFUSED.inc("http", "malformed")
        return self._signing.unreadable(exchange)

    def _looked_at(
        self, flow: http.HTTPFlow, exchange: Exchange, seen: Seen, response: http.Response, body: bytes
    ) -> Judgement | None:
        if seen.sni and seen.sni != seen.url.host and not seen.certificate:
            seen = replace(seen, certificate=certificate_of(flow.server_conn))
            judgement = self._signing.asked(exchange, seen)
            if judgement is not None:
                return judgement
        answer = seen.answer if seen.answer is not None else answer_of(response)
        return self._signing.answered(exchange, replace(seen, answer=replace(answer, body=body)))

    def _page(self, flow: http.HTTPFlow, judgement: Judgement) -> http.Response:
        session = self._sessions.of(flow.client_conn.id)
        refused(session, flow.id)
        return self._answers.blocked(judgement, flow.request)

    def _under_way(self, flow: http.HTTPFlow) -> Exchange | None:
        """An exchange that was let go, and that is looked at."""
        session: Session | None = self._sessions.get(flow.client_conn.id)
        exchange = session.exchanges.get(flow.id) if session is not None else None
        return exchange if exchange is not None and exchange.seen is not None else None


def _is_looked_into(seen: Seen) -> bool:
    return seen.answer is not None and (may_be_looked_into(seen, seen.answer.fields) or _shows_parts(seen))


def _shows_parts(seen: Seen) -> bool:
    return seen.answer is not None and shows_parts(seen, seen.answer.fields)


def _first_piece(seen: Seen) -> int:
    """How many octets of a body are looked at first."""
    return Parts.piece if _shows_parts(seen) else body_limit(seen)

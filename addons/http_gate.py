"""What becomes of an HTTP request: the page, the block page, or a restricted search?"""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime

from mitmproxy import http

from addons.block_answers import BlockAnswers
from addons.flows import Asked, asked
from addons.heads import HTTP_PORT, BadRequest, recent_heads
from addons.plain_pages import accepted, bad_request, no_answer, response_of
from addons.safe_search import apply_safe_search
from addons.seen import request_of, with_body
from addons.signing import Signing, refused, signed
from proxy import metrics
from proxy.decision.pipeline import strictest
from proxy.decision.verdict import Action
from proxy.frontdoor.dialling import Dialling, Found
from proxy.frontdoor.login import LoginGate
from proxy.frontdoor.openings import Openings
from proxy.frontdoor.refusals import refused_by_proxy
from proxy.frontdoor.sessions import Exchange, Session, Sessions
from proxy.gateway import Gateway
from proxy.judgement import Judgement
from proxy.quiet_exchanges import QuietExchanges

FIRST_FREE_PORT = 1024


class HttpGate:
    """Judges requests when their head is there, before any of a body is taken or anything dialled."""

    def __init__(
        self,
        gateway: Gateway,
        sessions: Sessions,
        dialling: Dialling,
        login: LoginGate,
        answers: BlockAnswers,
        signing: Signing,
        quiet: QuietExchanges,
        openings: Openings,
    ) -> None:
        self._gateway = gateway
        self._sessions = sessions
        self._dialling = dialling
        self._login = login
        self._answers = answers
        self._signing = signing
        self._quiet = quiet
        self._openings = openings
        self._requests = metrics.QUERIES.bind("http", "request")

    def requestheaders(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        """Answer, or let the request go to a judged address; waits only for log-ins and for new names."""
        if flow.response or flow.error:
            return None
        session = self._sessions.of(flow.client_conn.id)
        session.handshake = None
        self._requests.inc()
        flow.request.stream = False
        if session.target is None and self._may_ask_for_login():
            return self._with_login(flow, session)
        return self._judge(flow, session)

    def _may_ask_for_login(self) -> bool:
        settings = self._gateway.settings
        return settings is not None and (settings.proxy.htpasswd is not None or settings.proxy.require_login)

    async def _with_login(self, flow: http.HTTPFlow, session: Session) -> None:
        sent = flow.request.headers.get("proxy-authorization", "")
        refusal = await self._login.refusal(session, sent, accepted(flow.request))
        if refusal is not None:
            flow.response = response_of(refusal.page)
            return
        waits = self._judge(flow, session)
        if waits is not None:
            await waits

    def request(self, flow: http.HTTPFlow) -> None:
        """Look at a body that was held; refuse a request that came here without being let go."""
        if flow.response:
            return
        session = self._sessions.of(flow.client_conn.id)
        exchange = session.exchanges.get(flow.id)
        if exchange is None:
            raise RuntimeError("a request came to its end unjudged")
        if exchange.seen is None or flow.request.stream or not flow.request.data.content:
            return
        judgement = self._signing.asked(exchange, with_body(exchange.seen, flow.request))
        if judgement is not None:
            refused(session, flow.id)
            flow.response = self._answers.blocked(judgement, flow.request)

    def _judge(self, flow: http.HTTPFlow, session: Session) -> Awaitable[None] | None:
        try:
            request = asked(flow, session)
        except BadRequest as bad:
            metrics.REFUSED.inc("http", "malformed")
            flow.response = bad_request(str(bad), flow.request)
            return None
        if self._gateway.knowledge is not None:
            request = self._looked_at(flow, session, request)
        judgement = self._binding(request)
        if session.target is None and not _may_be_http(request.url.port):
            judgement = refused_by_proxy(
                judgement, f"Port {request.url.port} is not one that web pages are served on."
            )
        if judgement.verdict.action is Action.BLOCK:
            flow.response = self._answers.blocked(judgement, flow.request)
            return None
        found = self._dialling.known(session, request.head.endpoint, request.url.port)
        if found is None:
            return self._when_found(flow, session, request, judgement)
        self._go(flow, session, request, judgement, found)
        return None

    async def _when_found(
        self, flow: http.HTTPFlow, session: Session, request: Asked, judgement: Judgement
    ) -> None:
        found = await self._dialling.find(session, request.head.endpoint, request.url.port)
        if session.over and found.verdict is None:
            self._answers.unanswered(judgement)  # the client did not wait for the name
            flow.kill()
            return
        self._go(flow, session, request, judgement, found)

    def _go(
        self, flow: http.HTTPFlow, session: Session, request: Asked, judgement: Judgement, found: Found
    ) -> None:
        if found.address is None:
            flow.response = self._no_address(judgement, found, flow.request)
        else:
            self._let_go(flow, session, request, judgement, found.address, found.until)

    def _looked_at(self, flow: http.HTTPFlow, session: Session, request: Asked) -> Asked:
        seen = request_of(flow, session, request)
        kept = recent_heads(session).entry(request.head)
        signs, quiet = self._quiet.request(request.head, kept.quiet if kept is not None else None, seen)
        if kept is not None:
            kept.quiet = quiet
        if session.signs:
            signs = (*session.signs, *signs)
        if session.destination is not None and seen.url.scheme == "http":
            signs = (*signs, *self._openings.requested(session, seen.url.host))
        attempts = signed(request.attempts, signs) if signs else request.attempts
        return Asked(request.url, request.head, attempts, seen, quiet.manner if quiet is not None else None)

    def _binding(self, request: Asked) -> Judgement:
        if len(request.attempts) == 1:
            return self._gateway.judge(request.attempts[0])
        judgements = [self._gateway.judge(attempt) for attempt in request.attempts]
        verdict = strictest(one.verdict for one in judgements)
        return next(one for one in judgements if one.verdict is verdict)

    def _no_address(self, judgement: Judgement, found: Found, request: http.Request) -> http.Response:
        host = judgement.request.attempt.host
        if found.verdict is not None:
            return self._answers.blocked(replace(judgement, verdict=found.verdict), request)
        if found.refusal:
            why = f"{host} leads to a place that this network does not open: {found.refusal}."
            return self._answers.blocked(refused_by_proxy(judgement, why), request)
        self._answers.unanswered(judgement)
        return no_answer(host, found.error, request)

    def _let_go(
        self,
        flow: http.HTTPFlow,
        session: Session,
        request: Asked,
        judgement: Judgement,
        address: tuple[str, int],
        behind_until: datetime | None,
    ) -> None:
        """Send the request to the judged address, and to no other.

        behind_until    when a verdict on what stands behind the name may first change
        """
        until = judgement.verdict.until
        if len(request.attempts) != 1 or judgement.policy is not self._gateway.policy:
            # of several verdicts any may run out first, and one from before a swap may hold no more: the
            # sweep that comes next finds out
            until = judgement.request.at
        elif until is None or (behind_until is not None and behind_until < until):
            until = behind_until
        session.exchanges[flow.id] = Exchange(
            judgement, request.attempts, until=until, seen=request.seen, manner=request.manner
        )
        _lean(flow.request, request)
        if judgement.verdict.action is Action.REWRITE and judgement.policy is not None:
            apply_safe_search(flow.request, request.url.host, judgement.policy, judgement.view)
        flow.request.data.host, flow.request.data.port = address


def _may_be_http(port: int) -> bool:
    """Whether plain HTTP may go to a port: no low port but 80, where mail and shells listen."""
    return port == HTTP_PORT or port >= FIRST_FREE_PORT


def _lean(request: http.Request, target: Asked) -> None:
    """Leave in a request only what a server may see, and let it name one host and one path only."""
    data = request.data
    if b"#" in data.path:
        data.path = data.path.partition(b"#")[0]
    data.headers.fields = target.head.passed
    if not request.is_http2:
        data.authority = b""

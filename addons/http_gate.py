"""What becomes of an HTTP request: the page, the block page, or a restricted search?"""

from dataclasses import replace

from mitmproxy import http

from addons.block_answers import BlockAnswers
from addons.dialling import Dialling, Found
from addons.flows import Asked, BadRequest, asked, is_websocket
from addons.login import LoginGate
from addons.plain_pages import bad_request, no_answer
from addons.refusals import refused_by_proxy
from addons.safe_search import apply_safe_search
from addons.sessions import Exchange, Session, Sessions
from proxy import metrics
from proxy.decision.pipeline import strictest
from proxy.decision.verdict import Action
from proxy.gateway import Gateway
from proxy.judgement import Judgement

HTTP_PORT = 80
FIRST_FREE_PORT = 1024

STRIPPED = (
    "proxy-authorization", "proxy-connection", "proxy-authenticate", "http2-settings", "keep-alive", "te",
    "x-authenticated-user", "x-authenticated-groups", "x-client-username", "x-client-ip",
    "x-forwarded-for", "x-real-ip", "forwarded",
)  # fmt: skip
"""Fields that speak to a proxy, or claim who somebody is; servers behind us get neither.

`te` because trailers end an HTTP/1 connection of mitmproxy's; HTTP/2 keeps it."""


class HttpGate:
    """Judges requests when their head is there, before any of a body is taken or anything dialled."""

    def __init__(
        self,
        gateway: Gateway,
        sessions: Sessions,
        dialling: Dialling,
        login: LoginGate,
        answers: BlockAnswers,
    ) -> None:
        self._gateway = gateway
        self._sessions = sessions
        self._dialling = dialling
        self._login = login
        self._answers = answers

    async def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Answer, or let the request go to a judged address."""
        if flow.response or flow.error:
            return
        session = self._sessions.of(flow.client_conn.id)
        session.handshake = None
        metrics.QUERIES.inc("http", "request")
        flow.request.stream = False
        if session.target is None:
            flow.response = await self._login.refusal(session, flow.request)
        if not flow.response:
            await self._judge(flow, session)

    def request(self, flow: http.HTTPFlow) -> None:
        """Refuse a request that reached this hook without an answer and without being let go."""
        if flow.response:
            return
        session = self._sessions.of(flow.client_conn.id)
        if flow.id not in session.exchanges:
            raise RuntimeError("a request came to its end unjudged")

    async def _judge(self, flow: http.HTTPFlow, session: Session) -> None:
        try:
            request = asked(flow, session)
        except BadRequest as bad:
            metrics.REFUSED.inc("http", "malformed")
            flow.response = bad_request(str(bad))
            return
        judgement = self._binding(request)
        if session.target is None and not _may_be_http(request.url.port):
            judgement = refused_by_proxy(
                judgement, f"Port {request.url.port} is not one that web pages are served on."
            )
        if judgement.verdict.action is Action.BLOCK:
            flow.response = self._answers.blocked(judgement, flow.request)
            return
        found = await self._dialling.find(session, request.endpoint, request.url.port)
        if session.over and found.verdict is None:
            self._answers.unanswered(judgement)  # the client did not wait for the name
            flow.kill()
            return
        if found.address is None:
            flow.response = self._no_address(judgement, found, flow.request)
            return
        self._let_go(flow, session, request, judgement, found.address)

    def _binding(self, request: Asked) -> Judgement:
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
        return no_answer(host, found.error)

    def _let_go(
        self,
        flow: http.HTTPFlow,
        session: Session,
        request: Asked,
        judgement: Judgement,
        address: tuple[str, int],
    ) -> None:
        """Send the request to the judged address, and to no other."""
        session.exchanges[flow.id] = Exchange(judgement)
        _clean(flow.request, request)
        if judgement.verdict.action is Action.REWRITE and judgement.policy is not None:
            apply_safe_search(flow.request, request.url.host, judgement.policy, judgement.view)
        flow.request.data.host, flow.request.data.port = address


def _may_be_http(port: int) -> bool:
    """Whether plain HTTP may go to a port: no low port but 80, where mail and shells listen."""
    return port == HTTP_PORT or port >= FIRST_FREE_PORT


def _clean(request: http.Request, target: Asked) -> None:
    """Leave in a request only what a server may see, and let it name one host and one path only."""
    request.data.path = request.data.path.partition(b"#")[0]
    for name in STRIPPED:
        if not (request.is_http2 and name == "te"):
            request.headers.pop(name, None)
    if request.is_http2:
        return
    if not is_websocket(request):
        request.headers.pop("upgrade", None)
    _clean_connection(request)
    request.authority = ""
    if "host" not in request.headers or target.endpoint == target.url.host:
        host = f"[{target.url.host}]" if ":" in target.url.host else target.url.host
        usual = target.url.port == (443 if target.url.scheme == "https" else HTTP_PORT)
        request.headers["Host"] = host if usual else f"{host}:{target.url.port}"


def _clean_connection(request: http.Request) -> None:
    """Leave only what Connection says about the connection; naming a field there asks to drop it.

    A server behind us would drop the field that holds a search to its safe mode (RFC 9110, section 7.6.1).
    """
    said = {word.strip().lower() for word in request.headers.get("connection", "").split(",")}
    request.headers.pop("connection", None)
    kept = [word for word in ("close", "keep-alive", "upgrade") if word in said]
    if "upgrade" not in request.headers and "upgrade" in kept:
        kept.remove("upgrade")
    if kept:
        request.headers["Connection"] = ", ".join(kept)

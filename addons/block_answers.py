"""How is a blocked request answered in the proxy? With the block page, in the form it was asked for."""

from mitmproxy import http

from addons.flows import path_and_query
from addons.plain_pages import accepted, response_of
from proxy.gateway import Gateway
from proxy.judgement import Judgement
from proxy.pages.asked import Form, form_for
from proxy.pages.refusals import Refusals


class BlockAnswers:
    """Answers blocked requests; each call records the attempt once."""

    def __init__(self, gateway: Gateway, refusals: Refusals) -> None:
        self._gateway = gateway
        self._refusals = refusals

    def blocked(self, judgement: Judgement, request: http.Request) -> http.Response:
        """Record a blocked attempt and return its page, with ticket and code."""
        return response_of(self._refusals.answer(judgement, form_of(request), accepted(request)))

    def unanswered(self, judgement: Judgement) -> None:
        """Record an allowed attempt that led nowhere."""
        self._gateway.record(judgement)


def form_of(request: http.Request) -> Form:
    """The form of answer that fits the place where a request's answer goes."""
    if request.method == "CONNECT":
        return Form.PAGE
    fields = request.headers
    return form_for(
        path_and_query(request)[0],
        accept=fields.get("accept", ""),
        fetch_dest=fields.get("sec-fetch-dest", ""),
        requested_with=fields.get("x-requested-with", ""),
        upgrade=fields.get("upgrade", ""),
    )

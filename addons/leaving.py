"""How do clients part from a worker that is about to end? After their next answer, by themselves."""

from mitmproxy import http


class Leaving:
    """Tells HTTP/1 clients, once the worker is leaving, that an answer is the connection's last.

    A client then sends its next request on a new connection, to another worker; one that was closed without
    saying so could have had a request on its way (RFC 9112, section 9.6).
    """

    def __init__(self) -> None:
        self._begun = False

    def begin(self) -> None:
        """From now on, each answer is its connection's last."""
        self._begun = True

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Say so in the answer."""
        if not self._begun or flow.response is None:
            return
        if not flow.request.is_http2 and flow.response.status_code != 101:
            flow.response.headers["Connection"] = "close"

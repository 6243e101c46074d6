"""How do detectors see a request, and the answer to it? As values, the same that a recording holds."""

from dataclasses import replace

from mitmproxy import http
from mitmproxy.connection import Server

from addons.coded_bodies import decoded
from addons.flows import Asked
from addons.heads import text_fields
from proxy.bypass.observed import Answer, Exchange, Form
from proxy.decision.names import NameProblem, canonical_host, is_address
from proxy.decision.urls import Url, split_port
from proxy.frontdoor.sessions import HostPort, Session

MAX_NAMES = 64
"""How many names of a server's certificate are looked at."""


def request_of(flow: http.HTTPFlow, session: Session, asked: Asked) -> Exchange:
    """What is seen of a request whose head is there, before anything of it is changed."""
    url, head = asked.url, asked.head
    target = flow.request.data.path
    is_absolute = session.target is None or (bool(flow.request.data.authority) and not flow.request.is_http2)
    return Exchange(
        flow.request.data.method[:32].decode("utf-8", "replace").upper(),
        url,
        target.decode("latin-1"),
        Form.ABSOLUTE if is_absolute else Form.ORIGIN,
        head.shown,
        is_explicit=session.target is None,
        destination=_place(session.destination),
        sni=_sni(flow, session),
        client=session.client,
    )


def tunnel_of(flow: http.HTTPFlow, session: Session) -> Exchange | None:
    """What is seen of a CONNECT request inside another tunnel; None where it names no host."""
    target = flow.request.data.authority.decode("latin-1")
    try:
        host, port = split_port(target, 443)
        url = Url("https", canonical_host(host), port, "/")
    except NameProblem:
        return None
    return Exchange(
        "CONNECT",
        url,
        target,
        Form.AUTHORITY,
        text_fields(flow.request.headers.fields),
        destination=_place(session.destination),
        sni=_sni(flow, session),
        client=session.client,
    )


def with_body(seen: Exchange, request: http.Request) -> Exchange:
    """What is seen of a request whose body was held until it was complete."""
    coding = ", ".join(value for name, value in seen.fields if name == "content-encoding")
    return replace(seen, body=decoded(request.data.content or b"", coding))


def answer_of(response: http.Response, body: bytes = b"") -> Answer:
    """What is seen of an answer.

    body    decoded
    """
    return Answer(response.data.status_code, text_fields(response.data.headers.fields), body)


def certificate_of(server: Server) -> tuple[str, ...]:
    """The names in the certificate of a server, at most MAX_NAMES; none before it has shown one."""
    if not server.certificate_list:
        return ()
    return tuple(str(name.value) for name in server.certificate_list[0].altnames)[:MAX_NAMES]


def _sni(flow: http.HTTPFlow, session: Session) -> str:
    return session.server_name if flow.client_conn.tls and not is_address(session.server_name) else ""


def _place(destination: HostPort | None) -> str:
    if destination is None:
        return ""
    host, port = destination
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

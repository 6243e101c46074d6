"""What does a row about an HTTP request say?"""

from collections.abc import Callable
from dataclasses import replace

from proxy.bypass.observed import (
    MAX_BODY,
    MAX_FIRST,
    MAX_LONG,
    MAX_MESSAGES,
    Answer,
    Exchange,
    Form,
    Message,
    Opening,
    Transport,
)
from proxy.decision.names import NameProblem
from proxy.decision.urls import Url, parse_url
from proxy.replay.errors import WrongRow
from proxy.replay.formats.fields import Fields
from proxy.replay.formats.hosts import address_or_none, host_or_as_it_is
from proxy.replay.rows import Seen

STREAM = "stream"
MAX_SAID = 16 * MAX_MESSAGES
"""How many messages of a WebSocket a row may hold; live, all are looked at (`Talk`)."""
FORMS = (*(form.value for form in Form), STREAM)

type IsExplicit = Callable[[str], bool]
"""Says whether a destination, `address:port` or "" for unknown, is the school's own explicit proxy."""


def read_request(row: Fields, is_explicit: IsExplicit) -> tuple[str, tuple[Seen, ...], str]:
    """Return the host asked for, what was seen, and why the host could not be read ("" when it could).

    Raises WrongRow.
    """
    method = row.text("method", "GET").upper()[:32]
    raw = _address(row)
    form = row.text("form") or _usual_form(method, raw)
    if form not in FORMS:
        raise WrongRow("form", f"it is '{form[:40]}'", f"one of {', '.join(FORMS)}")
    try:
        url = parse_url(raw, scheme="https")
    except NameProblem as problem:
        return "", (), f"the address cannot be read: {problem}"
    if form == STREAM:
        return url.host, (_stream(row, url),), ""
    destination = _destination(row)
    exchange = Exchange(
        method=method,
        url=url,
        target=_target(raw, form),
        form=Form(form),
        fields=row.pairs("headers"),
        body=row.body("request_body", MAX_BODY),
        is_explicit=form != Form.ORIGIN.value and is_explicit(destination),
        destination=destination,
        sni=host_or_as_it_is(row.text("sni")) if "sni" in row else "",
        certificate=row.texts("tls_cert_sans"),
        client=address_or_none(row.inner("client").text("ip")),
        messages=_messages(row),
    )
    if "response" in row:
        exchange = replace(exchange, answer=_answer(row.inner("response")))
    return url.host, (exchange,), ""


def _usual_form(method: str, raw: str) -> str:
    """The form of a request whose row does not say: CONNECT names host and port, unless there is a path."""
    has_path = "/" in (raw.partition("://")[2] or raw).removesuffix("/")
    form = Form.AUTHORITY if method == "CONNECT" and not has_path else Form.ORIGIN
    return str(form.value)


def _address(row: Fields) -> str:
    """The whole address asked for; a row may also write host and path apart."""
    raw, host = row.text("url"), row.text("host")
    if raw and not raw.startswith("/"):
        return raw
    if not host:
        raise WrongRow(
            "url", "the row does not say what was asked for", "a whole URL, or a path beside `host`"
        )
    return f"https://{host}{raw or row.text('path', '/')}"


def _target(raw: str, form: str) -> str:
    """The request's target as it stood in the request line."""
    if form == Form.ABSOLUTE.value:
        return raw
    rest = raw.partition("://")[2] or raw
    ends = [at for at in (rest.find(mark) for mark in "/?#\\") if at >= 0]
    end = min(ends, default=len(rest))
    if form == Form.AUTHORITY.value:
        return rest[:end]
    path = rest[end:].partition("#")[0]
    return path if path.startswith(("/", "\\")) else f"/{path}"


def _destination(row: Fields) -> str:
    if "destination" in row:
        return row.text("destination")
    address = address_or_none(row.text("dst"))
    port = row.number("port", 0, 0, 65535)
    if not address or not port:
        return ""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _answer(said: Fields) -> Answer:
    body = said.body("body_snippet", MAX_LONG) or said.body("body", MAX_LONG)
    return Answer(said.number("status", 200, 0, 999), said.pairs("headers"), body)


def _messages(row: Fields) -> tuple[Message, ...]:
    found: list[Message] = []
    for said in row.several("websocket"):
        if len(found) == MAX_SAID:
            break
        payload = said.octets("hex", MAX_FIRST) if "hex" in said else said.text("text").encode()[:MAX_FIRST]
        is_text = said.text("opcode", "binary" if "hex" in said else "text") == "text"
        direction = said.text("dir", "c2s")
        if direction not in ("c2s", "s2c"):
            raise WrongRow(said.name("dir"), f"it is '{direction[:40]}'", "c2s (to the server) or s2c")
        found.append(Message(direction == "c2s", is_text, payload))
    return tuple(found)


def _stream(row: Fields, url: Url) -> Opening:
    """What stood inside intercepted TLS and was no HTTP."""
    agent = next((value for name, value in row.pairs("headers") if name == "user-agent"), "")
    return Opening(
        transport=Transport.TCP,
        port=row.number("port", url.port, 0, 65535),
        destination=address_or_none(row.text("dst")),
        first=row.octets("stream_first_bytes_hex", MAX_FIRST),
        server_first=row.octets("server_first_bytes_hex", MAX_FIRST),
        is_inside=True,
        sni=host_or_as_it_is(row.text("sni")) if "sni" in row else url.host,
        user_agent=agent,
    )

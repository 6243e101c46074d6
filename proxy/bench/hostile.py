"""What would a client send to make the detectors slow? Inputs of any size, for each kind of detector.

Each is made twice, once four times as long as the other: what is linear takes four times as long, what is
quadratic sixteen times. Both sizes lie below what detectors are shown, but for `thousands-of-parameters`,
of which they read the beginning.
"""

import base64
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from proxy.bypass.observed import (
    MAX_BODY,
    MAX_FIRST,
    MAX_MESSAGES,
    Answer,
    Exchange,
    Form,
    Message,
    Opening,
    Question,
    Transport,
)
from proxy.decision.urls import Url

type Make[Seen] = Callable[[int], Seen]


def another[Seen: (Exchange, Question, Opening)](seen: Seen, number: int) -> Seen:
    """The same with a small change: what detectors remember of the last inputs must not answer for it."""
    if isinstance(seen, Exchange):
        host = f"n{number}.{seen.url.host}"
        return replace(seen, url=replace(seen.url, host=host))
    if isinstance(seen, Question):
        return replace(seen, name=f"{seen.name}{number}")
    return replace(seen, first=seen.first[:-4] + number.to_bytes(4, "big"))


def _asked(
    path: str = "/", query: str = "", fields: tuple[tuple[str, str], ...] = (), host: str = ""
) -> Exchange:
    url = Url("https", host or "site.example.org", 443, path, query)
    target = f"{path}?{query}" if query else path
    return Exchange("GET", url, target, Form.ORIGIN, (("host", url.host), *fields), sni=url.host)


def _nested_percent(size: int) -> Exchange:
    text = "https://a.example.net/"
    for _ in range(5):
        text = quote(text, safe="")
    return _asked(query="u=" + "%25" * (size // 3) + text)


def _nested_base64(size: int) -> Exchange:
    text = b"https://a.example.net/" + b"a" * (size // 4)
    for _ in range(5):
        text = base64.urlsafe_b64encode(text)
        if len(text) > size:
            break
    return _asked(path="/" + text.decode()[:size])


def _many_parameters(number: int) -> Exchange:
    return _asked(query="&".join(f"u{i}=https%3A%2F%2Fa{i}.example" for i in range(number)))


def _answered(type_: str, body: bytes) -> Exchange:
    asked = _asked("/app.js")
    answer = Answer(200, (("content-type", type_),), body[:MAX_BODY])
    return Exchange("GET", asked.url, asked.target, fields=asked.fields, answer=answer)


def _repeated(text: bytes, size: int) -> bytes:
    return (text * (size // len(text) + 1))[:size]


def _talk(payload: bytes, count: int) -> Exchange:
    messages = tuple(Message(number % 2 == 0, is_text=False, payload=payload) for number in range(count))
    asked = _asked("/socket", fields=(("upgrade", "websocket"),))
    return Exchange("GET", asked.url, asked.target, fields=asked.fields, messages=messages)


REQUESTS: dict[str, tuple[int, Make[Exchange]]] = {
    "nested-percent": (900, _nested_percent),
    "nested-base64": (900, _nested_base64),
    "many-parameters": (30, _many_parameters),
    "thousands-of-parameters": (1_000, _many_parameters),
    "many-pieces": (900, lambda n: _asked(path="/aHR0cHM6Ly" * (n // 11))),
    "many-addresses": (900, lambda n: _asked(path="/https://a.b" * (n // 12))),
    "many-fields": (
        200,
        lambda n: _asked(fields=tuple((f"x-bare-{i}", "a.example, b.example") for i in range(n))),
    ),
    "long-field": (900, lambda n: _asked(fields=(("x-forwarded-for", "10.0.0.1, " * (n // 10)),))),
    "near-misses": (900, lambda n: _asked(path="/" + "hvtrs7-hvtrs8" * (n // 13))),
    "fetcher": (900, lambda n: _asked(path="/web/2019" + "/http:/" * (n // 7), host="web.archive.org")),
}
ANSWERS: dict[str, tuple[int, Make[Exchange]]] = {
    "near-misses-in-script": (
        MAX_BODY // 4,
        lambda n: _answered("text/javascript", _repeated(b"__uv$confi;$scramjet$wra;x-bare-ur;_rhsRhs", n)),
    ),
    "half-open-tags": (
        MAX_BODY // 4,
        lambda n: _answered("text/html", _repeated(b"<title><iframe src=<!--", n)),
    ),
    "one-octet-body": (MAX_BODY // 4, lambda n: _answered("text/html", b"<" * n)),
}
MESSAGES: dict[str, tuple[int, Make[Exchange]]] = {
    "extensions-of-wisp": (
        MAX_FIRST // 4 - 16,
        lambda n: _talk(b"\x05\0\0\0\0\x02\0" + b"\x01\0\0\0\0" * (n // 5), 2),
    ),
    "names-in-message": (
        MAX_FIRST // 4 - 16,
        lambda n: _talk(b"\x01\x01\0\0\0\x01\xbb\x01" + b"a." * (n // 2), 2),
    ),
    "one-octet-messages": (MAX_MESSAGES // 4, lambda n: _talk(b"\x05", n)),
}
NAMES: dict[str, tuple[int, Make[Question]]] = {
    "long-labels": (62, lambda n: Question("10.0.0.1", "a1" * (n // 2) + ".t.example", "TXT")),
    "many-labels": (60, lambda n: Question("10.0.0.1", "a." * (n // 2) + "t.example", "NULL")),
    "hyphens": (60, lambda n: Question("10.0.0.1", "www-" * (n // 4) + "com.t.example", "A")),
    "escapes": (60, lambda n: Question("10.0.0.1", "\\255" * (n // 4) + ".t.example", "A")),
}
OPENINGS: dict[str, tuple[int, Make[Opening]]] = {
    "cut-greeting": (
        MAX_FIRST // 4,
        lambda n: Opening(Transport.TCP, 443, "198.51.100.7", b"\x16\x03\x01\0\x01\x01" * (n // 6)),
    ),
    "one-octet-stream": (MAX_FIRST // 4, lambda n: Opening(Transport.TCP, 443, "198.51.100.7", b"\x05" * n)),
    "nearly-http": (
        MAX_FIRST // 4,
        lambda n: Opening(Transport.TCP, 443, "198.51.100.7", _repeated(b"CONNECT ", n), is_inside=True),
    ),
    "datagram": (
        MAX_FIRST // 4,
        lambda n: Opening(Transport.UDP, 4500, "198.51.100.7", _repeated(b"\x01\0\0\0", n)),
    ),
}

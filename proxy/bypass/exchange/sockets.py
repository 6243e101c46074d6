"""Does a WebSocket carry a tunnel, a VPN or a remote desktop, by its first messages or its handshake?"""

import re
from binascii import Error as NotBase64
from binascii import a2b_base64
from collections.abc import Iterator

from proxy.bypass.exchange.first_message import protocol_of, vless
from proxy.bypass.exchange.kinds import field_of
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange, Message
from proxy.decision.names import NameProblem
from proxy.decision.signs import Consequence, Sign
from proxy.decision.urls import Url, parse_url

_WSPROXY = re.compile(r"/([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,10}:[0-9]{1,5})/?\Z")
_BASE64 = re.compile(r"[A-Za-z0-9_+/-]{32,2731}={0,2}\Z")
_URLSAFE = str.maketrans("-_", "+/")
_INSTRUCTION = re.compile(rb"[1-9][0-9]{0,4}\.[a-z]{2,20}(?:,[0-9]{1,5}\.[^,;]{0,400}){0,24};")
_GUACAMOLE = frozenset(
    {b"select", b"connect", b"args", b"ready", b"size", b"sync", b"audio", b"video", b"image"}
)
_NEKO = re.compile(rb'\{\s*"event"\s*:\s*"(?:system|signal|control|session|member|screen)/[a-z_]{2,20}"')
GO = "go-http-client"
LOOSE = frozenset({"SOCKS5 greeting", "SOCKS4 request"})
"""What a few octets alone look like: stopped, and held against nobody."""


def tunnel_message(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """The first message of each side that speaks a protocol of tunnels; it must not be forwarded."""
    begun: set[bool] = set()
    for index, message in enumerate(seen.messages):
        is_first = message.from_client not in begun
        begun.add(message.from_client)
        if message.is_text:
            yield from _text_message(index, message, knowledge)
        elif is_first:
            yield from _binary_message(index, message.payload, knowledge)


def tunnel_handshake(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """An upgrade whose path, subprotocol or client shows a tunnel."""
    if seen.field("upgrade").lower() != "websocket" and seen.url.scheme not in ("ws", "wss"):
        return
    if found := _WSPROXY.search(seen.url.path[-320:]):
        yield knowledge.sign("webproxy.wsproxy", 0.95, {"path": found.group(0)}, _url(found.group(1)))
    protocols = field_of(seen.fields, "sec-websocket-protocol")
    if len(protocols) >= 32 and (early := _early_data(protocols)) and (known := vless(early)):
        yield knowledge.sign(known[0], 0.97, {"field": "sec-websocket-protocol", **known[1]})
    agent = seen.field("user-agent")
    if not seen.field("origin") and (not agent or agent.lower().startswith(GO)):
        evidence = {"user-agent": agent or "none", "origin": "none"}
        yield knowledge.sign("tunnel.program_ws", 0.3, evidence, consequence=Consequence.LOG)


def _binary_message(index: int, payload: bytes, knowledge: Knowledge) -> Iterator[Sign]:
    found = protocol_of(payload)
    if found is not None:
        technique, evidence = found
        # Three octets may be anything; who answers as a SOCKS server, or is told an address, is one.
        loose = evidence.get("protocol") in LOOSE
        yield knowledge.sign(
            technique,
            0.7 if loose else 0.95,
            {"message": index, **evidence},
            consequence=Consequence.BLOCK if loose else None,
        )


def _text_message(index: int, message: Message, knowledge: Knowledge) -> Iterator[Sign]:
    payload = message.payload[:1024]
    if instruction := _INSTRUCTION.match(payload):
        opcode = instruction.group(0).partition(b".")[2].partition(b",")[0].rstrip(b";")
        if opcode in _GUACAMOLE:
            evidence = {"message": index, "instruction": opcode.decode()}
            yield knowledge.sign("remote.desktop_ws", 0.9, evidence)
    elif event := _NEKO.match(payload):
        evidence = {"message": index, "event": event.group(0).decode("latin-1")}
        yield knowledge.sign("remote.browser_web", 0.9, evidence)
    elif not payload.startswith((b"{", b"[")) and (found := protocol_of(message.payload)) is not None:
        yield knowledge.sign(found[0], 0.95, {"message": index, **found[1]})


def _early_data(protocols: str) -> bytes:
    """What a client sends with the handshake, as Xray and V2Ray do: base64 in place of a subprotocol."""
    text = protocols.strip()
    if not _BASE64.match(text):
        return b""
    text = text.rstrip("=").translate(_URLSAFE)
    try:
        return a2b_base64(text + "=" * (-len(text) % 4))
    except NotBase64:
        return b""


def _url(target: str) -> Url | None:
    try:
        return parse_url(target, scheme="https")
    except NameProblem:
        return None

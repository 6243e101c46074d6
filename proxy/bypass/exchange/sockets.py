"""Does a WebSocket carry a tunnel, a VPN or a remote desktop, by its first messages or its handshake?"""

import re
from binascii import Error as NotBase64
from binascii import a2b_base64
from collections.abc import Iterator

from proxy.bypass.exchange.first_message import protocol_of, unmistakable, vless
from proxy.bypass.exchange.kinds import field_of
from proxy.bypass.exchange.sides import Run, runs
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange
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
MAX_TEXT = 1024


def tunnel_message(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """Messages that speak a protocol of tunnels; the one that completes it must not be forwarded."""
    told: set[tuple[bool, int]] = set()
    for run in runs(seen):
        if (run.from_client, run.begins) in told:
            continue
        sign = _page_message(run, seen, knowledge) or _tunnel(run, knowledge)
        if sign is not None:
            told.add((run.from_client, run.begins))
            yield sign


def tunnel_handshake(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """An upgrade whose path, subprotocol or client shows a tunnel."""
    if seen.field("upgrade").lower() != "websocket" and seen.url.scheme not in ("ws", "wss"):
        return
    if found := _WSPROXY.search(seen.url.path[-320:]):
        yield knowledge.sign("webproxy.wsproxy", 0.95, {"path": found.group(0)}, _url(found.group(1)))
    protocols = field_of(seen.fields, "sec-websocket-protocol")
    if len(protocols) >= 32 and (early := _early_data(protocols)) and (known := vless(early)):
        yield knowledge.sign(known.technique, 0.97, {"field": "sec-websocket-protocol", **known.evidence})
    agent = seen.field("user-agent")
    if not seen.field("origin") and (not agent or agent.lower().startswith(GO)):
        evidence = {"user-agent": agent or "none", "origin": "none"}
        yield knowledge.sign("tunnel.program_ws", 0.3, evidence, consequence=Consequence.LOG)


def _tunnel(run: Run, knowledge: Knowledge) -> Sign | None:
    """What is told by its beginning is so wherever it begins; what any numbers may look like, at the first
    octets of a side alone."""
    is_first = run.begins == 0 and not run.is_written
    found = protocol_of(run.octets) if is_first else unmistakable(run.octets)
    if found is None:
        return None
    # Three octets, or an address of four, may be anything; a server that answers as one, or a name, may not.
    evidence = {"message": run.index, **found.evidence}
    if found.is_loose:
        return knowledge.sign(found.technique, 0.7, evidence, consequence=Consequence.BLOCK)
    return knowledge.sign(found.technique, 0.95, evidence)


def _page_message(run: Run, seen: Exchange, knowledge: Knowledge) -> Sign | None:
    """Texts of remote desktops and browsers, each a message by itself."""
    message = seen.messages[run.index - seen.left_out]
    if not message.is_text or message.payload[:MAX_TEXT] != run.octets[:MAX_TEXT]:
        return None
    payload = message.payload[:MAX_TEXT]
    if instruction := _INSTRUCTION.match(payload):
        opcode = instruction.group(0).partition(b".")[2].partition(b",")[0].rstrip(b";")
        if opcode in _GUACAMOLE:
            evidence = {"message": run.index, "instruction": opcode.decode()}
            return knowledge.sign("remote.desktop_ws", 0.9, evidence)
    elif event := _NEKO.match(payload):
        evidence = {"message": run.index, "event": event.group(0).decode("latin-1")}
        return knowledge.sign("remote.browser_web", 0.9, evidence)
    return None


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

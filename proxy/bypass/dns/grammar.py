"""Is this a message of a tool that carries a connection in names? What one question alone shows.

The forms are those of the tools' own protocols: iodine `doc/proto_00000502.txt`, dnscat2
`doc/protocol.md`, dns2tcp `client/auth.c`, OzymanDNS, dnstt `dnstt-client`.
"""

import base64
import binascii
import re
from collections.abc import Iterator

from proxy.bypass.dns.payload import Payload, is_hex, payload_of
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Question
from proxy.decision.signs import Consequence, Sign

PRIVATE_TYPES = range(65280, 65535)
"""Types for private use (RFC 6895, section 3.1); iodine asks for 65399."""
TUNNEL_TYPES = frozenset({"NULL", "KEY", "PRIVATE", "TYPE10", "TYPE25"})
"""NULL is experimental (RFC 1035), KEY is obsolete (RFC 3445): no programme looks them up."""

# iodine's base32 has a to z and 0 to 5. Its version, 0x0000050x, comes out as `aaaak`; 0x0000040x as `aaaai`.
_IODINE_VERSION = re.compile(r"vaaaa[i-p][a-z0-5]{5}\Z")
_IODINE_TRIES = re.compile(
    r"z[a-z0-5]{3}(?:aa-?aaahhh-drink-mal-ein|aa-la-fl|aabbccddeeffgghhii|aa0123456789)"
)
_IODINE = {
    "v": _IODINE_VERSION,
    "l": re.compile(r"l[ab][a-z0-5]{30}\Z"),
    "i": re.compile(r"i[a-p][a-z0-5]{3}\Z"),
    "z": _IODINE_TRIES,
    "y": re.compile(r"y[rstuv]b[a-z0-5]{3}"),
    "s": re.compile(r"s[a-p][fgh0][a-z0-5]{3}\Z"),
    "o": re.compile(r"o[a-p][ilrstuv][a-z0-5]{3}\Z"),
    "r": re.compile(r"r[a-z0-5]{3}d.{20}"),
    "n": re.compile(r"n[ab][a-z0-5]{7}\Z"),
    "p": re.compile(r"p[ab][a-z0-5]{6}\Z"),
}
_IODINE_DATA = re.compile(r"[0-9a-f][a-z0-5]{3}[a-z0-9].")
_OZYMAN = re.compile(r"(?:^|\.)[0-9]+-?[0-9]*\.id-[0-9]+\.(?:up|down|connect)\.")
_DNSCAT_TYPES = frozenset({0, 1, 2, 3, 255})
_BASE32 = re.compile(r"[a-z2-7]{20,}\Z")
_NAME_ENDS = re.compile(rb"[\x20-\x7e]{1,40}\x00\Z")


def tunnel_message(question: Question, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign what only a tunnel's client asks."""
    if is_tunnel_type(question.type):
        evidence = {"name": question.name, "type": question.type}
        yield knowledge.sign("dns.tunnel.type", 0.8, evidence, consequence=Consequence.BLOCK)
    payload = payload_of(question, knowledge)
    if payload is None:
        return
    technique, why = spoken(question, payload)
    if technique:
        yield knowledge.sign(technique, 1.0, {"name": question.name, "type": question.type, "form": why})


def is_tunnel_type(type_: str) -> bool:
    """Say whether a type of record is asked for by tunnels alone."""
    if type_ in TUNNEL_TYPES:
        return True
    number = type_.removeprefix("TYPE")
    return number.isdigit() and len(number) == 5 and int(number) in PRIVATE_TYPES


def spoken(question: Question, payload: Payload) -> tuple[str, str]:
    """The technique whose message a single question is, and which message; "" for none."""
    first = payload.labels[0]
    if _IODINE_VERSION.match(first) or _IODINE_TRIES.match(first):
        return "dns.tunnel.iodine", "handshake"
    if "=auth" in payload.labels or "=connect" in payload.labels:
        return "dns.tunnel.dns2tcp", "log-in"
    if _OZYMAN.search(question.name.lower()):
        return "dns.tunnel.ozymandns", "numbered piece"
    if first == "dnscat" and len(payload.labels) > 1:
        return "dns.tunnel.dnscat2_session", "its own label"
    if any(_is_dnscat_greeting(packet) for packet in map(dnscat_packet, payload.beginnings()) if packet):
        return "dns.tunnel.dnscat2_session", "first packet"
    return "", ""


def dnscat_packet(text: str) -> bytes:
    """The dnscat2 packet that a name's data could be (id, type, session ...); b"" when it cannot."""
    if len(text) < 14 or len(text) % 2 or not is_hex(text):
        return b""
    packet = bytes.fromhex(text)
    return packet if packet[2] in _DNSCAT_TYPES else b""


def _is_dnscat_greeting(packet: bytes) -> bool:
    """Say whether it is a SYN that names itself, or the beginning of the exchange of keys."""
    if packet[2] == 0 and len(packet) > 10:
        return packet[7:8] == b"\x00" and bool(packet[8] & 1) and _NAME_ENDS.match(packet[9:]) is not None
    return packet[2] == 3 and len(packet) == 73 and packet[5:9] == bytes(4)


def iodine_kind(text: str) -> str:
    """The letter of the iodine message that a first label could be; `data` for a piece; "" for none."""
    form = _IODINE.get(text[:1])
    if form is not None and form.match(text):
        return text[0]
    return "data" if _IODINE_DATA.match(text) else ""


def dnstt_client(text: str) -> bytes:
    """The client's number in the data of what could be dnstt's query; b"" when it cannot be one.

    Behind the number stand pieces with their lengths, those from 224 on padding, exactly to the end.
    """
    if not _BASE32.match(text):
        return b""
    try:
        octets = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except binascii.Error:
        return b""
    at = 8
    if len(octets) < 10 or octets[at] < 224:
        return b""
    while at < len(octets):
        size = octets[at]
        at += 1 + (size - 224 if size >= 224 else size)
    return octets[:8] if at == len(octets) else b""

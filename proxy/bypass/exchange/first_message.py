"""Which protocol do the first octets of a message speak, that no page of a school needs inside a WebSocket?

Each reader answers what it recognised, or None; all look at a few hundred octets.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address


@dataclass(frozen=True, slots=True)
class Found:
    """What was recognised.

    is_loose   so few octets look so that other programs' numbers may: stopped, and held against nobody
    """

    technique: str
    evidence: dict[str, str]
    is_loose: bool = False


MAX_LOOKED_AT = 600
_TROJAN = re.compile(rb"[0-9a-f]{56}\r\n[\x01\x03]([\x01\x03\x04])")
_SSH = re.compile(rb"SSH-[12]\.[0-9]{1,2}-[\x21-\x7e]{1,60}")
_PROXIED = re.compile(
    rb"(?:CONNECT [A-Za-z0-9.:\[\]-]{3,255}:[0-9]{1,5}|(?:GET|POST|HEAD) http://[!-~]{3,200})"
    rb" HTTP/1[.][01]\r\n"
)
_PAGE = re.compile(
    rb"(?:GET|HEAD|POST|OPTIONS) /[!-~]{0,2000} HTTP/1[.][01]\r\n"
    rb"(?:[A-Za-z0-9-]{1,40}:[^\r\n]{0,400}\r\n){0,8}?[Hh]ost:[ \t]{0,4}([A-Za-z0-9.:\[\]-]{3,255})\r\n"
)
_RFB = re.compile(rb"RFB 00[0-9]\.00[0-9]\n")
_HOST = re.compile(rb"(?:[A-Za-z0-9_-]{1,63}\.){1,20}[A-Za-z0-9-]{2,63}")
_SOCKS4 = re.compile(
    rb"\x04\x01(?!\0\0)..(?:[\x01-\xdf]...[\x21-\x7e]{0,64}\0|\0\0\0[\x01-\xff][\x21-\x7e]{0,64}\0[\w.-]{3,255}\0)\Z",
    re.DOTALL,
)
WEBSOCKET, DESKTOP = "tunnel.websocket", "remote.desktop_ws"
_TEXT = re.compile(rb"[\t\n\r\x20-\x7e]*")
_PLAIN_RESETS = frozenset({14} | {22 + digest for digest in (16, 20, 28, 32, 48, 64)})
"""Octets of OpenVPN's first packet: bare, and under the digests that tls-auth takes."""
WRAPPED_RESET = 54
"""Likewise under tls-crypt; with tls-crypt-v2 a client's key follows."""
_STUN_COOKIE = b"\x21\x12\xa4\x42"
_TURBO_TUNNEL = bytes.fromhex("1293605d278175f5")


def vless(data: bytes) -> Found | None:
    """VLESS: version 0, a UUID, the length of additions, a command, a port, and an address."""
    if len(data) < 24 or data[0] != 0 or data[1:17] == bytes(16):
        return None
    at = 18 + data[17]
    if data[17] > 64 or len(data) < at + 5 or data[at] not in (1, 2):
        return None
    port, host = int.from_bytes(data[at + 1 : at + 3], "big"), _address(data, at + 3, (1, 2, 3))
    is_loose = data[at + 3] != 2  # an address is any octets, a name is not
    return Found("tunnel.vless_ws", {"connect": f"{host}:{port}"}, is_loose) if port and host else None


def trojan(data: bytes) -> Found | None:
    """Trojan: 56 hexadecimal digits of a digest, a line's end, a command and an address as in SOCKS5."""
    found = _TROJAN.match(data)
    if found is None:
        return None
    evidence = {"connect": _address(data, 59, (1, 3, 4)), "bytes": "56 hexadecimal digits, CRLF"}
    return Found("tunnel.trojan_ws", evidence)


def socks(data: bytes) -> Found | None:
    """SOCKS 4 or 5 (RFC 1928): a greeting of its exact length, or a request with an address."""
    if data[:1] == b"\x05" and len(data) >= 3:
        if len(data) == 2 + data[1] and 0 < data[1] <= 8 and all(each in (0, 1, 2, 128) for each in data[2:]):
            return Found(WEBSOCKET, {"protocol": "SOCKS5 greeting", "bytes": data[:8].hex()}, is_loose=True)
        if data[1] in (1, 3) and data[2] == 0 and (host := _address(data, 3, (1, 3, 4))):
            return Found(WEBSOCKET, {"protocol": "SOCKS5 request", "connect": host}, is_loose=data[3] != 3)
    if data[:2] == b"\x04\x01" and 9 <= len(data) <= 300 and data[-1] == 0 and _SOCKS4.match(data):
        return Found(WEBSOCKET, {"protocol": "SOCKS4 request", "bytes": data[:8].hex()}, is_loose=True)
    return None


def tls(data: bytes) -> Found | None:
    """A ClientHello (RFC 8446, section 4.1.2), with the name it asks for."""
    if len(data) < 44 or data[0] != 0x16 or data[1] != 3 or data[2] > 4 or data[5] != 1 or data[9] != 3:
        return None
    if int.from_bytes(data[6:9], "big") < 38 or not 42 <= int.from_bytes(data[3:5], "big") <= 16_640:
        return None
    name = _server_name(data)
    evidence = {"protocol": "TLS", "bytes": data[:6].hex()} | ({"sni": name} if name else {})
    return Found(WEBSOCKET, evidence)


def ssh(data: bytes) -> Found | None:
    """The line with which both sides of SSH begin (RFC 4253, section 4.2)."""
    found = _SSH.match(data)
    return Found(WEBSOCKET, {"protocol": "SSH", "banner": found.group(0).decode()}) if found else None


def proxied(data: bytes) -> Found | None:
    """A request to an HTTP proxy. Evidence is its method and host: a path may say anything."""
    found = _PROXIED.match(data)
    if found is None:
        return None
    method, target, _ = _text(found.group(0)).split(" ", 2)
    host = re.split(r"[/?#\\]", target.removeprefix("http://"), maxsplit=1)[0].rpartition("@")[2]
    if method != "CONNECT" and not host.startswith("["):
        host = host.partition(":")[0]
    return Found(WEBSOCKET, {"protocol": "HTTP proxy", "line": f"{method} {host}"})


def page(data: bytes) -> Found | None:
    """A request for a page, with its host (RFC 9112, section 3.2): whole connections travel here. Tools that
    show programs under construction do it as well."""
    found = _PAGE.match(data)
    if found is None:
        return None
    return Found(WEBSOCKET, {"protocol": "HTTP", "host": _text(found.group(1))}, is_loose=True)


def desktop(data: bytes) -> Found | None:
    """The first octets of a remote desktop: RFB (RFC 6143, 7.1.1), RDP (MS-RDPBCGR, 2.2.1.1), SPICE."""
    if found := _RFB.match(data):
        return Found(DESKTOP, {"protocol": "RFB (VNC)", "banner": _text(found.group(0))})
    is_tpkt = data[:2] == b"\x03\0" and len(data) >= 11 and int.from_bytes(data[2:4], "big") == len(data)
    if is_tpkt and data[5] == 0xE0 and data[4] == len(data) - 5:
        return Found(DESKTOP, {"protocol": "RDP", "bytes": data[:8].hex()})
    if data[:4] == b"REDQ" and len(data) >= 16 and data[4:8] in (b"\x02\0\0\0", b"\x01\0\0\0"):
        return Found(DESKTOP, {"protocol": "SPICE", "bytes": data[:8].hex()})
    return None


def vpn(data: bytes) -> Found | None:
    """The first packet of WireGuard or OpenVPN. A client's alone may be another
    program's numbers; a server's, which takes the client's up, is nothing else."""
    if (is_first := data[:4] == b"\x01\0\0\0" and len(data) == 148 and _is_noise(data[8:132])) or (
        data[:4] == b"\x02\0\0\0" and len(data) == 92 and _is_noise(data[12:76])
    ):
        if data[-16:] != bytes(16):  # `mac2`: nobody was asked for a cookie yet
            return None
        return Found(WEBSOCKET, {"protocol": "WireGuard", "bytes": data[:8].hex()}, is_loose=is_first)
    if len(data) < 16 or int.from_bytes(data[:2], "big") != len(data) - 2 or _TEXT.fullmatch(data[3:11]):
        return None
    if (is_reset := _is_hard_reset(data[2:])) or _is_reset_taken_up(data[2:]):
        return Found(WEBSOCKET, {"protocol": "OpenVPN", "bytes": data[:8].hex()}, is_loose=is_reset)
    return None


def _is_hard_reset(packet: bytes) -> bool:
    """OpenVPN's first packet of a client (opcode 7 or 10, key 0), plain or wrapped in any of its ways."""
    size = len(packet)
    if packet[:1] == b"\x38" and packet[-5:] == bytes(5):  # nothing acknowledged, packet 0
        return size in _PLAIN_RESETS
    is_wrapped = size >= WRAPPED_RESET and packet[10:13] == b"\0\0\x01" and packet[9] in (0, 0x0F)
    if packet[:1] == b"\x38":
        return is_wrapped and size == WRAPPED_RESET
    key = size - WRAPPED_RESET
    return packet[:1] == b"\x50" and is_wrapped and key >= 290 and packet[-2:] == key.to_bytes(2, "big")


def _is_reset_taken_up(packet: bytes) -> bool:
    """OpenVPN's plain answer (opcode 8): packet 0 acknowledged, the client's session, packet 0."""
    return len(packet) == 26 and packet[0] == 0x40 and packet[9:14] + packet[22:] == b"\x01" + bytes(8)


def _is_noise(keys: bytes) -> bool:
    """Whether octets are as different from each other as those of keys."""
    return len(set(keys)) > len(keys) // 2


def turn(data: bytes) -> Found | None:
    """A STUN or TURN message (RFC 8489, section 5), which carries datagrams to anywhere."""
    if len(data) < 20 or data[4:8] != _STUN_COOKIE or data[0] >= 0x40:
        return None
    if int.from_bytes(data[2:4], "big") != len(data) - 20:
        return None
    return Found("tunnel.turn_ws", {"protocol": "TURN", "bytes": data[:8].hex()})


def snowflake(data: bytes) -> Found | None:
    """Tor's Snowflake begins with a token of its own (turbotunnel)."""
    if data[:8] == _TURBO_TUNNEL:
        return Found("tor.snowflake_ws", {"bytes": data[:8].hex()})
    return None


UNMISTAKABLE = frozenset(b"0123456789abcdefSCGPHR\x00\x03\x05\x12\x16")
"""The octets of which one comes first in all that `unmistakable` knows."""

type Reader = Callable[[bytes], Found | None]

TEXTS: tuple[Reader, ...] = (trojan, ssh, proxied, desktop, snowflake, tls)  # nothing else begins so
NUMBERS: tuple[Reader, ...] = (turn, vpn, socks, vless, page)  # lengths and fields that must agree


def protocol_of(data: bytes) -> Found | None:
    """The first protocol that the first octets of a side speak; None for anything unknown."""
    head = data[:MAX_LOOKED_AT] if len(data) > 4 * MAX_LOOKED_AT else data
    return _first_of(TEXTS, head) or _first_of(NUMBERS, head)


def unmistakable(data: bytes) -> Found | None:
    """The protocol of octets in the middle of something: one of fixed texts, or one that names a host."""
    head = data[:MAX_LOOKED_AT]
    if found := _first_of(TEXTS, head):
        return found
    found = _first_of((socks, vless), head) if head[:1] in (b"\0", b"\x05") else None
    return found if found is not None and not found.is_loose else None


def _first_of(readers: tuple[Reader, ...], data: bytes) -> Found | None:
    for reader in readers:
        found = reader(data)
        if found is not None:
            return found
    return None


def _address(data: bytes, at: int, kinds: tuple[int, int, int]) -> str:
    """An address of one of three kinds (IPv4, name, IPv6) at a place, or ""."""
    v4, name, v6 = kinds
    kind = data[at] if at < len(data) else None
    if kind == v4 and len(data) >= at + 5:
        return str(IPv4Address(data[at + 1 : at + 5]))
    if kind == v6 and len(data) >= at + 17:
        return str(IPv6Address(data[at + 1 : at + 17]))
    if kind == name and at + 1 < len(data):
        text = data[at + 2 : at + 2 + data[at + 1]]
        if len(text) == data[at + 1] and _HOST.fullmatch(text):
            return text.decode("ascii")
    return ""


def _server_name(data: bytes) -> str:
    """The name in the `server_name` extension, found by its fields (RFC 6066, section 3)."""
    at = data.find(b"\0\0\0", 44)
    for _ in range(16):
        if at < 0 or at + 9 > len(data):
            return ""
        size = int.from_bytes(data[at + 7 : at + 9], "big")
        if data[at + 6] == 0 and int.from_bytes(data[at + 2 : at + 4], "big") == size + 5:
            text = data[at + 9 : at + 9 + size]
            if len(text) == size and _HOST.fullmatch(text):
                return text.decode("ascii")
        at = data.find(b"\0\0", at + 1)
    return ""


def _text(octets: bytes) -> str:
    return octets.decode("latin-1").strip()

"""Which protocol do the first octets of a message speak, that no page of a school needs inside a WebSocket?

Each reader answers what it recognised, as technique and evidence, or None; all look at a few hundred octets.
"""

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

type Found = tuple[str, dict[str, str]]

MAX_LOOKED_AT = 600
_TROJAN = re.compile(rb"[0-9a-f]{56}\r\n[\x01\x03]([\x01\x03\x04])")
_SSH = re.compile(rb"SSH-[12]\.[0-9]{1,2}-[\x21-\x7e]{1,60}")
_PROXIED = re.compile(
    rb"(?:CONNECT [A-Za-z0-9.:\[\]-]{3,255}:[0-9]{1,5}|(?:GET|POST|HEAD) http://[!-~]{3,200})"
    rb" HTTP/1[.][01]\r\n"
)
_RFB = re.compile(rb"RFB 00[0-9]\.00[0-9]\n")
_HOST = re.compile(rb"(?:[A-Za-z0-9_-]{1,63}\.){1,20}[A-Za-z0-9-]{2,63}")
_SOCKS4 = re.compile(
    rb"\x04\x01(?!\0\0)..(?:[\x01-\xdf]...[\x21-\x7e]{0,64}\0|\0\0\0[\x01-\xff][\x21-\x7e]{0,64}\0[\w.-]{3,255}\0)\Z",
    re.DOTALL,
)
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
    return ("tunnel.vless_ws", {"connect": f"{host}:{port}"}) if port and host else None


def trojan(data: bytes) -> Found | None:
    """Trojan: 56 hexadecimal digits of a digest, a line's end, a command and an address as in SOCKS5."""
    found = _TROJAN.match(data)
    if found is None:
        return None
    return "tunnel.trojan_ws", {
        "connect": _address(data, 59, (1, 3, 4)) or "",
        "bytes": "56 hexadecimal digits, CRLF",
    }


def socks(data: bytes) -> Found | None:
    """SOCKS 4 or 5 (RFC 1928): a greeting of its exact length, or a request with an address."""
    if data[:1] == b"\x05" and len(data) >= 3:
        if len(data) == 2 + data[1] and 0 < data[1] <= 8 and all(each in (0, 1, 2, 128) for each in data[2:]):
            return "tunnel.websocket", {"protocol": "SOCKS5 greeting", "bytes": data[:8].hex()}
        if data[1] in (1, 3) and data[2] == 0 and (host := _address(data, 3, (1, 3, 4))):
            return "tunnel.websocket", {"protocol": "SOCKS5 request", "connect": host}
    if data[:2] == b"\x04\x01" and 9 <= len(data) <= 300 and data[-1] == 0 and _SOCKS4.match(data):
        return "tunnel.websocket", {"protocol": "SOCKS4 request", "bytes": data[:8].hex()}
    return None


def tls(data: bytes) -> Found | None:
    """A ClientHello (RFC 8446, section 4.1.2), with the name it asks for."""
    if len(data) < 44 or data[0] != 0x16 or data[1] != 3 or data[2] > 4 or data[5] != 1 or data[9] != 3:
        return None
    if int.from_bytes(data[6:9], "big") < 38 or not 42 <= int.from_bytes(data[3:5], "big") <= 16_640:
        return None
    name = _server_name(data)
    return "tunnel.websocket", {"protocol": "TLS", "bytes": data[:6].hex()} | ({"sni": name} if name else {})


def ssh(data: bytes) -> Found | None:
    """The line with which both sides of SSH begin (RFC 4253, section 4.2)."""
    found = _SSH.match(data)
    return ("tunnel.websocket", {"protocol": "SSH", "banner": found.group(0).decode()}) if found else None


def proxied(data: bytes) -> Found | None:
    """A request to an HTTP proxy."""
    found = _PROXIED.match(data)
    return (
        ("tunnel.websocket", {"protocol": "HTTP proxy", "line": _text(found.group(0).partition(b"?")[0])})
        if found
        else None
    )


def desktop(data: bytes) -> Found | None:
    """The first octets of a remote desktop: RFB (RFC 6143, 7.1.1), RDP (MS-RDPBCGR, 2.2.1.1), SPICE."""
    if found := _RFB.match(data):
        return "remote.desktop_ws", {"protocol": "RFB (VNC)", "banner": _text(found.group(0))}
    is_tpkt = data[:2] == b"\x03\0" and len(data) >= 11 and int.from_bytes(data[2:4], "big") == len(data)
    if is_tpkt and data[5] == 0xE0 and data[4] == len(data) - 5:
        return "remote.desktop_ws", {"protocol": "RDP", "bytes": data[:8].hex()}
    if data[:4] == b"REDQ" and len(data) >= 16 and data[4:8] in (b"\x02\0\0\0", b"\x01\0\0\0"):
        return "remote.desktop_ws", {"protocol": "SPICE", "bytes": data[:8].hex()}
    return None


def vpn(data: bytes) -> Found | None:
    """The first packet of WireGuard or OpenVPN."""
    if len(data) == 148 and data[:4] == b"\x01\0\0\0":
        return "tunnel.websocket", {"protocol": "WireGuard", "bytes": data[:8].hex()}
    if (
        len(data) >= 16
        and data[2:3] in (b"\x38", b"\x50")
        and int.from_bytes(data[:2], "big") == len(data) - 2 < 600
    ):
        return "tunnel.websocket", {"protocol": "OpenVPN", "bytes": data[:8].hex()}
    return None


def turn(data: bytes) -> Found | None:
    """A STUN or TURN message (RFC 8489, section 5), which carries datagrams to anywhere."""
    if len(data) < 20 or data[4:8] != _STUN_COOKIE or data[0] >= 0x40:
        return None
    if int.from_bytes(data[2:4], "big") != len(data) - 20:
        return None
    return "tunnel.turn_ws", {"protocol": "TURN", "bytes": data[:8].hex()}


def snowflake(data: bytes) -> Found | None:
    """Tor's Snowflake begins with a token of its own (turbotunnel)."""
    if data[:8] == _TURBO_TUNNEL:
        return "tor.snowflake_ws", {"bytes": data[:8].hex()}
    return None


READERS: tuple[Callable[[bytes], Found | None], ...] = (
    trojan, ssh, proxied, desktop, snowflake,  # fixed texts
    tls, turn, vpn, socks, vless,  # lengths and fields that must agree
)  # fmt: skip


def protocol_of(data: bytes) -> Found | None:
    """The first protocol that a message's first octets speak; None for anything unknown."""
    head = data[:MAX_LOOKED_AT] if len(data) > 4 * MAX_LOOKED_AT else data
    for reader in READERS:
        found = reader(head)
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

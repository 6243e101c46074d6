"""Which protocol does a stream speak that is neither TLS nor the web? Its first octets say so.

Each protocol is a function from the client's first octets, and the server's, to a word for what was seen,
or ""; the table gives them in order. A stream inside intercepted TLS is read by the same table.
"""

import re
from collections.abc import Callable

from proxy.bypass.openings.hello import is_hello

type Spoken = Callable[[bytes, bytes], str]

WITH_NAME = "request with a host's name"
STRUCTURES = frozenset({"proxy.socks4", "tunnel.vless"})
"""What a few numbers alone look like, unless a host's name stands among them: held against nobody."""
_NAME = re.compile(rb"\x00[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){1,10}\x00")
SOCKS_METHODS = frozenset({0, 1, 2, 3, 5, 6, 7, 8, 9, *range(0x80, 0xFF)})
_TROJAN = re.compile(rb"[0-9a-f]{56}\r\n[\x01\x03\x7f]")
_WEB = re.compile(rb"(?:[A-Z_]{3,20} (?:/|\*|https?://|wss?://)|PRI \* HTTP/2|CONNECT \S{1,300} HTTP/)")
_SOCKS4 = re.compile(rb"\x04[\x01\x02](?!\x00\x00)..[^\x00]*...", re.DOTALL)
_TEXT_OF_OTHERS = re.compile(
    rb"(?:<\?xml|<stream:|EHLO |HELO |\* OK|220[ -]|\+OK|USER |NICK |CAP LS|A[0-9]{1,6} |[a-z0-9]{1,6} CAPAB"
    rb"|[0-9a-f]{4}git-(?:upload|receive)-pack |AMQP\x00|INFO \{|RTSP/|\*[0-9]{1,3}\r\n\$)"
)
_BINARY_OF_OTHERS = re.compile(
    rb"(?:WA[\x00-\x09]|ED\x00\x01|\xef\x7f?.\x00|\xee{4}|\xdd{4}"  # WhatsApp; Telegram
    rb"|\x10[\x0a-\xff][\x00-\x02]?\x00[\x04\x06]MQ(?:TT|Isdp)|\x03....\x00{4}|\x00\x00\x00.\x04\xd2\x16\x2f)",
    re.DOTALL,
)


def is_web(first: bytes) -> bool:
    """Say whether octets begin an HTTP request."""
    return _WEB.match(first) is not None


def may_become_web_or_tls(first: bytes) -> bool:
    """Say whether so few octets could still begin an HTTP request or a TLS greeting."""
    return len(first) < 3 and (first.isupper() or first[:1] == b"\x16")


def ssh(first: bytes, server: bytes) -> str:
    """SSH: both sides begin with their version (RFC 4253, section 4.2)."""
    return "SSH-" if first.startswith(b"SSH-") or server.startswith(b"SSH-") else ""


def socks5(first: bytes, server: bytes) -> str:
    """SOCKS 5: version, how many methods, methods (RFC 1928, section 3)."""
    del server
    if len(first) < 3 or first[0] != 5 or not 1 <= first[1] <= 16 or len(first) < 2 + first[1]:
        return ""
    methods = first[2 : 2 + first[1]]
    return "greeting" if SOCKS_METHODS.issuperset(methods) and len(set(methods)) == len(methods) else ""


def socks4(first: bytes, server: bytes) -> str:
    """SOCKS 4 and 4a: version, command, port, address, user, zero."""
    del server
    if not (9 <= len(first) <= 600 and first.find(b"\x00", 8) > 0 and _SOCKS4.match(first)):
        return ""
    return WITH_NAME if first[4:7] == bytes(3) and _NAME.search(first, 8) else "request"


def trojan(first: bytes, server: bytes) -> str:
    """Trojan: SHA-224 of a password in hexadecimal digits, a line's end, then a SOCKS 5 request."""
    del server
    return "56 digits and a line's end" if _TROJAN.match(first) else ""


def vless(first: bytes, server: bytes) -> str:
    """VLESS: version, user, addons, command, port, kind of address, address."""
    del server
    if len(first) < 24 or first[0] > 1 or not any(first[1:17]):
        return ""
    at = 18 + first[17]
    if first[17] > 64 or at + 5 > len(first) or first[at] not in (1, 2):
        return ""
    kind, port = first[at + 3], int.from_bytes(first[at + 1 : at + 3])
    if not port or kind not in (1, 2, 3):
        return ""
    if kind == 2:
        host = first[at + 5 : at + 5 + first[at + 4]]
        return WITH_NAME if len(host) >= 3 and host.isascii() and b"." in host else ""
    return "request" if len(first) >= at + 4 + (4 if kind == 1 else 16) else ""


def openvpn(first: bytes, server: bytes) -> str:
    """OpenVPN over TCP: a length, then a hard reset of the client's (opcode 7 or 10, key 0)."""
    del server
    size = int.from_bytes(first[:2])
    return (
        "hard reset"
        if 14 <= size <= 2048 and first[2:3] in (b"\x38", b"\x50") and size + 2 <= len(first)
        else ""
    )


def pptp(first: bytes, server: bytes) -> str:
    """PPTP: a control message with its magic cookie (RFC 2637, section 2.1)."""
    del server
    return "magic cookie" if first[2:8] == b"\x00\x01\x1a\x2b\x3c\x4d" else ""


def bittorrent(first: bytes, server: bytes) -> str:
    """BitTorrent between peers (BEP 3)."""
    return "peer" if b"\x13BitTorrent protocol" in (first[:20], server[:20]) else ""


def rdp(first: bytes, server: bytes) -> str:
    """RDP: TPKT with a connection request of X.224 (MS-RDPBCGR, section 2.2.1.1)."""
    del server
    size = int.from_bytes(first[2:4])
    is_request = first[:2] == b"\x03\x00" and first[5:6] == b"\xe0" and 11 <= size <= 1024
    return "connection request" if is_request and first[4] == size - 5 else ""


def vnc(first: bytes, server: bytes) -> str:
    """VNC: both sides begin with their version (RFC 6143, section 7.1.1)."""
    return "RFB" if first.startswith(b"RFB 00") or server.startswith(b"RFB 00") else ""


def teamviewer(first: bytes, server: bytes) -> str:
    """TeamViewer: a packet's magic number."""
    return "packet" if first[:2] == b"\x17\x24" or (server[:2] == b"\x17\x24" and not is_hello(first)) else ""


def stun(first: bytes, server: bytes) -> str:
    """STUN or TURN over a stream (RFC 8489, section 5)."""
    del server
    return "magic cookie" if first[4:8] == b"\x21\x12\xa4\x42" and first[0] < 64 else ""


def others(first: bytes, server: bytes) -> str:
    """Messengers, mail and other well-known protocols with ports of their own."""
    for octets in (first, server):
        if _TEXT_OF_OTHERS.match(octets) or _BINARY_OF_OTHERS.match(octets):
            return "a well-known protocol"
    return ""


SPOKEN: tuple[tuple[str, Spoken], ...] = (
    ("tunnel.ssh", ssh),
    ("tunnel.trojan", trojan),
    ("remote.vnc", vnc),
    ("remote.rdp", rdp),
    ("vpn.pptp", pptp),
    ("vpn.openvpn", openvpn),
    ("p2p.bittorrent", bittorrent),
    ("webrtc.stun", stun),
    ("remote.teamviewer", teamviewer),
    ("proxy.socks5", socks5),
    ("proxy.socks4", socks4),
    ("egress.protocol", others),  # before what is told by structure alone
    ("tunnel.vless", vless),
)
"""In order: fixed words first, then what is told by its structure."""

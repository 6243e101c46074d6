"""Which protocol does a flow of datagrams speak? The first datagram says so.

As for streams: a function each, in order; the port counts where a form alone is weak.
"""

import re
from collections.abc import Callable

type Spoken = Callable[[bytes, int], str]

QUIC_VERSIONS = (b"\x00\x00\x00\x01", b"\x6b\x33\x43\xcf")
OPENVPN_RESETS = frozenset({14, 22, 26, 34, 42, 46, 50, 54, 58, 62, 70, 82, 86, 90})
"""Octets of a first packet of OpenVPN: plain, under the digests that tls-auth takes, under tls-crypt."""
_TORRENT = re.compile(
    rb"d1:[adqr]|d2:ip|\x00\x00\x04\x17\x27\x10\x19\x80\x00\x00\x00\x00|\x13BitTorrent protocol"
)
_WIREGUARD = {1: 148, 2: 92, 3: 64}
WARP_PORTS = frozenset({500, 1701, 2408, 4500})
"""Where WARP's servers listen (Cloudflare One documentation, "WARP with firewall"); elsewhere length and
one octet are a meeting's control packets as well."""
_ISAKMP = frozenset({(0x20, 34), (0x10, 2), (0x10, 4)})


def wireguard(first: bytes, port: int) -> str:
    """WireGuard: kind of message, three zeros, and the one length that each kind has."""
    del port
    if first[1:4] != b"\x00\x00\x00" or len(first) < 32:
        return ""
    if _WIREGUARD.get(first[0]) == len(first):
        return "handshake"
    return "data" if first[0] == 4 and len(first) % 16 == 0 and first[12:16] == bytes(4) else ""


def warp(first: bytes, port: int) -> str:
    """WireGuard with numbers in the three octets that it keeps at zero, as Cloudflare's WARP fills them."""
    is_one = port in WARP_PORTS and first[:1] == b"\x01" and len(first) == 148
    return "handshake, reserved octets filled" if is_one else ""


def openvpn(first: bytes, port: int) -> str:
    """OpenVPN: a hard reset of the client's (opcode 7 or 10, key 0) and a session's number."""
    if first[:1] == b"\x38":
        if len(first) == 14 and first[9:] == bytes(5):
            return "hard reset"
        if len(first) in OPENVPN_RESETS and (first[-5:] == bytes(5) or len(first) == 54 or port == 1194):
            return "hard reset, signed"
    if (
        first[:1] == b"\x50"
        and len(first) >= 54
        and (port == 1194 or first[9:13] in (b"\x00\x00\x00\x01", b"\x0f\x00\x00\x01"))
    ):
        return "hard reset, encrypted"
    return "hard reset" if port == 1194 and first[:1] in (b"\x38", b"\x50") else ""


def iodine(first: bytes, port: int) -> str:
    """iodine's raw mode: three octets that no DNS message begins with."""
    del port
    return "raw mode" if first[:3] == b"\x10\xd1\x9e" and len(first) >= 4 and 1 <= first[3] >> 4 <= 3 else ""


def quic(first: bytes, port: int) -> str:
    """QUIC: a long header with a version that is in use, a draft's, Google's, or one that asks for others."""
    version = first[1:5]
    if len(first) < 7 or not first[0] & 0x80 or port == 53:
        return ""
    is_older = version[:3] == b"\xff\x00\x00" or (version[:1] in (b"Q", b"T") and port == 443)
    known = version in QUIC_VERSIONS or is_older
    return "long header" if known or all(octet & 0x0F == 0x0A for octet in version) else ""


def tailscale(first: bytes, port: int) -> str:
    """Tailscale looking for its peers."""
    del port
    return "disco" if first[:6] == "TS💬".encode() else ""


def stun(first: bytes, port: int) -> str:
    """STUN or TURN (RFC 8489, section 5)."""
    del port
    return "magic cookie" if len(first) >= 20 and first[0] < 64 and first[4:8] == b"\x21\x12\xa4\x42" else ""


def dtls(first: bytes, port: int) -> str:
    """DTLS: a handshake record of version 1.0 or 1.2."""
    del port
    return "handshake" if first[:2] == b"\x16\xfe" and first[2:3] in (b"\xff", b"\xfd", b"\xfc") else ""


def ike(first: bytes, port: int) -> str:
    """IKE: an initiator's number, none of a responder's, a first exchange (RFC 7296, section 3.1)."""
    if port == 4500 and first[:4] == bytes(4):
        first = first[4:]
    is_first = any(first[:8]) and first[8:16] == bytes(8) and len(first) >= 28
    return "first exchange" if is_first and (first[17], first[18]) in _ISAKMP else ""


def l2tp(first: bytes, port: int) -> str:
    """L2TP: a control message with its own length (RFC 2661, section 3.1)."""
    is_control = first[:1] in (b"\xc8", b"\xca") and first[1:2] in (b"\x02", b"\x03")
    return (
        "control message" if is_control and (port == 1701 or int.from_bytes(first[2:4]) == len(first)) else ""
    )


def bittorrent(first: bytes, port: int) -> str:
    """BitTorrent: its distributed table, or a tracker (BEP 5, BEP 15)."""
    del port
    return "table or tracker" if _TORRENT.match(first) else ""


def zerotier(first: bytes, port: int) -> str:
    """ZeroTier, by its port."""
    return "its port" if port == 9993 and len(first) >= 28 else ""


def dns(first: bytes, port: int) -> str:
    """A plain DNS query."""
    is_query = (
        len(first) >= 17 and first[2] & 0xF8 == 0 and first[4:6] == b"\x00\x01" and first[6:8] == bytes(2)
    )
    return "query" if is_query and port in (53, 5353, 5355, 443, 54) else ""


def ntp(first: bytes, port: int) -> str:
    """The time of day (RFC 5905, section 7.3)."""
    return (
        "client"
        if port == 123 and len(first) >= 48 and first[0] & 7 in (1, 3) and 1 <= first[0] >> 3 & 7 <= 5
        else ""
    )


SPOKEN: tuple[tuple[str, Spoken], ...] = (
    ("tunnel.iodine_raw", iodine),
    ("vpn.wireguard", wireguard),
    ("vpn.tailscale", tailscale),
    ("webrtc.stun", stun),
    ("quic.http3", quic),
    ("vpn.dtls", dtls),
    ("vpn.ike", ike),
    ("vpn.l2tp", l2tp),
    ("vpn.openvpn", openvpn),
    ("p2p.bittorrent", bittorrent),
    ("vpn.warp", warp),  # after all that have a form: it is told by its length and one octet
    ("vpn.zerotier", zerotier),
    ("dns.foreign_resolver", dns),
)
"""In order: fixed words first, then what is told by its structure, then by its port."""

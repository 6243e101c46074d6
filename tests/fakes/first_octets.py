"""How do tools greet? The first octets that their clients send, built from their protocols.

Random where the protocol has keys, numbers or cipher text; the caller gives the dice.
"""

import random
import struct

type Dice = random.Random


def wireguard(dice: Dice, *, reserved: bytes = bytes(3)) -> bytes:
    """A handshake initiation (WireGuard white paper, section 5.4.2)."""
    return b"\x01" + reserved + dice.randbytes(144)


def openvpn(dice: Dice, *, digest: int = 0) -> bytes:
    """A hard reset; with a digest of so many octets as tls-auth signs it."""
    head = b"\x38" + dice.randbytes(8)
    signed = dice.randbytes(digest) + struct.pack(">II", 1, 1_790_000_000) if digest else b""
    return head + signed + b"\x00" + bytes(4)


def openvpn_tls_crypt(dice: Dice) -> bytes:
    """A hard reset under tls-crypt."""
    return b"\x38" + dice.randbytes(8) + struct.pack(">II", 1, 1_790_000_000) + dice.randbytes(37)


def over_tcp(packet: bytes) -> bytes:
    """A packet of OpenVPN's on a stream."""
    return len(packet).to_bytes(2) + packet


def ike(dice: Dice, *, version: int = 0x20, exchange: int = 34) -> bytes:
    """A first exchange of IKE."""
    body = dice.randbytes(200)
    return (
        dice.randbytes(8)
        + bytes(8)
        + struct.pack(">BBBBII", 33, version, exchange, 8, 0, 28 + len(body))
        + body
    )


def l2tp() -> bytes:
    """Start-Control-Connection-Request."""
    body = b"\x80\x08\x00\x00\x00\x00\x00\x01" + b"\x80\x08\x00\x00\x00\x02\x01\x00"
    return struct.pack(">HHHHHH", 0xC802, 12 + len(body), 0, 0, 0, 0) + body


def pptp() -> bytes:
    """Start-Control-Connection-Request."""
    return struct.pack(">HHIHH", 156, 1, 0x1A2B3C4D, 1, 0) + bytes(144)


def quic(dice: Dice, version: bytes = b"\x00\x00\x00\x01") -> bytes:
    """A client's Initial."""
    return b"\xc3" + version + b"\x08" + dice.randbytes(8) + b"\x00\x00\x44\x9e" + dice.randbytes(1180)


def stun(dice: Dice, kind: int = 1) -> bytes:
    """A binding request (1), or a TURN allocation (3)."""
    return struct.pack(">HHI", kind, 0, 0x2112A442) + dice.randbytes(12)


def dtls(dice: Dice) -> bytes:
    """A ClientHello over datagrams."""
    return b"\x16\xfe\xfd" + bytes(8) + b"\x00\x40\x01" + dice.randbytes(63)


def rdp(user: bytes = b"amy") -> bytes:
    """A connection request with a cookie."""
    body = b"\xe0\x00\x00\x00\x00\x00Cookie: mstshash=" + user + b"\r\n\x01\x00\x08\x00\x03\x00\x00\x00"
    return b"\x03\x00" + (len(body) + 5).to_bytes(2) + bytes([len(body)]) + body


def trojan(dice: Dice) -> bytes:
    """A password's digest, then a request."""
    return dice.randbytes(28).hex().encode() + b"\r\n\x01\x03\x0bexample.org\x01\xbb\r\n"


def vless(dice: Dice, *, addons: bytes = b"") -> bytes:
    """A request for a name."""
    head = b"\x00" + dice.randbytes(16) + bytes([len(addons)]) + addons
    return head + b"\x01\x01\xbb\x02\x0bexample.org" + dice.randbytes(20)


def dns(name: str = "www.example.org") -> bytes:
    """A plain question for an address."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">HHHHHH", 77, 0x0100, 1, 0, 0, 0) + labels + b"\x00\x00\x01\x00\x01"


def hello(*names: str, protocols: tuple[bytes, ...] = (), ech: bool = False, record: int = 16384) -> bytes:
    """A ClientHello with what is asked for, in records of at most so many octets."""
    extensions = b""
    for name in names:
        entry = b"\x00" + len(name).to_bytes(2) + name.encode()
        extensions += _extension(0, len(entry).to_bytes(2) + entry)
    if protocols:
        entries = b"".join(bytes([len(each)]) + each for each in protocols)
        extensions += _extension(16, len(entries).to_bytes(2) + entries)
    if ech:
        extensions += _extension(0xFE0D, bytes(60))
    extensions += _extension(43, b"\x02\x03\x04")
    body = b"\x03\x03" + bytes(32) + b"\x20" + bytes(32) + b"\x00\x02\x13\x01" + b"\x01\x00"
    body += len(extensions).to_bytes(2) + extensions
    message = b"\x01" + len(body).to_bytes(3) + body
    parts = [message[at : at + record] for at in range(0, len(message), record)]
    return b"".join(b"\x16\x03\x01" + len(part).to_bytes(2) + part for part in parts)


def _extension(kind: int, value: bytes) -> bytes:
    return struct.pack(">HH", kind, len(value)) + value

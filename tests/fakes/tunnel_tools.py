"""What do the tools ask that carry connections in names? Encoders that speak as their clients do.

Each yields (name, type) pairs in the order in which its client sends them. They follow the tools' own
protocols (iodine doc/proto_00000502.txt, dnscat2 doc/protocol.md, dns2tcp client/, dnstt dnstt-client,
OzymanDNS droute.pl) with all that can be chosen: domain, type of record, label size, what is carried.
"""

import base64
import random
from collections.abc import Iterator

IODINE_LETTERS = "abcdefghijklmnopqrstuvwxyz012345"
WORDS = (
    "apple", "river", "stone", "garden", "yellow", "window", "candle", "forest", "mountain", "paper",
    "silver", "dragon", "pencil", "orange", "winter", "bridge", "harbor", "meadow", "summer", "planet",
    "rocket", "basket", "butter", "copper", "violet", "thunder", "island", "kitchen", "marble", "feather",
)  # fmt: skip

type Asked = tuple[str, str]


def in_labels(text: str, size: int) -> str:
    """Cut a text into labels."""
    return ".".join(text[at : at + size] for at in range(0, len(text), size))


def _iodine32(octets: bytes) -> str:
    bits = "".join(f"{octet:08b}" for octet in octets)
    bits += "0" * (-len(bits) % 5)
    return "".join(IODINE_LETTERS[int(bits[at : at + 5], 2)] for at in range(0, len(bits), 5))


def iodine(
    domain: str, type_: str, dice: random.Random, *, user: int = 0, pieces: int = 20
) -> Iterator[Asked]:
    """A whole session: handshake, probes, then data with pings in between."""

    def random_letters(count: int) -> str:
        return "".join(dice.choices(IODINE_LETTERS, k=count))

    def command(letter: str, octets: bytes) -> Asked:
        return f"{letter}{_iodine32(octets)}.{domain}", type_

    who = bytes([user])
    yield f"yrb{random_letters(3)}.{domain}", type_
    yield command("v", b"\x00\x00\x05\x02" + dice.randbytes(2))
    yield command("l", who + dice.randbytes(18))
    yield f"z{random_letters(3)}aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ.{domain}", type_
    yield f"s{IODINE_LETTERS[user]}f{random_letters(3)}.{domain}", type_
    yield f"o{IODINE_LETTERS[user]}l{random_letters(3)}.{domain}", type_
    for _ in range(3):
        yield f"r{random_letters(3)}d{in_labels(random_letters(120), 57)}.{domain}", type_
    yield command("n", who + dice.randbytes(4))
    yield from iodine_data(domain, type_, dice, user=user, pieces=pieces)


def iodine_data(
    domain: str, type_: str, dice: random.Random, *, user: int = 0, pieces: int = 20
) -> Iterator[Asked]:
    """The middle of a session."""
    for at in range(pieces):
        if dice.random() < 0.4:
            yield f"p{_iodine32(bytes([user]) + dice.randbytes(3))}.{domain}", type_
        else:
            head = f"{user:x}" + "".join(dice.choices(IODINE_LETTERS, k=3))
            cache_miss = "abcdefghijklmnopqrstuvwxyz0123456789"[at % 36]
            data = _iodine32(dice.randbytes(dice.randint(10, 80)))
            yield f"{in_labels(head + cache_miss + data, 57)}.{domain}", type_


def dnscat2(
    domain: str, types: tuple[str, ...], dice: random.Random, *, is_encrypted: bool
) -> Iterator[Asked]:
    """A greeting, some idle polls, some output."""
    session = dice.randbytes(2)

    def packet(kind: int, body: bytes) -> Asked:
        data = (dice.randbytes(2) + bytes([kind]) + session + body).hex()
        return f"{in_labels(data, 60)}.{domain}", dice.choice(types)

    if is_encrypted:
        yield packet(3, bytes(4) + dice.randbytes(64))
    else:
        yield packet(0, dice.randbytes(2) + b"\x00\x01" + b"console (host)\x00")
    for _ in range(18):
        size = 0 if dice.random() < 0.7 else dice.randint(1, 60)
        yield packet(1, dice.randbytes(8 if is_encrypted else 4) + dice.randbytes(size))


def dns2tcp(
    domain: str, dice: random.Random, *, type_: str = "TXT", with_login: bool = True
) -> Iterator[Asked]:
    """A log-in, then pieces under one number, sequence counting."""
    cookie = dice.randbytes(2)

    def coded(octets: bytes) -> str:
        return in_labels(base64.b64encode(octets).decode().rstrip("="), 63)

    if with_login:
        yield f"{coded(dice.randbytes(7))}.=auth.{domain}", type_
        yield f"{coded(cookie + dice.randbytes(20))}.=connect.{domain}", type_
    for at in range(20):
        head = cookie + at.to_bytes(2) + (at + 1).to_bytes(2) + b"\x08"
        yield f"{coded(head + dice.randbytes(dice.choice((0, 20, 90))))}.{domain}", type_


def dnstt(domain: str, dice: random.Random, *, type_: str = "TXT") -> Iterator[Asked]:
    """Polls, and pieces of what is carried."""
    client = dice.randbytes(8)
    for _ in range(20):
        carried = b"" if dice.random() < 0.5 else dice.randbytes(dice.randint(20, 110))
        padding = 3 if carried else 8
        octets = client + bytes([224 + padding]) + dice.randbytes(padding)
        octets += bytes([len(carried)]) + carried if carried else b""
        data = base64.b32encode(octets).decode().lower().rstrip("=")
        yield f"{in_labels(data, 63)}.{domain}", type_


def ozymandns(domain: str, dice: random.Random) -> Iterator[Asked]:
    """Pieces going up, and asking for what comes down."""
    session = dice.randrange(60000)
    for at in range(10):
        data = base64.b32encode(dice.randbytes(60)).decode().lower().rstrip("=")
        yield f"{in_labels(data, 60)}.{at}-{dice.randrange(60000)}.id-{session}.up.{domain}", "TXT"
        yield f"{dice.randrange(60000)}.id-{session}.down.{domain}", "TXT"


def pieces(
    domain: str, type_: str, dice: random.Random, *, coding: str, size: int, label: int, numbered: bool
) -> Iterator[Asked]:
    """A tool somebody wrote: a file in pieces, numbered and even, or of sizes that vary by a third."""
    for at in range(20):
        octets = dice.randbytes(size if numbered else dice.randint(max(2, size * 2 // 3), size))
        if coding == "hex":
            text = octets.hex()
        elif coding == "base64":
            text = base64.urlsafe_b64encode(octets).decode().rstrip("=")
        else:
            text = base64.b32encode(octets).decode().lower().rstrip("=")
        name = in_labels(text, label)
        yield f"{at}.{name}.{domain}" if numbered else f"{name}.{domain}", type_


def words(domain: str, type_: str, dice: random.Random, *, count: int = 4) -> Iterator[Asked]:
    """Octets as words of a list, so that nothing looks encoded."""
    for _ in range(20):
        yield f"{'-'.join(dice.choices(WORDS, k=count))}.{domain}", type_

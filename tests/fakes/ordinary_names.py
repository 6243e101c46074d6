"""What do ordinary programmes ask that looks like a tunnel? Antivirus, telemetry, networks, mail, browsing.

Each yields (name, type, answer) triples; the answer is an address, or "" for "no such name".
"""

import hashlib
import random
import uuid
from collections.abc import Iterator

type Ordinary = tuple[str, str, str]

HASHES = {"md5": hashlib.md5, "sha1": hashlib.sha1, "sha256": hashlib.sha256}


def antivirus(
    domain: str, kind: str, type_: str, dice: random.Random, *, count: int = 30
) -> Iterator[Ordinary]:
    """Hashes of files, whole or cut to sixteen digits, most of them unknown to the vendor."""
    for _ in range(count):
        if kind == "short":
            text = dice.randbytes(8).hex()
        elif kind == "sha256":
            whole = dice.randbytes(32).hex()
            text = f"{whole[:32]}.{whole[32:]}"
        else:
            text = HASHES[kind](dice.randbytes(9)).hexdigest()
        yield f"{text}.{domain}", type_, dice.choice(("", "", "", "127.0.0.4"))


def telemetry(domain: str, dice: random.Random, *, count: int = 30) -> Iterator[Ordinary]:
    """A device's own number before the name, the same all day; at times one for the session."""
    device = str(uuid.UUID(bytes=dice.randbytes(16)))
    for at in range(count):
        name = device if at % 6 else str(uuid.UUID(bytes=dice.randbytes(16)))
        yield f"{name}.{domain}", "A", "203.0.113.9"


def sightings(domain: str, dice: random.Random, *, count: int = 30) -> Iterator[Ordinary]:
    """A new number for each page that was looked at, as advertisers and measurements use them."""
    for _ in range(count):
        yield f"{uuid.UUID(bytes=dice.randbytes(16))}.{domain}", "A", "203.0.113.9"


def shards(domain: str, dice: random.Random, *, count: int = 60) -> Iterator[Ordinary]:
    """A network's servers by number and place, each met more than once, for A and HTTPS both."""
    places = [f"cdn{dice.randrange(99)}-{dice.choice(('iad', 'ord', 'lax'))}{at}" for at in range(8)]
    for _ in range(count):
        name = dice.choice(places)
        yield f"{name}.{domain}", "A", "203.0.113.20"
        yield f"{name}.{domain}", "HTTPS", "203.0.113.20"


def mail_list(domain: str, dice: random.Random, *, count: int = 30) -> Iterator[Ordinary]:
    """Addresses of senders, turned round, against a list of spammers."""
    for _ in range(count):
        octets = ".".join(str(dice.randrange(256)) for _ in range(4))
        yield f"{octets}.{domain}", "A", dice.choice(("", "127.0.0.2"))


def organisation(domain: str, dice: random.Random, *, count: int = 60) -> Iterator[Ordinary]:
    """A large organisation's own names, of all lengths, asked for again and again."""
    parts = [
        "settings",
        "events",
        "login",
        "delivery",
        "content",
        "assets",
        "images",
        "self",
        "europe",
        "west2",
    ]
    names = [f"{dice.choice(parts)}-{dice.choice(parts)}.{dice.choice(parts)}" for _ in range(12)]
    for _ in range(count):
        yield f"{dice.choice(names)}.{domain}", dice.choice(("A", "AAAA", "HTTPS")), "203.0.113.40"


def service_records(domain: str, dice: random.Random) -> Iterator[Ordinary]:
    """What a joined computer and a mail programme look up."""
    sites = ["north", "south", "library", "office"]
    for site in sites:
        for service in ("_ldap._tcp", "_kerberos._tcp", "_gc._tcp"):
            yield f"{service}.{site}._sites.dc._msdcs.{domain}", "SRV", ""
    for selector in ("google", "selector1", "selector2", "k1", "s1024", "20230601", "mandrill", "fm1"):
        yield f"{selector}._domainkey.{dice.choice(sites)}.{domain}", "TXT", ""
        yield f"_dmarc.{dice.choice(sites)}.{domain}", "TXT", ""
        yield f"_acme-challenge.{dice.choice(sites)}{dice.randrange(99)}.{domain}", "TXT", ""

"""The quick look never says that there is nothing where detectors or TunnelWatch have something to say."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

import ordinary_names
import tunnel_tools
from known_ways import delivered
from proxy.bypass.all_detectors import ALL
from proxy.bypass.dns.quick_look import DETECTORS, NOBODY, TUNNEL_WATCH, TYPES, QuickLook
from proxy.bypass.dns.tunnels import TunnelWatch
from proxy.bypass.observed import Question
from proxy.decision.signs import Sign
from proxy.dns.errors import Malformed
from proxy.dns.labels import plain_host, to_wire

ROWS = Path(__file__).parents[3] / "data" / "bypass" / "tuned" / "dns.jsonl"
KNOWN = delivered()
LOOK = QuickLook(KNOWN)
CLIENT = "10.20.33.7"
WORDS = (
    "www", "doh", "dns", "vpn", "wpad", "com", "net", "www-example-com", "proxy", "ezproxy", "google",
    "paypa1", "r0blox", "cdn0", "_dns", "m", "2", "dnscat", "id-7", "up", "mask", "translate", "odoh-x",
    "secure-dns", "best-vpn", "https-www-a-org-443", "x--y", "0-0", "1", "deadbeef", "cafe1",
)  # fmt: skip


def signed(question: Question) -> tuple[Sign, ...]:
    return tuple(sign for detector in ALL.names for sign in detector(question, KNOWN))


def plain(name: str) -> str | None:
    """The name as the resolver's straight way has it; None where another way is taken."""
    try:
        return plain_host(to_wire(name.lower())) if name.isascii() else None
    except Malformed:
        return None


def told(names: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """Questions of types that the look holds for, for plain hosts."""
    found = []
    for name, type_ in names:
        host = plain(name) if type_ in TYPES else None
        if host is not None:
            found.append((host, type_))
    return found


def of_rows() -> Iterator[tuple[str, str]]:
    for line in ROWS.read_text().splitlines():
        row = json.loads(line)
        for type_ in TYPES:
            yield row["qname"], type_


def generated() -> Iterator[tuple[str, str]]:
    dice = random.Random(5)
    letters = "abcdefghijklmnopqrstuvwxyz0123456789-"
    ends = ("com", "org.uk", "example.net", "k12.ca.us", "github.io", "translate.goog", "nip.io", "x.co.jp")
    for _ in range(20_000):
        count = dice.randrange(1, 4)
        labels = [
            dice.choice(WORDS)
            if dice.random() < 0.6
            else "".join(dice.choices(letters, k=dice.randrange(1, 40))).strip("-") or "a"
            for _ in range(count)
        ]
        yield ".".join((*labels, dice.choice(ends))), "A"
    for name in KNOWN.names:
        yield name, "A"
        yield f"www.{name}", "HTTPS"


@pytest.mark.parametrize("names", [of_rows, generated], ids=["recorded rows", "generated names"])
def test_where_detectors_sign_the_look_sends_them(names) -> None:  # type: ignore[no-untyped-def]
    asked = told(names())
    assert len(asked) > 1000
    signs = [(host, type_) for host, type_ in asked if signed(Question(CLIENT, host, type_))]
    assert len(signs) > 100, "there is something to be missed"
    assert [one for one in signs if LOOK.at(one[0]) is not DETECTORS] == []


def sessions() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    dice = random.Random(11)
    for type_ in ("A", "AAAA"):
        yield f"iodine {type_}", [*tunnel_tools.iodine("t.example.net", type_, dice)]
        yield f"dnstt {type_}", [*tunnel_tools.dnstt("t.example.org", dice, type_=type_)]
        yield f"dns2tcp {type_}", [*tunnel_tools.dns2tcp("d.example.org", dice, type_=type_)]
        yield f"words {type_}", [*tunnel_tools.words("w.example.com", type_, dice)]
        for coding in ("hex", "base32"):
            for size in (4, 8, 20, 60):
                yield (
                    f"{coding} {size} {type_}",
                    [
                        *tunnel_tools.pieces(
                            "p.example.com",
                            type_,
                            dice,
                            coding=coding,
                            size=size,
                            label=30,
                            numbered=size < 20,
                        )
                    ],
                )
    for encrypted in (False, True):
        yield (
            f"dnscat2 {encrypted}",
            [*tunnel_tools.dnscat2("c.example.net", ("A", "AAAA"), dice, is_encrypted=encrypted)],
        )
    for size in (4, 5):
        letters = "abcdefghijklmnopqrstuvwxyz234567"
        short = ("".join(dice.choices(letters, k=size)) for _ in range(200))
        parts = [".".join("".join(dice.choices(letters, k=3)) for _ in range(4)) for _ in range(100)]
        yield f"parts {size}", [(f"{name}.p{size}.example.net", "A") for name in parts]
        yield f"codes {size}", [(f"{name}.k.example.net", "A") for name in short]
    poll = [("1234.c.example.net", "A")] * 3
    yield (
        "polls",
        [each for n in range(12) for each in (*poll, (f"{dice.randbytes(9).hex()}.1234.c.example.net", "A"))],
    )
    yield "shards", [(name, type_) for name, type_, _ in ordinary_names.shards("cdn.example.net", dice)]


@pytest.mark.parametrize("asked", [pytest.param(asked, id=name) for name, asked in sessions()])
def test_a_watch_that_is_asked_by_the_look_says_what_one_says_that_is_asked_always(
    asked: list[tuple[str, str]],
) -> None:
    always, by_look = TunnelWatch(), TunnelWatch()
    is_suspect = False
    for at, (name, type_) in enumerate(told(iter(asked))):
        question = Question(CLIENT, name, type_, at=at)
        expected = always.signs(question, KNOWN)
        found = by_look.signs(question, KNOWN) if is_suspect or LOOK.at(name) is not NOBODY else ()
        assert found == expected, name
        is_suspect = is_suspect or bool(found)


@pytest.mark.parametrize(
    "host",
    ["example.com", "www.example.org", "www.school.co.uk", "fonts.gstatic.com", "www.google.de",
     "a.b.lausd.k12.ca.us", "learn.microsoft.com", "img1.cdn.example.net", "en.wikipedia.org"],
)  # fmt: skip
def test_an_ordinary_name_is_nobodys(host: str) -> None:
    assert LOOK.at(host) is NOBODY


@pytest.mark.parametrize(
    ("host", "who"),
    [
        pytest.param("mask.icloud.com", DETECTORS, id="a listed name"),
        pytest.param("a.b.mask.icloud.com", DETECTORS, id="a name below a listed one"),
        pytest.param("www-example-com.translate.goog", DETECTORS, id="a folded name"),
        pytest.param("xk7pvqtrzmfgwlbn.a.example.com", TUNNEL_WATCH, id="a coded label"),
        pytest.param("e12345.a.example.com", TUNNEL_WATCH, id="a number in hexadecimal digits"),
    ],
)
def test_who_is_asked(host: str, who: int) -> None:
    assert LOOK.at(host) is who

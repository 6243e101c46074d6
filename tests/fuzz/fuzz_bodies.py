"""Does the body of an answer make a detector raise, or take longer than its length allows?

Run as `python tests/fuzz/fuzz_bodies.py --seconds 10 [--seed N]`. Mixes marks of the tables with numbered
letters, escapes and noise, up to the largest body that is looked at; prints the input of each failure and
ends with status 1.
"""

import argparse
import random
import sys
import time
from pathlib import Path

from proxy.bypass.exchange.detectors import ANSWER_DETECTORS
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import MAX_BODY, MAX_LONG, Answer, Exchange
from proxy.bypass.surroundings import Surroundings
from proxy.decision.urls import Url
from proxy.settings.bypass.reading import read_knowledge

MAX_SECONDS = 1.0
"""For MAX_BODY octets; ordinary ones take a few thousandths of a second."""
TYPES = ("text/html", "text/javascript", "application/json", "application/wasm", "text/plain", "",
         "application/x-ns-proxy-autoconfig", "application/dns-message",
         "multipart/x-mixed-replace; boundary=b")  # fmt: skip
PIECES = (
    b"<title>", b"<title " + b"x" * 199, b"&#85;", b"&#x75;", b"&shy;", b"\\x5f", b"\\u0041", b"\\u{41}",
    b"\xc2\xad", b"\0asm", b"about:blank", b".document.createElement(", b"importScripts", b".route(a)",
    b".fetch(a)",
    b"function FindProxyForURL(", b"PROXY a.example:8080", b'{"Status":0,"TC":false,"RD":true,"Question":[',
    b"--b\r\nContent-Type: image/png\r\n\r\n", b"--b\r\n", b"\r\n\r\n", b"\x1b(B", b"\0", b"\\u{000000",
    b"vless://" + b"a" * 30, b"[Interface]", b" " * 400,
)  # fmt: skip


def body(dice: random.Random, marks: list[bytes]) -> bytes:
    """Marks, pieces and noise, repeated now and then until a piece, or the body, is as large as it may be."""
    parts = []
    for _ in range(dice.randint(1, 30)):
        part = dice.choice((dice.choice(marks), dice.choice(PIECES), dice.randbytes(dice.randint(0, 40))))
        parts.append(part * dice.choice((1, 1, 1, 2, 500)))
    whole = b"".join(parts)
    size = dice.choice((0,) * 40 + (MAX_BODY,) * 4 + (MAX_LONG,))
    return (whole * (size // max(1, len(whole)) + 1))[: max(size, MAX_BODY)]


def read(seen: Exchange, knowledge: Knowledge) -> None:
    """Ask every detector. Raises whatever one of them raises."""
    for detector in ANSWER_DETECTORS:
        for sign in detector(seen, knowledge):
            if any(len(value) > 200 for _, value in sign.evidence):
                raise AssertionError(f"evidence of {sign.technique} is not cut")


def main() -> int:
    """Fuzz until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    dice = random.Random(args.seed)
    knowledge, _ = read_knowledge(Path(__file__).parents[2] / "blocklists/bypass", Surroundings())
    marks = [
        mark.encode()
        for rule in knowledge.exchange.bodies.rules
        for mark in (*rule.every, *rule.some, *rule.unless)
    ]
    ends, runs = time.monotonic() + args.seconds, 0
    while time.monotonic() < ends:
        fields = dice.choice(((), (), (("service-worker", "script"),), (("sec-fetch-dest", "document"),)))
        answer = Answer(200, (("content-type", dice.choice(TYPES)),), body(dice, marks))
        seen = Exchange("GET", Url("https", "me.github.io", 443, "/x.pac"), fields=fields, answer=answer)
        runs += 1
        begun = time.process_time()
        try:
            read(seen, knowledge)
        except Exception as error:  # noqa: BLE001  (whatever comes out is what is looked for)
            print(f"{type(error).__name__}: {error}\n{answer.fields} {answer.body.hex()}")
            return 1
        if time.process_time() - begun > MAX_SECONDS * max(1, len(answer.body) // MAX_BODY):
            print(f"took {time.process_time() - begun:.2f} s\n{answer.fields} {answer.body.hex()}")
            return 1
    print(f"{runs} inputs, no undocumented error")
    return 0


if __name__ == "__main__":
    sys.exit(main())

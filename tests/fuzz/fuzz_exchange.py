"""Does a request, or the head of an answer, make a detector raise, or take longer than its length allows?

Run as `python tests/fuzz/fuzz_exchange.py --seconds 10 [--seed N]`. Changes requests of web proxies, of
DNS over HTTP, of tunnels and of ordinary pages; prints the input of each failure and ends with status 1.
"""

import argparse
import random
import sys
import time
from pathlib import Path

from proxy.bypass.exchange.detectors import ANSWER_DETECTORS, REQUEST_DETECTORS
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Answer, Exchange, Form
from proxy.bypass.surroundings import Surroundings
from proxy.decision.names import NameProblem
from proxy.decision.urls import parse_url
from proxy.settings.bypass.reading import read_knowledge

MAX_SECONDS = 0.5
"""For one request of a few thousand characters; ordinary ones take a ten-thousandth of it."""
URLS = (
    "https://a.example.org/service/hvtrs8%2F-wuw%2Crmbnoz.aoo%2F",
    "https://a.example.org/browse.php?u=czovL3d3dy5jcmF6eWdhbWVzLmNvbS8%3D&b=29",
    "https://a.example.org/dns-query?dns=AAABAAABAAAAAAAAA3d3dwlpbnN0YWdyYW0DY29tAAABAAE",
    "https://www.google.com/search?q=cats&s%61fe=off&safe=images",
    "https://192.0.2.9/?__cpo=aHR0cHM6Ly93d3cucmVkZGl0LmNvbQ",
    "https://clients2.google.com/service/update2/crx?x=id%3Dgkojfkhlekighikafcpjkiklfbnlmeio",
    "https://www.example.org/a/b?c=d&e=%2525252F",
)
FIELDS = (
    ("x-bare-url", "https://b.example/"), ("x-bare-port", "99999"), ("upgrade", "websocket"),
    ("sec-websocket-protocol", "v1, authorization.bearer.eyJ"), ("cookie", "SRCHHLPGUSR=ADLT=OFF"),
    ("accept", "application/dns-json"), ("content-type", "application/dns-message"),
    ("referer", "?x_padding=XXXXXXXXX"), ("access-control-request-headers", "x-bare-url"),
    ("service-worker", "script"), ("subscription-userinfo", "upload=1"),
)  # fmt: skip


def mutated(text: str, dice: random.Random) -> str:
    """Change, repeat, cut or insert a few characters."""
    letters = list(text)
    for _ in range(dice.randint(0, 8)):
        at = dice.randrange(len(letters) + 1)
        match dice.randrange(4):
            case 0 if at < len(letters):
                letters[at] = chr(dice.choice((dice.randrange(128), dice.randrange(0x3000), 0xDC80)))
            case 1:
                letters[at:at] = list(
                    dice.choice(("%25", "//", "?", "&", "%", "=", "AAAA", "https://")) * dice.randint(1, 200)
                )
            case 2:
                letters[at:at] = letters[at : at + 40]
            case _:
                del letters[at : at + dice.randint(1, 10)]
    return "".join(letters)


def exchange(dice: random.Random) -> Exchange | None:
    """A request with an answer's head, or None where no browser could send it."""
    try:
        url = parse_url(mutated(dice.choice(URLS), dice))
    except NameProblem:
        return None
    chosen = dice.sample(FIELDS, dice.randint(0, 6))
    fields = tuple((name, mutated(value, dice)) for name, value in chosen)
    body = dice.randbytes(dice.choice((0, 17, 40, 3000)))
    answer = Answer(200, fields, body) if dice.random() < 0.5 else None
    method = dice.choice(("GET", "POST", "CONNECT", "SSTP_DUPLEX_POST"))
    sni, form = dice.choice(("", url.host, "b.example")), dice.choice(tuple(Form))
    target = mutated(f"{url.path}?{url.query}", dice)
    return Exchange(
        method, url, target, form, fields, body, sni=sni, certificate=("*.example.org", ""), answer=answer
    )


def read(seen: Exchange, knowledge: Knowledge) -> None:
    """Ask every detector. Raises whatever one of them raises."""
    for detector in (*REQUEST_DETECTORS, *ANSWER_DETECTORS):
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
    ends, runs = time.monotonic() + args.seconds, 0
    while time.monotonic() < ends:
        seen = exchange(dice)
        if seen is None:
            continue
        runs += 1
        begun = time.process_time()
        try:
            read(seen, knowledge)
        except Exception as error:  # noqa: BLE001  (whatever comes out is what is looked for)
            print(f"{type(error).__name__}: {error}\n{seen!r}")
            return 1
        if time.process_time() - begun > MAX_SECONDS:
            print(f"took {time.process_time() - begun:.2f} s\n{seen!r}")
            return 1
    print(f"{runs} inputs, no undocumented error")
    return 0


if __name__ == "__main__":
    sys.exit(main())

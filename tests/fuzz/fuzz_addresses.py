"""Does the search for addresses inside addresses raise anything, or take longer than it may?

Run as `python tests/fuzz/fuzz_addresses.py --seconds 10 [--seed N]`. Writes addresses in codings inside
codings, mutates them, and puts them into paths, queries, hosts and header fields; prints the input of each
failure and ends with status 1.
"""

import argparse
import base64
import codecs
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Answer, Exchange, Form, Opening, Question, Transport
from proxy.bypass.spelling import detectors as spelling
from proxy.bypass.spelling.inside import MAX_FOUND, addresses_in
from proxy.bypass.surroundings import Surroundings
from proxy.bypass.wrapping import detectors as wrapping
from proxy.decision.names import NameProblem
from proxy.decision.urls import parse_url
from proxy.settings.bypass.reading import read_knowledge

MAX_SECONDS = 1.0
HOSTS = (
    "tools.example.org", "www-example-com.translate.goog", "web.archive.org", "pupil.workers.dev",
    "192-0-2-1.nip.io", "corsproxy.io", "www.google.com", "ex\u0430mple.com",
    "www.example.com.ezproxy.example.edu", "0x7f.1", "[::1]",
)  # fmt: skip
FIELDS = ("x-forwarded-for", "forwarded", "x-forwarded-host", "x-original-url", "remote-user", "x-user-role")
CODINGS: tuple[Callable[[str], str], ...] = (
    lambda text: quote(text, safe=""),
    lambda text: base64.b64encode(text.encode("utf-8", "replace")).decode(),
    lambda text: base64.urlsafe_b64encode(text.encode("utf-8", "replace")).decode().rstrip("="),
    lambda text: base64.b32encode(text.encode("utf-8", "replace")).decode(),
    lambda text: text.encode("utf-8", "replace").hex(),
    lambda text: codecs.encode(text, "rot13"),
    lambda text: text[::-1],
    lambda text: "".join(chr(ord(c) ^ 2) if at % 2 else c for at, c in enumerate(text)),
    lambda text: text * 3,
    lambda text: "/".join(text[at : at + 8] for at in range(0, len(text), 8)),
)


def written(dice: random.Random) -> str:
    """An address in codings inside codings, with some characters changed."""
    text = f"https://{dice.choice(HOSTS)}/play?u=https://games.example.com/"
    for _ in range(dice.randint(0, 6)):
        text = dice.choice(CODINGS)(text[:6000])
    for _ in range(dice.choice((0, 0, 1, 4))):
        at = dice.randrange(len(text) + 1)
        text = (
            text[:at]
            + chr(dice.choice((0, 9, 37, 47, 58, 255, 0x43E, 0xDC80, dice.randrange(0x110000))))
            + text[at:]
        )
    return text


def look(text: str, dice: random.Random, knowledge: Knowledge) -> None:
    """What a request, a question and a handshake with this text pass through."""
    target = dice.choice(("/{}", "/a/{}/b", "/?u={}", "/?{}", "/proxy?a=b&url={}&c", "/web/2020/{}")).format(
        text
    )
    host = dice.choice((*HOSTS, text[:200]))
    try:
        url = parse_url(f"https://{host}{target}")
    except NameProblem:
        return
    assert len(addresses_in(url, target)) <= MAX_FOUND
    fields = (("content-type", "application/json"), ("host", text[:300]), (dice.choice(FIELDS), text))
    body = f'{{"url": "{text}"}}'.encode("utf-8", "replace")
    answer = Answer(200, (("content-type", "text/html"),), f'<base href="{text}">'.encode("utf-8", "replace"))
    exchange = Exchange("POST", url, target, dice.choice(list(Form)), fields, body, answer=answer)
    for detect in (*spelling.REQUEST_DETECTORS, *wrapping.REQUEST_DETECTORS, *wrapping.ANSWER_DETECTORS):
        list(detect(exchange, knowledge))
    for ask in (*spelling.NAME_DETECTORS, *wrapping.NAME_DETECTORS):
        list(ask(Question("192.0.2.1", text[:255], "A"), knowledge))
    for open_ in (*spelling.OPENING_DETECTORS, *wrapping.OPENING_DETECTORS):
        list(open_(Opening(Transport.TCP, 443, sni=url.host), knowledge))


def main() -> int:
    """Fuzz until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    dice = random.Random(args.seed)
    knowledge, problems = read_knowledge(Path("blocklists/bypass"), Surroundings())
    assert not problems, problems
    ends, runs = time.monotonic() + args.seconds, 0
    while time.monotonic() < ends:
        text = written(dice)
        runs += 1
        began = time.process_time()
        try:
            look(text, dice, knowledge)
            assert time.process_time() - began < MAX_SECONDS, "this took too long"
        except Exception as error:  # noqa: BLE001  (whatever comes out is what is looked for)
            print(f"{type(error).__name__}: {error}\n{text!r}")
            return 1
    print(f"{runs} inputs, no error")
    return 0


if __name__ == "__main__":
    sys.exit(main())

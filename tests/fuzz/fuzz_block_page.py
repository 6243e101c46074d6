"""Do any octets make the block-page host say something other than a page, a refusal or nothing?

    python tests/fuzz/fuzz_block_page.py --seconds 60

Sends spoiled requests and ClientHellos to a running host. An answer is whole HTTP with a status of the
host's own, holds nothing of the request as markup, and leaves no fault behind.
"""

import argparse
import contextlib
import random
import re
import socket
import ssl
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fakes"))

import policies
from block_page_school import School, Served, read_all, served
from proxy import metrics

STATUSES = frozenset({200, 400, 403, 404, 405, 413, 414, 431, 501, 503})
EVIL = b"<b id=evil>"
LINES = (
    b"GET /play?q=1 HTTP/1.1\r\nHost: games.example\r\nAccept: text/html\r\n\r\n",
    b"GET http://games.example/%3Cb%20id=evil%3E HTTP/1.1\r\nHost: learn.example\r\nReferer: http://x/\r\n\r\n",
    b"POST /a HTTP/1.1\r\nHost: games.example\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
    b"POST /a HTTP/1.1\r\nHost: games.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"HEAD /ca.crt HTTP/1.0\r\nHost: block.school.example\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\nSec-Fetch-Dest: script\r\n\r\n",
)
PIECES = (
    *(EVIL, b"%3Cb%20id=evil%3E", b"\0", b"\r", b"\n", b"\r\n", b" ", b"\t", b"\xff", b":", b"//", b"@"),
    *(b"..%2f", b"%", b"%zz", b"[::1", b"xn--\xc3\xa9", b"ws://", b"data:text/html,", b"a" * 9000),
    *(b"HTTP/9.9", b"CONNECT", b"Host: a\r\n", b"Content-Length: 99999999999999999999\r\n"),
    *(b"Transfer-Encoding: chunked\r\n", b"Upgrade: h2c\r\n"),
)


def client_hello() -> bytes:
    """A browser-like ClientHello."""
    outgoing = ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="games.example")
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def mutated(octets: bytes, dice: random.Random) -> bytes:
    """Change, cut or insert a few pieces."""
    for _ in range(dice.randint(0, 4)):
        at = dice.randrange(len(octets) + 1)
        octets = octets[:at] + dice.choice(PIECES) + octets[at + dice.choice((0, 0, 1, 6)) :]
    return octets[: dice.randrange(len(octets) + 1)] if dice.random() < 0.1 else octets


def said(port: int, octets: bytes) -> bytes:
    """Send octets, end the sending side, and return everything that comes back."""
    with socket.create_connection(("127.0.0.1", port), 15) as plain:
        with contextlib.suppress(OSError):
            plain.sendall(octets)
            plain.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            return read_all(plain)
    return b""


def judge(answer: bytes) -> None:
    """Raise AssertionError for an answer that the host should never give."""
    if not answer:
        return
    head, end, body = answer.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.1 (\d{3}) ", head)
    assert status is not None, head
    assert end, head
    assert int(status[1]) in STATUSES, head
    assert EVIL not in body.lower(), body
    assert head.count(b"\r\n") < 30, head


def main() -> int:
    """Fuzz until the time is up; a failure prints the seed that brings it back."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="run only this seed")
    args = parser.parse_args()
    seed, runs = args.seed if args.seed is not None else random.randrange(1 << 48), Counter[str]()
    hello, ends = client_hello(), time.monotonic() + args.seconds
    with tempfile.TemporaryDirectory() as directory:
        school = School(Path(directory))
        school.adopt(policies.policy({"games.example": ["games"]}))
        with served(school) as host:
            while not runs or time.monotonic() < ends:
                kind = _one(host, hello, random.Random(seed), seed)
                runs[kind] += 1
                if args.seed is not None:
                    break
                seed += 1
        school.spool.close()
    print(", ".join(f"{name}: {count}" for name, count in sorted(runs.items())))
    return 0


def _one(host: Served, hello: bytes, dice: random.Random, seed: int) -> str:
    faults = metrics.ERRORS.bind("block_page").value
    kind = dice.choice(("http", "http", "http", "tls"))
    try:
        if kind == "tls":
            said(host.https_port, mutated(hello, dice))
        else:
            judge(said(host.http_port, mutated(dice.choice(LINES), dice)))
        assert metrics.ERRORS.bind("block_page").value == faults, "a fault of our own"
    except BaseException:
        print(f"failed: --seed {seed} ({kind})", file=sys.stderr)
        raise
    return kind


if __name__ == "__main__":
    sys.exit(main())

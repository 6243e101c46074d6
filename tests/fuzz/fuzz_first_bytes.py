"""Does the proxy's reading of first bytes raise anything but its documented errors?

Run as `python tests/fuzz/fuzz_first_bytes.py --seconds 10 [--seed N]`. Mutates a good ClientHello and good
request lines; prints the input of each failure in hex and ends with status 1.
"""

import argparse
import contextlib
import random
import ssl
import sys
import time

from addons.safe_search import with_params
from proxy.decision.names import NameProblem, canonical_host
from proxy.frontdoor.client_hello import NotAHello, read_hello
from proxy.frontdoor.first_bytes import BadConnect, read_connect, speaks
from proxy.frontdoor.login import credentials

LINES = (
    b"GET /search?q=cats&s%61fe=off HTTP/1.1\r\nHost: www.example.org\r\n\r\n",
    b"CONNECT www.example.org:443 HTTP/1.1\r\n\r\n",
    b"CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Basic YW15OnJlZA==\r\n\r\n",
    b"Basic YW15OnJlZA==",
)


def client_hello() -> bytes:
    """A browser-like ClientHello."""
    outgoing = ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(
        ssl.MemoryBIO(), outgoing, server_hostname="www.example.org"
    )
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def in_records(hello: bytes, size: int = 60) -> bytes:
    """The same ClientHello in several records."""
    message = hello[5:]
    parts = [message[at : at + size] for at in range(0, len(message), size)]
    return b"".join(hello[:3] + len(part).to_bytes(2, "big") + part for part in parts)


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Flip, cut, repeat or insert a few octets."""
    out = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(out) + 1)
        match dice.randrange(4):
            case 0 if at < len(out):
                out[at] = dice.randrange(256)
            case 1:
                del out[at:]
            case 2:
                out[at:at] = dice.randbytes(dice.randint(1, 40))
            case _:
                out += out[at : at + 40]
    return bytes(out)


def read(data: bytes) -> None:
    """What a connection's first bytes pass through. Raises only what is not documented."""
    speaks(data)
    text = data.decode("latin-1")
    credentials(text)
    with_params(text, {"safe": "active"})
    with contextlib.suppress(BadConnect):
        read_connect(data)
    with contextlib.suppress(NotAHello, NameProblem):
        hello = read_hello(data)
        if hello is not None and hello.name:
            canonical_host(hello.name)


def main() -> int:
    """Fuzz until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    dice = random.Random(args.seed)
    seeds = (*LINES, client_hello(), in_records(client_hello()))
    ends, runs = time.monotonic() + args.seconds, 0
    while time.monotonic() < ends:
        data = mutated(dice.choice(seeds), dice)
        runs += 1
        try:
            read(data)
        except Exception as error:  # noqa: BLE001  (whatever comes out is what is looked for)
            print(f"{type(error).__name__}: {error}\n{data.hex()}")
            return 1
    print(f"{runs} inputs, no undocumented error")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Do the resolver's parsers raise anything but their documented error, whatever they are fed?

Run as `python tests/fuzz/fuzz_dns.py --seconds 10 [--seed N]`. Mutates good messages; prints the input of
each failure in hex and ends with status 1.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable

import dns.message
import dns.rrset

from proxy.dns import svcb
from proxy.dns.errors import Malformed
from proxy.dns.labels import host_of, read_name, to_wire
from proxy.dns.packing import Reply, pack
from proxy.dns.records import HTTPS, A, cut, read_message
from proxy.dns.relay import relayed
from proxy.dns.wire import hot_key, parse
from proxy.selftest.dns_probe import read_answer

WWW = to_wire("www.example")
LINES = (
    "www.example. 60 IN CNAME a.b.example.",
    "a.b.example. 30 IN A 192.0.2.1",
    "example. 60 IN SOA ns.example. h.example. 1 2 3 4 5",
    "example. 60 IN DNAME example.net.",
    "www.example. 60 IN MX 10 mail.example.",
    'www.example. 60 IN HTTPS 1 cdn.example. mandatory="alpn" alpn="h2,h3" ipv4hint="192.0.2.1"',
)


def queries() -> list[bytes]:
    """Good queries to start from."""
    plain, edns = {"use_edns": False}, {"use_edns": 0, "payload": 1232}
    return [
        dns.message.make_query("www.example", type_, **shape).to_wire()  # type: ignore[arg-type]
        for type_ in ("A", "HTTPS")
        for shape in (plain, edns, {"want_dnssec": True})
    ]


def responses() -> list[bytes]:
    """Good responses to start from."""
    found = []
    for type_ in ("A", "HTTPS"):
        message = dns.message.make_response(dns.message.make_query("www.example", type_))
        for at, line in enumerate(LINES):
            name, ttl, class_, kind, *rdata = line.split()
            section = message.authority if at == 2 else message.answer
            section.append(dns.rrset.from_text(name, int(ttl), class_, kind, " ".join(rdata)))
        found.append(message.to_wire())
    return found


def read_query(data: bytes) -> None:
    """What a client's datagram passes through."""
    for tcp in (False, True):
        hot_key(data, tcp)
        question = parse(data, tcp)
        pack(question, Reply(0))
        if not question.opcode:  # else no name was read, and NOTIMP is the answer
            host_of(question.folded)


def read_response(data: bytes) -> None:
    """What an upstream's message passes through."""
    message = read_message(data)
    for qtype in (A, HTTPS):
        out = relayed(cut(message, WWW, qtype))
        pack(parse(queries()[1]), Reply(0, out.answer.chain + out.answer.final, out.answer.authority))


def read_binding(data: bytes) -> None:
    """What a service binding passes through."""
    hardened = svcb.harden(svcb.parse(data))
    assert hardened is None or svcb.parse(svcb.pack(hardened)) == hardened


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Flip, cut, repeat or insert a few octets."""
    out = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(out) + 1)
        match dice.randrange(5):
            case 0 if at < len(out):
                out[at] = dice.choice((0, 0x3F, 0x40, 0x7F, 0xC0, 0xFF, dice.randrange(256)))
            case 1:
                out[at:at] = dice.randbytes(dice.randint(1, 8))
            case 2:
                del out[at : at + dice.randint(1, 8)]
            case 3 if at + 2 <= len(out):
                out[at : at + 2] = (0xC000 | dice.randrange(64)).to_bytes(2)
            case _:
                out += out[at : at + 40]
    return bytes(out)


def main() -> int:
    """Fuzz until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    dice = random.Random(args.seed)
    bindings = [
        WWW[:0]
        + b"\x00\x01\x00\x00\x00\x00\x02\x00\x01\x00\x01\x00\x03\x02h2\x00\x04\x00\x04\xc0\x00\x02\x01"
    ]
    targets: list[tuple[Callable[[bytes], object], list[bytes]]] = [
        (read_query, queries()),
        (read_response, responses()),
        (read_binding, bindings),
        (read_answer, responses()),
        (lambda data: read_name(data, 0), [WWW, b"\x01a\x00\x01b\xc0\x00"]),
    ]
    ends, runs = time.monotonic() + args.seconds, 0
    while time.monotonic() < ends:
        target, seeds = dice.choice(targets)
        data = mutated(dice.choice(seeds), dice)
        runs += 1
        try:
            target(data)
        except Malformed:
            continue
        except Exception as error:  # noqa: BLE001  (to find these is what a fuzzer is for)
            print(f"{type(error).__name__}: {error}\n{data.hex()}", file=sys.stderr)
            return 1
    print(f"{runs} inputs, only documented errors")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Does any question or answer make the detectors of names fail, or take long?

Run as `python -m tests.fuzz.fuzz_bypass_names --seconds 10 [--seed N]`. Mutates what tunnels and ordinary
programmes ask; prints the question of each failure and ends with status 1.
"""

import argparse
import random
import sys
import time

from proxy.bypass.dns.detectors import NAME_DETECTORS
from proxy.bypass.dns.tunnels import TunnelWatch
from proxy.bypass.noticing import notice
from proxy.bypass.observed import Question, Record
from tests.fakes import ordinary_names, tunnel_tools
from tests.fakes.known_ways import delivered

TYPES = ("A", "AAAA", "HTTPS", "SVCB", "TXT", "NULL", "CNAME", "DNAME", "PTR", "TYPE65399", "TYPE", "")
DATA = (
    "192.0.2.1",
    "::ffff:10.0.0.1",
    "127.0.0.2",
    "1 . alpn=h3 ech=AA==",
    r"\# 7 0001 00 0005 0000",
    "dns.google.",
)
LONGEST_S = 0.5


def raised(name: str, error: Exception) -> None:
    """Let out what a detector raised."""
    raise RuntimeError(name) from error


def seeds(dice: random.Random) -> list[str]:
    """Names to start from."""
    asked = [
        *tunnel_tools.iodine("t.foo.com", "TXT", dice),
        *tunnel_tools.dnscat2("t.foo.co.uk", ("TXT",), dice, is_encrypted=True),
        *tunnel_tools.dns2tcp("t.foo.com", dice),
        *tunnel_tools.dnstt("x.duckdns.org", dice),
        *tunnel_tools.ozymandns("t.foo.com", dice),
    ]
    ordinary = [name for name, _, _ in ordinary_names.antivirus("h.av.com", "sha256", "A", dice)]
    return [
        *(name for name, _ in asked),
        *ordinary,
        "wpad.lan",
        "_dns.resolver.arpa",
        "münchen.example",
        "a.b.\\200.c",
    ]


def mutated(text: str, dice: random.Random) -> str:
    """Change, cut, repeat or insert a few characters."""
    out = list(text)
    for _ in range(dice.randint(0, 6)):
        at = dice.randrange(len(out) + 1)
        match dice.randrange(5):
            case 0 if at < len(out):
                out[at] = chr(
                    dice.choice((0, 0x2E, 0x5C, 0x2D, 0xBC, 0xFD, 0x3002, 0x10FFFF, dice.randrange(0x250)))
                )
            case 1:
                out[at:at] = [chr(dice.randrange(0x20, 0x7F)) for _ in range(dice.randint(1, 40))]
            case 2:
                del out[at : at + dice.randint(1, 30)]
            case 3:
                out[at:at] = out[:40] * dice.choice((1, 1, 2, 50))
            case _:
                out[at:at] = "."
    return "".join(out)


def main() -> int:
    """Fuzz until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    dice = random.Random(args.seed)
    known, watch, names = delivered(), TunnelWatch(), seeds(dice)
    ends, runs = time.monotonic() + args.seconds, 0
    while time.monotonic() < ends:
        begun = time.process_time()
        records = tuple(
            Record(dice.choice(TYPES), mutated(dice.choice(DATA), dice)) for _ in range(dice.randint(0, 3))
        )
        client = f"192.0.2.{dice.randrange(4)}"
        question = Question(
            client, mutated(dice.choice(names), dice), dice.choice(TYPES), at=begun, answers=records
        )
        runs += 1
        try:
            notice(NAME_DETECTORS, question, known, raised)
            watch.signs(question, known)
            watch.answered(question, known)
        except Exception as error:  # noqa: BLE001  (to find these is what a fuzzer is for)
            print(f"{error!r} from {error.__cause__!r}\n{question!r}", file=sys.stderr)
            return 1
        if time.process_time() - begun > LONGEST_S:
            print(f"took longer than {LONGEST_S} s\n{question!r}", file=sys.stderr)
            return 1
    print(f"{runs} questions, no error")
    return 0


if __name__ == "__main__":
    sys.exit(main())

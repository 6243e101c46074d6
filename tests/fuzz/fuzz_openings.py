"""Do any first octets of a connection make the detectors of openings fail, or take long?

Run as `python -m tests.fuzz.fuzz_openings --seconds 10 [--seed N]`. Mutates greetings of TLS, tunnels and
other protocols; prints the input of each failure in hex and ends with status 1.
"""

import argparse
import random
import sys
import time

from proxy.bypass.noticing import notice
from proxy.bypass.observed import MAX_FIRST, Opening, Transport
from proxy.bypass.openings.detectors import OPENING_DETECTORS
from tests.fakes import first_octets as octets
from tests.fakes.known_ways import delivered

PORTS = (53, 80, 123, 443, 500, 853, 1194, 1701, 3478, 4500, 5223, 8443, 9993, 51820)
PLACES = (
    "",
    "192.0.2.1",
    "198.51.100.9",
    "10.0.0.9",
    "2001:db8::1",
    "142.250.1.1",
    "162.159.192.1",
    "nowhere",
)
LONGEST_S = 0.5


def raised(name: str, error: Exception) -> None:
    """Let out what a detector raised."""
    raise RuntimeError(name) from error


def seeds(dice: random.Random) -> list[bytes]:
    """Greetings to start from."""
    return [
        octets.hello("www.example.org", protocols=(b"h2", b"dot"), ech=True),
        octets.hello("a.example", "b.example", record=50),
        octets.wireguard(dice),
        octets.openvpn(dice, digest=20),
        octets.over_tcp(octets.openvpn(dice)),
        octets.ike(dice),
        octets.l2tp(),
        octets.pptp(),
        octets.quic(dice),
        octets.stun(dice),
        octets.dtls(dice),
        octets.rdp(),
        octets.trojan(dice),
        octets.vless(dice),
        octets.dns(),
        octets.over_tcp(octets.dns()),
        b"SSH-2.0-x\r\n",
        b"\x05\x01\x00",
        b"\x04\x01\x01\xbb\x00\x00\x00\x01\x00a.example\x00",
        b"RFB 003.008\n",
        b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n",
        b"POST /x HTTP/1.1\r\na: b\r\n\r\nVPNCONNECT",
        b"",
    ]


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Flip, cut, repeat or insert a few octets."""
    out = bytearray(data)
    for _ in range(dice.randint(0, 6)):
        at = dice.randrange(len(out) + 1)
        match dice.randrange(4):
            case 0 if at < len(out):
                out[at] = dice.choice((0, 1, 0x16, 0x7F, 0xFF, dice.randrange(256)))
            case 1:
                out[at:at] = dice.randbytes(dice.randint(1, 40))
            case 2:
                del out[at : at + dice.randint(1, 40)]
            case _:
                out[at:at] = out[:60] * dice.choice((1, 1, 2, 60))
    return bytes(out[:MAX_FIRST])


def main() -> int:
    """Fuzz until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    dice = random.Random(args.seed)
    known, greetings = delivered(), seeds(dice)
    ends, runs = time.monotonic() + args.seconds, 0
    while time.monotonic() < ends:
        begun = time.process_time()
        first, server = mutated(dice.choice(greetings), dice), mutated(dice.choice(greetings), dice)
        opening = Opening(
            dice.choice(tuple(Transport)),
            dice.choice(PORTS),
            dice.choice(PLACES),
            first,
            server if dice.random() < 0.3 else b"",
            dice.random() < 0.3,
            dice.choice(("", "a.example", "\x00", "1.2")),
            resolved=dice.choice((None, frozenset(), frozenset(PLACES[1:6]), frozenset({"no address"}))),
        )
        runs += 1
        try:
            notice(OPENING_DETECTORS, opening, known, raised)
        except Exception as error:  # noqa: BLE001  (to find these is what a fuzzer is for)
            print(f"{error!r} from {error.__cause__!r}\n{first.hex()}\n{opening!r}", file=sys.stderr)
            return 1
        if time.process_time() - begun > LONGEST_S:
            print(f"took longer than {LONGEST_S} s\n{first.hex()}", file=sys.stderr)
            return 1
    print(f"{runs} openings, no error")
    return 0


if __name__ == "__main__":
    sys.exit(main())

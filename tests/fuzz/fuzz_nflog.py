"""Do any messages about refused packets make their readers or detectors fail, or take long?

Run as `python -m tests.fuzz.fuzz_nflog --seconds 10 [--seed N]`. Mutates the kernel's messages and packets
in them; prints the input of each failure in hex and ends with status 1.
"""

import argparse
import random
import sys
import time

from proxy.bypass.packets.detectors import noticed
from proxy.packets.headers import Unreadable, refused_packet
from proxy.packets.nflog import Overrun, packets_in
from tests.fakes import first_octets as octets
from tests.fakes.known_ways import delivered
from tests.fakes.refused_packets import ACKNOWLEDGED, ipv4, ipv6, tcp, told, udp

PORTS = (53, 80, 123, 443, 500, 853, 1194, 3478, 51820)
LONGEST_S = 0.5


def raised(name: str, error: Exception) -> None:
    """Let out what a detector raised."""
    raise RuntimeError(name) from error


def packets(dice: random.Random) -> list[bytes]:
    """Packets to start from."""
    port = dice.choice(PORTS)
    return [
        ipv4(udp(octets.wireguard(dice), port), 17),
        ipv6(udp(octets.quic(dice), port), 17, extensions=dice.randrange(4)),
        ipv4(tcp(octets.hello("www.example.org"), port), 6, options=dice.choice((0, 4, 40))),
        ipv6(tcp(port=port), 6),
        ipv4(dice.randbytes(60), dice.randrange(256)),
        ipv6(dice.randbytes(60), dice.randrange(256)),
    ]


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Flip, cut, insert or repeat a few octets."""
    out = bytearray(data)
    for _ in range(dice.randint(0, 5)):
        at = dice.randrange(len(out) + 1)
        match dice.randrange(4):
            case 0 if at < len(out):
                out[at] = dice.choice((0, 1, 4, 0x7F, 0xFF, dice.randrange(256)))
            case 1:
                out[at:at] = dice.randbytes(dice.randint(1, 20))
            case 2:
                del out[at : at + dice.randint(1, 30)]
            case _:
                out[at:at] = out[:40] * dice.choice((1, 2, 200))
    return bytes(out)


def one(datagram: bytes) -> None:
    """Read one datagram as the watch does; only documented errors stay within."""
    try:
        found = packets_in(datagram)
    except (Unreadable, Overrun, OSError):
        return
    for packet in found:
        try:
            seen = refused_packet(packet)
        except Unreadable:
            continue
        noticed(seen, delivered(), raised)


def main() -> int:
    """Fuzz until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    dice = random.Random(args.seed)
    delivered()
    ends, runs = time.monotonic() + args.seconds, 0
    while time.monotonic() < ends:
        begun = time.process_time()
        inside = [mutated(packet, dice) for packet in dice.choices(packets(dice), k=dice.randint(1, 3))]
        whole = told(*(packet[:60_000] for packet in inside))
        datagram = mutated(whole, dice) if dice.random() < 0.5 else whole + ACKNOWLEDGED
        runs += 1
        try:
            one(datagram)
        except Exception as error:  # noqa: BLE001  (to find these is what a fuzzer is for)
            print(f"{error!r} from {error.__cause__!r}\n{datagram.hex()}", file=sys.stderr)
            return 1
        if time.process_time() - begun > LONGEST_S:
            print(f"took longer than {LONGEST_S} s\n{datagram.hex()}", file=sys.stderr)
            return 1
    print(f"{runs} messages, no error")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Does a capture, whatever it holds, yield questions, a complaint or a documented error, within bounds?

Run as `python tests/fuzz/fuzz_pcap.py --seconds 10 [--seed N]`. Mutates good captures; prints the input of
each failure in hex and ends with status 1.
"""

import argparse
import random
import struct
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import dns.message
import dns.rrset

from proxy.replay.errors import NoRecording
from proxy.replay.formats.captured import read_capture
from proxy.replay.formats.frames import segment_in
from proxy.replay.rows import Complaint


def query(name: str, type_: str = "A") -> dns.message.Message:
    """A good query."""
    return dns.message.make_query(name, type_, use_edns=False)


def response(asked: dns.message.Message, *lines: str) -> bytes:
    """A good response to it."""
    message = dns.message.make_response(asked)
    for line in lines:
        name, type_, data = line.split(None, 2)
        message.answer.append(dns.rrset.from_text(name, 60, "IN", type_, data))
    return message.to_wire()


def packet(payload: bytes, ports: tuple[int, int], protocol: int = 17, number: int = 1) -> bytes:
    """An IPv4 packet."""
    source, destination = ports
    if protocol == 17:
        body = struct.pack("!4H", source, destination, 8 + len(payload), 0) + payload
    else:
        head = struct.pack("!HHIIBBHHH", source, destination, number, 0, 80, 24, 1, 0, 0)
        body = head + len(payload).to_bytes(2) + payload
    ends = bytes((192, 0, 2, 7, 192, 0, 2, 53))
    ends = ends if destination == 53 else ends[4:] + ends[:4]
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, protocol, 0) + ends + body


def captures() -> list[bytes]:
    """Good captures to start from: pcap and pcapng, several kinds of links."""
    asked = query("www.example.org"), query("a.example", "HTTPS")
    out, back = (40000, 53), (53, 40000)
    packets = [
        packet(asked[0].to_wire(), out),
        packet(response(asked[0], "www.example.org. CNAME a.example.", "a.example. A 192.0.2.1"), back),
        packet(asked[1].to_wire(), out, 6),
        packet(response(asked[1], 'a.example. HTTPS 1 . alpn="h2"'), back, 6, 9),
        packet(b"\x01\x00\x00\x00" + bytes(144), out),
    ]
    found = []
    for link, before in ((101, b""), (1, bytes(12) + b"\x08\x00"), (113, bytes(14) + b"\x08\x00")):
        data = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
        for at, one in enumerate(packets):
            data += struct.pack("<4I", at, 0, len(before + one), len(before + one)) + before + one
        found.append(data)
    blocks = [(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)), (1, struct.pack("<HHI", 101, 0, 0))]
    blocks += [(6, struct.pack("<5I", 0, 0, at, len(one), len(one)) + one) for at, one in enumerate(packets)]
    found.append(b"".join(_block(kind, body) for kind, body in blocks))
    return found


def _block(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return struct.pack("<2I", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Flip, cut, repeat or insert a few octets."""
    out = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(out) + 1)
        match dice.randrange(5):
            case 0 if at < len(out):
                out[at] = dice.choice((0, 1, 6, 17, 0x45, 0x60, 0xFF, dice.randrange(256)))
            case 1:
                out[at:at] = dice.randbytes(dice.randint(1, 8))
            case 2:
                del out[at : at + dice.randint(1, 8)]
            case 3:
                del out[at:]
            case _:
                out[at : at + 4] = dice.choice((b"\xff" * 4, bytes(4), b"\x00\x00\x00\x40"))
    return bytes(out)


def read(data: bytes, file: Path) -> None:
    """What a capture passes through. Raises only what is not documented."""
    file.write_bytes(data)
    try:
        rows = list(read_capture(file))
    except NoRecording:
        return
    assert len(rows) <= len(data) // 8 + 1, "more rows than octets can hold"
    assert all(isinstance(row, Complaint) or row.row.id for row in rows)


def main() -> int:
    """Fuzz until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    dice, seeds = random.Random(args.seed), captures()
    ends, runs = time.monotonic() + args.seconds, 0
    with TemporaryDirectory() as directory:
        while time.monotonic() < ends:
            data = mutated(dice.choice(seeds), dice)
            runs += 1
            try:
                read(data, Path(directory) / "capture")
                segment_in(dice.choice((0, 1, 101, 113, 276)), data[24:])
            except Exception as error:  # noqa: BLE001  (to find these is what a fuzzer is for)
                print(f"{type(error).__name__}: {error}\n{data.hex()}", file=sys.stderr)
                return 1
    print(f"{runs} captures, only documented errors")
    return 0


if __name__ == "__main__":
    sys.exit(main())

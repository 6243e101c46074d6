"""Do codings of a body make its decoder raise, say more than it may, or take longer than its length allows?

Run as `python tests/fuzz/fuzz_codings.py --seconds 10 [--seed N]`. Codes texts and bombs up to five times,
breaks what came of it, and feeds it whole and in pieces, which must read the same; prints the input of each
failure and ends with status 1.
"""

import argparse
import gzip
import random
import sys
import time
import zlib
from collections.abc import Callable, Iterator

import brotli
import zstandard

from addons.coded_bodies import FED, Decoding

MAX_SECONDS = 1.0
"""For a body of MAX_CODED octets; ordinary ones take a few thousandths of a second."""
MAX_CODED = 256 * 1024
LIMITS = (4096, 64 * 1024, 128 * 1024)


def raw(data: bytes) -> bytes:
    made = zlib.compressobj(wbits=-15)
    return made.compress(data) + made.flush()


CODINGS: dict[str, tuple[Callable[[bytes], bytes], ...]] = {
    "gzip": (gzip.compress,),
    "deflate": (zlib.compress, raw, lambda data: b"\x78\0\0\xff\xff" + raw(data)),
    "br": (lambda data: brotli.compress(data, quality=1),),
    "zstd": (lambda data: zstandard.ZstdCompressor().compress(data),),
    "dcb": (bytes,),
    "utf-8": (bytes,),
}
RETOLD = frozenset({"br", "zstd"})
"""What stands before a broken place of a long body is lost where all of it came at once."""


def text(dice: random.Random) -> bytes:
    """Words, noise, or the same octet very often."""
    part = dice.choice((b"<title>", b"__uv$config", b"\0", b" ", dice.randbytes(dice.randint(1, 60))))
    return (part * dice.choice((1, 3, 100, 100_000)))[: dice.choice((200, 20_000, 4_000_000))]


def coded(dice: random.Random) -> tuple[str, bytes]:
    """A body and the field that names its codings."""
    names = dice.choices(list(CODINGS), (8, 8, 8, 8, 1, 1), k=dice.choice((1, 1, 1, 2, 2, 3, 5)))
    data = text(dice)
    for name in names:
        data = dice.choice(CODINGS[name])(data)
    return ", ".join(names), data


def broken(data: bytes, dice: random.Random) -> bytes:
    """The same with octets turned over, left out, put in or said again, mostly near its beginning."""
    out = bytearray(data[:MAX_CODED])
    for _ in range(dice.choice((0, 1, 1, 2, 6))):
        at = dice.randrange(min(len(out), dice.choice((12, 60, MAX_CODED))) + 1)
        match dice.randrange(4):
            case 0 if at < len(out):
                out[at] ^= 1 << dice.randrange(8)
            case 1:
                del out[at : at + dice.randint(1, 9)]
            case 2:
                out[at:at] = dice.randbytes(dice.randint(1, 9))
            case _:
                out += out[:at]
    return bytes(out[:MAX_CODED])


def read(data: bytes, coding: str, limit: int, sizes: Iterator[int]) -> tuple[bytes, bool]:
    """What a decoder says of a body in pieces of these sizes, as those do that follow one."""
    decoding, at, said = Decoding(coding, limit), 0, bytearray()
    while at < len(data) and len(said) < MAX_CODED:
        size = next(sizes)
        decoding.feed(data[at : at + size])
        at += size
        while decoding.is_full and len(said) < MAX_CODED:
            said += decoding.body
            decoding.go_on(limit)
        if decoding.length > limit:
            raise AssertionError(f"says {decoding.length} octets instead of {limit}")
        if decoding.is_hiding:
            break
    said += decoding.body
    return bytes(said[:MAX_CODED]), decoding.is_unreadable


def pieces(dice: random.Random) -> Iterator[int]:
    size = dice.choice((1, 7, 500, 5000))
    while True:
        yield size if size > 1 else dice.choice((1, 1, 1, 4000))


def whole() -> Iterator[int]:
    while True:
        yield FED


def tried(data: bytes, coding: str, dice: random.Random) -> None:
    """Read a body whole and in pieces. Raises AssertionError for what a decoder must not do."""
    limit = dice.choice(LIMITS)
    in_pieces, at_once = read(data, coding, limit, pieces(dice)), read(data, coding, limit, whole())
    if limit >= FED and not RETOLD.intersection(coding.split(", ")) and in_pieces != at_once:
        raise AssertionError(f"{len(in_pieces[0])} octets in pieces, {len(at_once[0])} at once")


def main() -> int:
    """Fuzz until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    dice = random.Random(args.seed)
    ends, runs = time.monotonic() + args.seconds, 0
    while time.monotonic() < ends:
        coding, data = coded(dice)
        data = broken(data, dice)
        runs += 1
        begun = time.process_time()
        try:
            tried(data, coding, dice)
        except Exception as error:  # noqa: BLE001  (whatever comes out is what is looked for)
            print(f"{type(error).__name__}: {error}\n{coding} {data.hex()}")
            return 1
        if time.process_time() - begun > MAX_SECONDS:
            print(f"took {time.process_time() - begun:.2f} s\n{coding} {data.hex()}")
            return 1
    print(f"{runs} inputs, no undocumented error")
    return 0


if __name__ == "__main__":
    sys.exit(main())

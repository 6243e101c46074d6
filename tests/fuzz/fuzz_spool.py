"""Can any octets on the disk harm a reader of the spool?

    python tests/fuzz/fuzz_spool.py --seconds 60

Takes a well-formed segment, changes it at random and reads it in every way. The documented errors of
the parsers may come out of them, and nothing may come out of the journal but events that are whole.
"""

import argparse
import contextlib
import random
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "fakes"))

from proxy.journal.codec import CodecError, unpack_tag, unpack_template
from proxy.journal.follow import Follower
from proxy.journal.frames import FrameBad, unpack_header, unpack_pointer
from proxy.journal.kept_signs import SignsProblem, read_signs, show
from proxy.journal.read import Journal
from proxy.journal.retention import expire
from proxy.journal.segments import finish_leftover, segments
from proxy.journal.wanted import Wanted
from recorded import SEEN, happened, spool_in

DICTIONARY = (b"SGF1", b"SGE1", b"\0" * 8, b"\xff" * 8, b'[1,"dns"', b'{"technique":"', b"[[[[", b"{}")


def one_input(octets: bytes, place: Path, whole: frozenset[object] | None = None) -> None:
    """Read one segment's octets in every way.

    place    an empty directory
    whole    when given, the only events that may come out
    """
    for parser, errors in (
        (unpack_header, FrameBad),
        (unpack_pointer, FrameBad),
        (unpack_template, CodecError),
        (unpack_tag, CodecError),
        (_read_signs, SignsProblem),
    ):
        with contextlib.suppress(errors):
            parser(octets)
    worker = place / "w"
    worker.mkdir(exist_ok=True)
    path = worker / "00000001.sgj"
    path.write_bytes(octets)
    journal = Journal(place)
    found = list(journal.events())
    assert whole is None or set(found) <= whole
    assert list(journal.events(newest_first=True)) == found[::-1]
    journal.by_ticket("7KQ29FXM")
    seen = [event for event in found if show(event.signs, "webproxy")]
    assert list(journal.events(Wanted(technique="webproxy"))) == seen
    Follower(place, Wanted(), from_now=False).poll()
    finish_leftover(path)
    assert list(Journal(place).events()) == found
    expire(place, before=happened(10**9).time)


def _read_signs(octets: bytes) -> None:
    read_signs(octets.decode("utf-8", "replace"))


def mutated(octets: bytes, random_: random.Random) -> bytes:
    """A few random changes."""
    changed = bytearray(octets)
    for _ in range(random_.randint(1, 6)):
        at = random_.randrange(len(changed) + 1)
        kind = random_.randrange(5)
        if kind == 0 and at < len(changed):
            changed[at] ^= 1 << random_.randrange(8)
        elif kind == 1:
            del changed[at : at + random_.randint(1, 300)]
        elif kind == 2:
            changed[at:at] = random_.choice(DICTIONARY)
        elif kind == 3:
            begin = random_.randrange(len(changed) + 1)
            changed[at:at] = changed[begin : begin + random_.randint(1, 900)]
        else:
            changed[at : at + 8] = random_.randbytes(8)
    return bytes(changed)


def segment(spool: Path) -> tuple[frozenset[object], bytes]:
    """A finished segment of five frames: its events and its octets."""
    writer = spool_in(spool, "w")
    kept = set()
    for n in range(45):
        event = happened(n, ticket="7KQ29FXM" if n == 3 else "", signs=SEEN if n % 5 == 0 else "")
        kept.add(replace(event, id=writer.append(event), gateway="test-gateway", worker="w"))
        if n % 9 == 8:
            writer.flush()
    writer.close()
    (path,) = segments(spool / "w")
    return frozenset(kept), path.read_bytes()


def fuzz(seconds: float, seed: int) -> int:
    """Feed segments for so long and return how many; an undocumented error ends the run."""
    random_ = random.Random(seed)
    with tempfile.TemporaryDirectory() as scratch:
        kept, octets = segment(Path(scratch) / "source")
        place = Path(scratch) / "place"
        place.mkdir()
        tried, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            one_input(mutated(octets, random_), place, kept)
            tried += 1
        return tried


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="repeat a run")
    arguments = parser.parse_args()
    chosen = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {chosen}", file=sys.stderr)
    print(f"{fuzz(arguments.seconds, chosen)} segments, no undocumented error")

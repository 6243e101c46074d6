"""Does a damaged publish log or file of heads make reading, or writing on, raise something undocumented?

    python tests/fuzz/fuzz_chained_log.py --seconds 60

Most files are mutations of genuine ones. Whatever changed must be named by a fault, unless only the end was
cut; and a line added afterwards must come back as the last one.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from proxy.bundle.layout import Layout
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay
from proxy.bundle.published import is_settled, published_log, settle
from proxy.chained_log import append, last, read

PIECES = (
    b"\n", b"\n\n", b"{}\n", b"[" * 5000 + b"\n", b'{"number":NaN}\n', b"\xff\xfe", b"\x00" * 70_000,
    b'"body":', b'{"number":1,"body":{"written":{"base":true}},"previous":"","hash":""}\n', b"9" * 5000,
    b"\\ud800",
)  # fmt: skip


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Change, cut, move or repeat some octets."""
    for _ in range(dice.randrange(1, 4)):
        at, upto = sorted(dice.randrange(len(data) + 1) for _ in range(2))
        piece = dice.choice((*PIECES, dice.randbytes(3), data[at:upto], b""))
        data = data[:at] + piece + data[dice.choice((at, at + 1, upto)) :]
    return data


def check(state: Path, data: bytes, genuine: bytes) -> None:
    """Read a file, write on, and read again."""
    log = published_log(state)
    log.write_bytes(data)
    faults = [line.fault for line in read(log) if line.fault]
    whole = data[: data.rfind(b"\n") + 1]
    assert faults or genuine.startswith(whole), data
    last(log)
    is_settled(state)
    with Layout(state).locked():
        settle(Layout(state))
    added = append(log, {"what": "next"})
    again = list(read(log))
    assert again[-1].body == added.body
    assert [line.fault for line in again if line.fault][: len(faults)] == faults


def fuzz(seconds: float, seed: int) -> int:
    """Feed files for so long and return how many; an undocumented error ends the run."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as directory:
        state = Path(directory)
        for _ in range(3):
            publish_overlay(Overlay(), state)
        genuine = published_log(state).read_bytes()
        end, count = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            check(state, mutated(genuine, dice), genuine)
            count += 1
    return count


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=None, help="repeat a run")
    arguments = parser.parse_args()
    chosen = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {chosen}", file=sys.stderr)
    print(f"{fuzz(arguments.seconds, chosen)} files, no undocumented error")

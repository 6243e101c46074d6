"""Does any list text, index file, archive or data file make its reader raise something undocumented?

python tests/fuzz/fuzz_lists.py --seconds 60
"""

import argparse
import contextlib
import io
import random
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fakes"))

from list_world import CATEGORIES_YAML, build, small_catalogue, source
from proxy.decision.listing import ListingKind
from proxy.decision.urls import Url
from proxy.lists.categories import load_categories
from proxy.lists.errors import FetchRefused, IndexRefused, ListsProblem
from proxy.lists.formats import READERS, Complaint, Entry, Format, read
from proxy.lists.formats.guess import Unsupported, guess_format
from proxy.lists.index import DomainIndex
from proxy.lists.unpack import unpack_tree

SEEDS = (
    "0.0.0.0 a.example b.example # x\n127.0.0.1 localhost\n192.0.2.7 c.example\n",
    "||a.example^\n@@||b.a.example^\n||c.example^$third-party\nd.example##.ad\n/re[0-9]/\n",
    "address=/a.example/b.example/0.0.0.0\nserver=/c.example/#\nlocal=/d.example/\n",
    "$TTL 300\n@ IN SOA a. b. ( 1 2\n 3 4 5 )\na.example CNAME .\n"
    "*.a.example CNAME *.\n32.7.2.0.192.rpz-ip CNAME .\n",
    "a.example\tgames,jeux\nbücher.example\tads\n",
    "192.0.2.0/24\n2001:db8::/32\n192.0.2.1-192.0.2.9\nAS64500\n",
    "example.org/a/b?c=d\nhttps://www.example.org:8443/%61//..\n",
    "(^|[-.])win([-.]|$)\n(a+)+$\n[unclosed\n",
)
PIECES = (
    *("\0", "\n", "\r", "\t", " ", ".", "/", "*", "$", "^", "||", "@@", "##", "%", "%ff", "(", ")", '"', ";"),
    *("\ufffd", "\ufeff", "é", "İ", "\ud800", "xn--", "0x", "::", "[", "]", "-", "\\", "=", "CNAME ."),
    *("a" * 300, "9" * 400),
)


def mutated(text: str, dice: random.Random) -> str:
    """Change, cut, repeat or join some parts of a text."""
    for _ in range(dice.randrange(1, 8)):
        at, width = dice.randrange(len(text) + 1), dice.choice((0, 0, 1, 2, 9))
        text = text[:at] + dice.choice(PIECES) * dice.choice((1, 1, 1, 2, 50)) + text[at + width :]
    return text


def lists(dice: random.Random, _: Path) -> None:
    """Every reader on any text: entries and complaints, a line number each, and nothing else."""
    text = mutated(dice.choice(SEEDS), dice)
    lines = text.splitlines(keepends=True)
    form = dice.choice(list(READERS))
    for item in read(form, lines):
        assert isinstance(item, Entry | Complaint)
        assert 1 <= item.line <= len(lines)
    assert isinstance(guess_format(lines), Format | Unsupported)


def indexes(dice: random.Random, directory: Path) -> None:
    """Any text compiles, whatever is asked of the index; a damaged file is refused."""
    text = mutated(dice.choice(SEEDS), dice).encode("utf-8", "replace").decode()
    path, _ = build(directory, source(directory, "x", text, form=dice.choice(list(READERS))))
    with DomainIndex.open(path) as index:
        for listing, _ in list(index.listings())[:20]:
            if listing.kind is not ListingKind.EXPRESSION:
                index.for_host(listing.rule.partition("/")[0])
        index.for_url(Url("http", "www.example.org", 80, "/" + mutated("a/b", dice), mutated("c=d", dice)))
    octets = bytearray(path.read_bytes())
    octets[dice.randrange(len(octets))] ^= 1 << dice.randrange(8)
    path.write_bytes(octets[: dice.choice((len(octets), dice.randrange(len(octets))))])
    try:
        DomainIndex.open(path).close()
    except IndexRefused:
        return
    raise AssertionError("a damaged index was opened")


def archives(dice: random.Random, directory: Path) -> None:
    """A damaged archive is refused or unpacked, and nothing lands outside its box."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name in (
            "b/adult/domains",
            dice.choice(("../x/domains", "/x/urls", "b/l", "b/l/domains", "b//urls")),
        ):
            info = tarfile.TarInfo(name)
            if dice.random() < 0.3:
                info.type, info.linkname = tarfile.SYMTYPE, dice.choice(("..", "/", "adult", "../../x"))
                tar.addfile(info)
            else:
                info.size = 4
                tar.addfile(info, io.BytesIO(b"a.b\n"))
    octets = bytearray(packed.getvalue())
    if dice.random() < 0.7:
        octets[dice.randrange(len(octets))] ^= 1 << dice.randrange(8)
    (directory / "a.tar.gz").write_bytes(octets)
    box = Path(tempfile.mkdtemp(dir=directory))
    with contextlib.suppress(FetchRefused):
        unpack_tree(directory / "a.tar.gz", box, max_bytes=100_000)
    assert {child.name for child in directory.iterdir()} <= {
        "a.tar.gz",
        "x.txt",
        "index.sgi",
        "c.yaml",
        box.name,
    }
    for child in sorted(box.rglob("*"), reverse=True):
        child.rmdir() if child.is_dir() and not child.is_symlink() else child.unlink()
    box.rmdir()


def data_files(dice: random.Random, directory: Path) -> None:
    """Any YAML gives a catalogue or problems."""
    path = directory / "c.yaml"
    path.write_bytes(mutated(CATEGORIES_YAML, dice).encode("utf-8", "surrogatepass"))
    with contextlib.suppress(ListsProblem):
        load_categories(path)


TARGETS: tuple[Callable[[random.Random, Path], None], ...] = (
    lists,
    lists,
    lists,
    indexes,
    archives,
    data_files,
)


def main() -> None:
    """Run until the time is up; a failure prints the seed that brings it back."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=None, help="run only this seed")
    args = parser.parse_args()
    small_catalogue()
    end, seed, runs = time.monotonic() + args.seconds, args.seed or random.randrange(1 << 48), Counter[str]()
    with tempfile.TemporaryDirectory() as directory:
        while time.monotonic() < end:
            dice = random.Random(seed)
            target = dice.choice(TARGETS)
            try:
                target(dice, Path(directory))
            except BaseException:
                print(f"failed: --seed {seed} ({target.__name__})", file=sys.stderr)
                raise
            runs[target.__name__] += 1
            if args.seed is not None:
                break
            seed += 1
    print(", ".join(f"{name}: {count}" for name, count in sorted(runs.items())))


if __name__ == "__main__":
    main()

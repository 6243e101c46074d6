"""Where are the list and the questions that every peer is measured with?

They are made once for a size and kept in a cache directory; the same size gives the same files.
"""

import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, count, islice
from pathlib import Path

from proxy.bench.names import HOSTS, Categories, Names, is_under, spoken

VERSION = "3"
SEED = 20260101
LISTED_SHARE = 0.20
ALLOWED = 50_000
HOT_LINES = 1_000_000
COLD_LINES = 600_000
FRESH = "*"
"""What stands in `cold` for a word that was never asked for."""


@dataclass(frozen=True, slots=True)
class Data:
    """The files for one size of list.

    list_file   `name<TAB>category[,category]`, a line a name
    hot         dnsperf questions: 20 % about listed names or names under them, the others about
                50,000 allowed names, the first of them most often
    warm        each question of `hot` once, in the order in which they first come
    cold        dnsperf questions: as above, but no allowed name comes twice
    listed      listed names and names under such, which `hot` asks for
    allowed     the allowed names of `hot`
    """

    directory: Path
    size: int

    @property
    def list_file(self) -> Path:
        """The list."""
        return self.directory / "list.tsv"

    @property
    def hot(self) -> Path:
        """The hot mix."""
        return self.directory / "hot.txt"

    @property
    def warm(self) -> Path:
        """What fills a cache for the hot mix."""
        return self.directory / "warm.txt"

    @property
    def cold(self) -> Path:
        """The cold mix."""
        return self.directory / "cold.txt"

    @property
    def listed(self) -> Path:
        """What must be blocked."""
        return self.directory / "listed.txt"

    @property
    def allowed(self) -> Path:
        """What must not."""
        return self.directory / "allowed.txt"

    def sample(self, file: Path, wanted: int) -> list[str]:
        """Lines from all over one of the files."""
        lines = file.read_text().splitlines()
        return lines[:: max(1, len(lines) // wanted)][:wanted]

    def listed_names(self) -> Iterator[str]:
        """All names of the list."""
        with self.list_file.open() as lines:
            for line in lines:
                yield line.partition("\t")[0]

    def cold_round(self, number: int, into: Path) -> Path:
        """Write the cold mix with names that no other round asks for, and return the file."""
        file = into / f"cold-{number}.txt"
        if not file.exists():
            with self.cold.open() as lines, file.open("w") as out:
                out.writelines(map(_fresh, lines, count(number * COLD_LINES)))
        return file


def _fresh(line: str, number: int) -> str:
    """The line with a word in its mark's place that no other line of any round has."""
    return f"{spoken(number)}{line.removeprefix(FRESH)}" if line.startswith(FRESH) else line


def default_directory() -> Path:
    """Where data is kept when nobody says otherwise: the user's cache directory."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "schoolgate-bench"


def data_in(directory: Path, size: int) -> Data:
    """Return the data for a size of list, and make it first when it is not there."""
    data = Data(directory / f"{size}-v{VERSION}", size)
    if not data.directory.exists():
        fresh = data.directory.with_suffix(f".{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        try:
            _write(Data(fresh, size))
            fresh.rename(data.directory)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return data


def _write(data: Data) -> None:
    chance = random.Random(SEED)
    names, categories = iter(Names(chance)), Categories(chance)
    listed = list(islice(names, data.size))
    with data.list_file.open("w") as out:
        out.writelines(f"{name}\t{categories.one()}\n" for name in listed)
    known = set(listed)
    allowed: list[str] = []
    while len(allowed) < min(ALLOWED, max(100, data.size // 20)):
        name = next(names)
        name = name if chance.random() < 0.4 else f"{chance.choice(HOSTS)}.{name}"
        if not is_under(name, known):
            allowed.append(name)
    asked = [_at_or_under(chance, listed) for _ in range(max(100, len(allowed) // 5))]
    data.allowed.write_text("\n".join(allowed) + "\n")
    data.listed.write_text("\n".join(asked) + "\n")
    _write_hot(data, chance, asked, allowed)
    _write_cold(data, chance, listed, allowed)


def _write_hot(data: Data, chance: random.Random, listed: list[str], allowed: list[str]) -> None:
    lines = min(HOT_LINES, max(2_000, data.size))
    of_listed, of_allowed = _zipf(len(listed)), _zipf(len(allowed))
    asked: dict[str, None] = {}
    with data.hot.open("w") as out:
        for _ in range(lines):
            if chance.random() < LISTED_SHARE:
                name = chance.choices(listed, cum_weights=of_listed)[0]
            else:
                name = chance.choices(allowed, cum_weights=of_allowed)[0]
            line = f"{name} {_type(chance)}\n"
            asked[line] = None
            out.write(line)
    data.warm.write_text("".join(asked))


def _write_cold(data: Data, chance: random.Random, listed: list[str], allowed: list[str]) -> None:
    with data.cold.open("w") as out:
        for _ in range(min(COLD_LINES, max(2_000, data.size))):
            if chance.random() < LISTED_SHARE:
                name = _at_or_under(chance, listed)
            else:
                name = f"{FRESH}.{chance.choice(allowed)}"
            out.write(f"{name} {_type(chance)}\n")


def _at_or_under(chance: random.Random, listed: list[str]) -> str:
    name = chance.choice(listed)
    return name if chance.random() < 0.5 else f"{chance.choice(HOSTS)}.{name}"


def _type(chance: random.Random) -> str:
    return "A" if chance.random() < 0.75 else "AAAA"


def _zipf(count: int) -> list[float]:
    return list(accumulate(1 / (place + 1) for place in range(count)))

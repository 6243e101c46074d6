"""How do all lists of a school become one index file?"""

import os
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from proxy.lists.builder import IndexBuilder, Outcome
from proxy.lists.categories import Catalogue
from proxy.lists.errors import CompileFailed
from proxy.lists.formats import Complaint, Entry, Format, Reach, Why, complain
from proxy.lists.laying_out import sections_of
from proxy.lists.meta import IndexMeta, ListMeta
from proxy.lists.packing import Piece, Section, pack
from proxy.lists.reading import OnOctets, Tally, read_file
from proxy.lists.sources import ListSource
from proxy.lists.suffixes import PublicSuffixes, public_suffixes
from proxy.lists.tree import ListFile, files_of

UNMAPPED = "unmapped"

type OnComplaint = Callable[[ListFile, Complaint], None]
type OnFile = Callable[[ListFile], None]
type OnProgress = Callable[[str, int, int], None]
"""Told now and then: what is being done, how far it is, and what the whole is."""

MAX_REMEMBERED = 10_000
POSTING_OCTETS = 9  # of a record beside its key, about: only the progress is reckoned with it


@dataclass(frozen=True, slots=True)
class ListReport:
    """What became of one file."""

    file: ListFile
    tally: Tally


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What became of all of them.

    left_out   files without a category of ours: nothing of them is in the index
    octets     of the index file
    """

    lists: tuple[ListReport, ...]
    left_out: tuple[ListFile, ...]
    records: int
    octets: int


def compile_index(
    lists: Iterable[ListSource],
    out: Path,
    *,
    catalogue: Catalogue,
    built_at: datetime,
    seed: int | None = None,
    on_complaint: OnComplaint = lambda file, complaint: None,
    on_file: OnFile = lambda file: None,
    on_progress: OnProgress = lambda step, done, total: None,
) -> BuildReport:
    """Compile lists into an index file, which appears under its name only when it is whole.

    built_at   aware; only noted
    seed       of the hash, random by default so that nobody can prepare names that collide; that of an
               index which nobody else can read serves as well

    Raises CompileFailed when a list cannot be read or the file cannot be written.
    """
    files = [file for source in lists for file in files_of(source, catalogue)]
    collector = Collector(catalogue, secrets.randbits(64) if seed is None else seed, on_complaint)
    reports, left_out = [], []
    reading = _Reading(files, on_progress)
    for file in files:
        on_file(file)
        if file.category is None and not takes_own_categories(file):
            left_out.append(file)
        else:
            reports.append(ListReport(file, collector.take(file, reading.at)))
        reading.ended(file)
    octets = _written(collector, out, collector.meta(reports, built_at), on_progress)
    return BuildReport(tuple(reports), tuple(left_out), len(collector.builder), octets)


def takes_own_categories(file: ListFile) -> bool:
    """Whether the lines of a file name their categories themselves."""
    return file.category is None and file.format is Format.TSV


class _Reading:
    """How far the reading of several files is."""

    def __init__(self, files: Iterable[ListFile], tell: OnProgress) -> None:
        self._tell = tell
        self._sizes = {file.id: _size(file) for file in files}
        self._total, self._before = sum(self._sizes.values()), 0

    def at(self, file: ListFile, octets: int) -> None:
        """A file has been read to here."""
        self._tell(f"reading {file.id}", self._before + octets, self._total)

    def ended(self, file: ListFile) -> None:
        """A file has been read, or left out."""
        self._before += self._sizes[file.id]
        self.at(file, 0)


def _size(file: ListFile) -> int:
    try:
        return file.path.stat().st_size
    except OSError:
        return 0  # whoever reads it says what is wrong


class Collector:
    """Puts file after file into a builder and keeps the numbers of lists, categories and sources."""

    def __init__(
        self,
        catalogue: Catalogue,
        seed: int,
        on_complaint: OnComplaint,
        suffixes: PublicSuffixes | None = None,
    ) -> None:
        self.builder = IndexBuilder(seed)
        self._catalogue = catalogue
        self._on_complaint = on_complaint
        self._suffixes = suffixes or public_suffixes()
        self._lists: dict[str, int] = {}
        self._categories: dict[str, int] = {}
        self._sources: dict[tuple[int, int], int] = {}
        self._sources_of: dict[tuple[int, tuple[str, ...]], list[tuple[int | None, str]]] = {}

    def take(self, file: ListFile, at: OnOctets = lambda file, octets: None) -> Tally:
        """Read a file whole, telling `at` now and then how far it is. Raises CompileFailed."""
        if file.id in self._lists:
            raise CompileFailed(f"two lists are called {file.id}; every list needs an id of its own")
        number = self._lists[file.id] = len(self._lists)
        tally = Tally()
        usual = None if takes_own_categories(file) else self._source(number, file.category or UNMAPPED)
        for item in read_file(file, self._suffixes, at):
            if isinstance(item, Complaint):
                self._complain(file, tally, item)
            elif usual is not None:
                self._add(file, tally, usual, item)
            else:
                self._add_by_own_categories(file, tally, number, item)
        return tally

    def _add(self, file: ListFile, tally: Tally, source: int, entry: Entry) -> None:
        outcome, line = self.builder.add(source, entry)
        if outcome is Outcome.NEW:
            tally.took(entry)
        elif outcome is Outcome.REPEATED:
            self._complain(file, tally, complain(entry.line, Why.REPEATED, entry.text, f"as in line {line}"))
        else:
            text = f"*.{entry.text}" if entry.reach is Reach.BELOW else entry.text
            self._complain(file, tally, complain(entry.line, Why.JOINED, text, f"one entry with line {line}"))

    def _add_by_own_categories(self, file: ListFile, tally: Tally, number: int, entry: Entry) -> None:
        sources = self._sources_of.get((number, entry.categories))
        if sources is None:
            sources = self._remember(file, number, entry.categories)
        for source, name in sources:
            if source is None:
                detail = f"no category goes by the name '{name[:40]}'; map it under categories:"
                self._complain(file, tally, complain(entry.line, Why.UNKNOWN_CATEGORY, entry.text, detail))
            else:
                self._add(file, tally, source, entry)

    def _remember(self, file: ListFile, number: int, names: tuple[str, ...]) -> list[tuple[int | None, str]]:
        """The source for each of the categories that a line names; None for one that is not known."""
        sources: list[tuple[int | None, str]] = []
        for name in names:
            category = file.source.categories.get(name) or self._catalogue.by_upstream_name(name)
            sources.append((None if category is None else self._source(number, category), name))
        if len(self._sources_of) >= MAX_REMEMBERED:  # a list may name another mixture in each of its lines
            self._sources_of.clear()
        self._sources_of[number, names] = sources
        return sources

    def _complain(self, file: ListFile, tally: Tally, complaint: Complaint) -> None:
        tally.left(complaint)
        self._on_complaint(file, complaint)

    def _source(self, number: int, category: str) -> int:
        place = self._categories.setdefault(category, len(self._categories))
        return self._sources.setdefault((number, place), len(self._sources))

    def meta(self, reports: Iterable[ListReport], built_at: datetime) -> IndexMeta:
        """The index's account of itself."""
        return IndexMeta(
            built_at=built_at,
            lists=tuple(_list_meta(report) for report in reports),
            categories=tuple(self._categories),
            sources=tuple(self._sources),
            records=len(self.builder),
            url_depth=self.builder.url_depth,
            has_exceptions=self.builder.has_exceptions,
            has_bare_names=self.builder.has_bare_names,
        )


def _list_meta(report: ListReport) -> ListMeta:
    file, tally = report.file, report.tally
    reasons = {why.value: count for why, count in tally.reasons.items()}
    title = file.source.title
    return ListMeta(
        file.id, title, file.category or "", file.format.value, file.source.licence, tally.counts(), reasons
    )


def _told(sections: Iterable[Section], octets: int, tell: OnProgress) -> Iterator[Section]:
    """Hand on sections, telling how far their octets are."""
    done = 0

    def counted(pieces: Iterable[Piece]) -> Iterator[Piece]:
        nonlocal done
        for piece in pieces:
            done += len(piece)
            tell("writing the index", min(done, octets), octets)
            yield piece

    for name, pieces in sections:
        yield name, counted(pieces)


def _written(collector: Collector, out: Path, meta: IndexMeta, tell: OnProgress) -> int:
    """Write the file beside its place and move it there."""
    builder = collector.builder
    sections = _told(sections_of(builder), len(builder.strings) + POSTING_OCTETS * len(builder), tell)
    try:
        beside = f".{out.name.removeprefix('.')}."  # whoever clears away what `out` begins with finds it too
        with tempfile.NamedTemporaryFile(dir=out.parent, prefix=beside, delete=False) as file:
            temporary = Path(file.name)
            try:
                pack(file, builder.seed, sections, meta.to_json())
                file.flush()
                os.fsync(file.fileno())
                octets = os.fstat(file.fileno()).st_size
                temporary.replace(out)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise CompileFailed(f"{out}: the index cannot be written: {error.strerror}") from error
    return octets

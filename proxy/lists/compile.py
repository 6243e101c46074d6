"""How do all lists of a school become one index file?"""

import os
import secrets
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from proxy.lists.builder import IndexBuilder, Outcome
from proxy.lists.categories import Catalogue
from proxy.lists.errors import CompileFailed
from proxy.lists.formats import Complaint, Entry, Format, Reach, Why, complain
from proxy.lists.meta import IndexMeta, ListMeta
from proxy.lists.packing import pack
from proxy.lists.reading import Tally, read_file
from proxy.lists.sources import ListSource
from proxy.lists.suffixes import PublicSuffixes, public_suffixes
from proxy.lists.tree import ListFile, files_of

UNMAPPED = "unmapped"

type OnComplaint = Callable[[ListFile, Complaint], None]
type OnFile = Callable[[ListFile], None]


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
) -> BuildReport:
    """Compile lists into an index file, which appears under its name only when it is whole.

    built_at   aware; only noted
    seed       of the hash, random by default so that nobody can prepare names that collide

    Raises CompileFailed when a list cannot be read or the file cannot be written.
    """
    files = [file for source in lists for file in files_of(source, catalogue)]
    collector = Collector(catalogue, secrets.randbits(64) if seed is None else seed, on_complaint)
    reports, left_out = [], []
    for file in files:
        on_file(file)
        if file.category is None and not takes_own_categories(file):
            left_out.append(file)
        else:
            reports.append(ListReport(file, collector.take(file)))
    octets = _written(collector, out, collector.meta(reports, built_at))
    return BuildReport(tuple(reports), tuple(left_out), len(collector.builder), octets)


def takes_own_categories(file: ListFile) -> bool:
    """Whether the lines of a file name their categories themselves."""
    return file.category is None and file.format is Format.TSV


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

    def take(self, file: ListFile) -> Tally:
        """Read a file whole. Raises CompileFailed."""
        if file.id in self._lists:
            raise CompileFailed(f"two lists are called {file.id}; every list needs an id of its own")
        number = self._lists[file.id] = len(self._lists)
        tally = Tally()
        usual = None if takes_own_categories(file) else self._source(number, file.category or UNMAPPED)
        for item in read_file(file, self._suffixes):
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
        for name in entry.categories:
            category = file.source.categories.get(name) or self._catalogue.by_upstream_name(name)
            if category is None:
                detail = f"no category goes by the name '{name[:40]}'; map it under categories:"
                self._complain(file, tally, complain(entry.line, Why.UNKNOWN_CATEGORY, entry.text, detail))
            else:
                self._add(file, tally, self._source(number, category), entry)

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


def _written(collector: Collector, out: Path, meta: IndexMeta) -> int:
    """Write the file beside its place and move it there."""
    try:
        with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", delete=False) as file:
            temporary = Path(file.name)
            try:
                pack(file, collector.builder.seed, collector.builder.arrays(), meta.to_json())
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

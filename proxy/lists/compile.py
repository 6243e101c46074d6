"""How do all lists of a school become one index file?"""

import os
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from proxy.lists.categories import Catalogue
from proxy.lists.collecting import Collector, OnComplaint, takes_own_categories
from proxy.lists.errors import CompileFailed
from proxy.lists.laying_out import sections_of
from proxy.lists.meta import IndexMeta, ListMeta
from proxy.lists.packing import Piece, Section, pack
from proxy.lists.reading import Tally
from proxy.lists.sources import ListSource
from proxy.lists.tree import ListFile, files_of

type OnFile = Callable[[ListFile], None]
type OnProgress = Callable[[str, int, int], None]
"""Told now and then: what is being done, how far it is, and what the whole is."""

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
    octets = _written(collector, out, _meta(collector, reports, built_at), on_progress)
    return BuildReport(tuple(reports), tuple(left_out), len(collector.builder), octets)


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


def _meta(collector: Collector, reports: Iterable[ListReport], built_at: datetime) -> IndexMeta:
    """The index's account of itself."""
    builder = collector.builder
    return IndexMeta(
        built_at=built_at,
        lists=tuple(_list_meta(report) for report in reports),
        categories=tuple(collector.categories),
        sources=tuple(collector.sources),
        records=len(builder),
        url_depth=builder.url_depth,
        has_exceptions=builder.has_exceptions,
        has_bare_names=builder.has_bare_names,
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

"""Is there a newer version of a subscribed list, and can it take the place of the copy in use?"""

import gzip
import shutil
import zlib
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

import xxhash

from proxy.lists.categories import Catalogue
from proxy.lists.copies import Copies, Copy, CopyFacts
from proxy.lists.download import Downloaded, Downloader
from proxy.lists.errors import FetchRefused, ListsError
from proxy.lists.formats import Entry, Format, Why
from proxy.lists.reading import read_file
from proxy.lists.sources import Subscription
from proxy.lists.suffixes import public_suffixes
from proxy.lists.tree import files_of
from proxy.lists.unpack import unpack_tree

UNUSABLE = frozenset({Why.NOT_A_NAME, Why.NOT_AN_ADDRESS, Why.NOT_A_URL, Why.UNUSABLE, Why.NOT_TEXT})


class Result(Enum):
    """What became of an attempt to refresh a list."""

    UPDATED = "updated"
    UNCHANGED = "unchanged"
    NOT_DUE = "not due"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The outcome for one list.

    detail   in plain words, for a technician
    """

    list_id: str
    result: Result
    detail: str
    entries: int = 0


@dataclass(frozen=True, slots=True)
class Refresher:
    """Refreshes lists, one at a time; whatever happens, the last good copy stays.

    now                the moment, aware
    max_loss_percent   the school's own bound; a source may set a lower one
    """

    copies: Copies
    downloader: Downloader
    catalogue: Catalogue
    now: Callable[[], datetime]
    max_loss_percent: int = 20

    def refresh(self, source: Subscription, *, force: bool = False) -> Refreshed:
        """Bring a list up to date, unless its copy is fresh enough. Never raises ListsError."""
        good = self.copies.good(source.id)
        if good is not None and not force and not self._is_due(source, good):
            detail = f"last checked {good.facts.checked_at}"
            return Refreshed(source.id, Result.NOT_DUE, detail, good.facts.entries)
        place = self.copies.begin(source.id)
        try:
            return self._refreshed(source, good, place)
        except (ListsError, OSError) as error:
            kept = "; the last good copy stays in use" if good else "; there is no earlier copy"
            return Refreshed(source.id, Result.FAILED, f"{error}{kept}", good.facts.entries if good else 0)
        finally:
            self.copies.sweep(source.id)

    def _is_due(self, source: Subscription, good: Copy) -> bool:
        checked = datetime.fromisoformat(good.facts.checked_at)
        return good.facts.url != source.url or self.now() - checked >= source.refresh

    def _refreshed(self, source: Subscription, good: Copy | None, place: Path) -> Refreshed:
        known = good.facts if good is not None and good.facts.url == source.url else None
        raw = place / "raw"
        came = self.downloader.fetch(
            source.url,
            raw,
            etag=known.etag if known else "",
            last_modified=known.last_modified if known else "",
            pinned=bool(source.sha256),
        )
        if good is not None and (came.unchanged or (known and came.sha256 == known.sha256)):
            self.copies.confirm(good, self.now())
            return Refreshed(source.id, Result.UNCHANGED, "the origin has nothing newer", good.facts.entries)
        if source.sha256 and came.sha256 != source.sha256:
            raise FetchRefused(f"{source.url}: its sha256 is {came.sha256}, expected was {source.sha256}")
        self._unpack(source, raw, place / "data")
        return self._keep(source, good, place, came)

    def _unpack(self, source: Subscription, raw: Path, data: Path) -> None:
        limit = self.downloader.limits.max_bytes
        if source.format is Format.SQUIDGUARD:
            box = raw.parent / "box"
            box.mkdir(mode=0o700)
            root = unpack_tree(raw, box, max_bytes=limit)
            root.rename(data)
            raw.unlink()
            shutil.rmtree(box, ignore_errors=True)
        elif _is_packed(raw):
            _gunzip(raw, data, limit)
            raw.unlink()
        else:
            raw.rename(data)

    def _keep(self, source: Subscription, good: Copy | None, place: Path, came: Downloaded) -> Refreshed:
        names, unusable = fingerprints(source, place / "data", self.catalogue)
        why = self._why_hold(source, good, names, unusable)
        moment = self.now().isoformat()
        facts = CopyFacts(
            url=source.url,
            fetched_at=moment,
            checked_at=moment,
            sha256=came.sha256,
            octets=came.octets,
            entries=len(names),
            etag=came.etag,
            last_modified=came.last_modified,
            why_held=why,
        )
        self.copies.keep(place, facts, names)
        if why:
            detail = f"{why}; look at it with `lists diff`, take it with `lists accept {source.id}`"
            return Refreshed(source.id, Result.HELD, detail, len(names))
        return Refreshed(source.id, Result.UPDATED, f"{len(names)} entries", len(names))

    def _why_hold(self, source: Subscription, good: Copy | None, names: array[int], unusable: int) -> str:
        if not names:
            raise FetchRefused(f"{source.url}: it holds no line that the format {source.format.value} knows")
        if unusable > len(names):
            return f"{unusable} lines are not usable and only {len(names)} are; is it still the same format?"
        if good is None or not good.facts.entries:
            return ""
        lost = missing(good.names(), names)
        percent = 100 * lost / good.facts.entries
        bound = min(self.max_loss_percent, source.max_loss_percent)
        return (
            f"it loses {lost} of {good.facts.entries} entries, more than {bound} %" if percent > bound else ""
        )


def fingerprints(source: Subscription, data: Path, catalogue: Catalogue) -> tuple[array[int], int]:
    """Sorted 64-bit fingerprints of a list's entries, and how many lines could not be read."""
    values, unusable = set[int](), 0
    for file in files_of(source.as_list(data), catalogue):
        for item in read_file(file, public_suffixes()):
            if isinstance(item, Entry):
                text = f"{item.kind.value} {item.text}".encode("utf-8", "surrogatepass")
                values.add(xxhash.xxh3_64_intdigest(text))
            elif item.why in UNUSABLE:
                unusable += 1
    return array("Q", sorted(values)), unusable


def missing(old: array[int], new: array[int]) -> int:
    """How many members of one sorted array another one lacks."""
    lost, at, end = 0, 0, len(new)
    for value in old:
        while at < end and new[at] < value:
            at += 1
        if at == end or new[at] != value:
            lost += 1
    return lost


def _is_packed(raw: Path) -> bool:
    with raw.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _gunzip(packed: Path, out: Path, max_bytes: int) -> None:
    left = max_bytes
    try:
        with gzip.open(packed) as source, out.open("wb") as target:
            while chunk := source.read(1 << 16):
                left -= len(chunk)
                if left < 0:
                    raise FetchRefused(f"it is larger than {max_bytes} bytes unpacked")
                target.write(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FetchRefused(f"it is no sound .gz file: {error}") from error

"""Where do fetched lists lie, which copy of each is good, and which waits for a person?

<directory>/<list id>/copy-<id>/data        the list: a file, or a directory (SquidGuard)
                               /names       sorted u64 fingerprints of its entries
                               /copy.json   where it came from and when
                     /good, /held           links to one of the copies, swapped by rename
                     /former                the good copy before; somebody may still be reading it
"""

import fcntl
import json
import os
import secrets
import shutil
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from proxy.lists.errors import FetchRefused

GOOD, HELD, FORMER = "good", "held", "former"


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """What is known of a copy.

    fetched_at, checked_at   ISO 8601 with offset; when it came, when the origin last said it still holds
    octets                   of what was downloaded
    entries                  that count, see `fingerprints`
    why_held                 for a person; "" when it is good
    """

    url: str
    fetched_at: str
    checked_at: str
    sha256: str
    octets: int
    entries: int
    etag: str = ""
    last_modified: str = ""
    why_held: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a list."""

    list_id: str
    directory: Path
    facts: CopyFacts

    @property
    def path(self) -> Path:
        """The list itself."""
        return self.directory / "data"

    def names(self) -> array[int]:
        """The stored fingerprints, sorted."""
        values = array("Q")
        values.frombytes((self.directory / "names").read_bytes())
        return values


class Copies:
    """The directory of copies. Only one process at a time may change it, see `locked`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one who changes copies. Raises FetchRefused when somebody else is at it."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.directory / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise FetchRefused(f"{self.directory}: another process is fetching lists now") from error
            yield

    def good(self, list_id: str) -> Copy | None:
        """The copy in use."""
        return self._linked(list_id, GOOD)

    def held(self, list_id: str) -> Copy | None:
        """The update that waits for a person."""
        return self._linked(list_id, HELD)

    def held_ids(self) -> list[str]:
        """Ids of the lists of which an update waits."""
        return sorted(link.parent.name for link in self.directory.glob(f"*/{HELD}"))

    def begin(self, list_id: str) -> Path:
        """Make an empty place for a new copy; until it is kept, `sweep` takes it away."""
        place = self.directory / list_id / f"copy-{secrets.token_hex(8)}"
        place.mkdir(mode=0o700, parents=True)
        return place

    def keep(self, place: Path, facts: CopyFacts, names: array[int]) -> Copy:
        """Make a filled place the good copy or, with a reason to, the held one."""
        (place / "names").write_bytes(names.tobytes())
        copy = Copy(place.parent.name, place, facts)
        self._note(copy)
        _settle(place)
        if facts.why_held:
            self._link(copy, HELD)
        else:
            self._promote(copy)
            (self.directory / copy.list_id / HELD).unlink(missing_ok=True)
        self.sweep(copy.list_id)
        return copy

    def accept(self, list_id: str) -> Copy:
        """Make the held copy the good one. Raises FetchRefused when none is held."""
        held = self.held(list_id)
        if held is None:
            raise FetchRefused(f"{list_id}: no update of it is held")
        copy = replace(held, facts=replace(held.facts, why_held=""))
        self._note(copy)
        self._promote(copy)
        (self.directory / list_id / HELD).unlink()
        self.sweep(list_id)
        return copy

    def confirm(self, copy: Copy, at: datetime) -> None:
        """Note that the origin still has what the copy holds."""
        self._note(replace(copy, facts=replace(copy.facts, checked_at=at.isoformat())))

    def sweep(self, list_id: str) -> None:
        """Remove what no link names."""
        home = self.directory / list_id
        named = {os.readlink(home / link) for link in (GOOD, HELD, FORMER) if (home / link).is_symlink()}
        for place in home.glob("copy-*"):
            if place.name not in named:
                shutil.rmtree(place, ignore_errors=True)

    def _promote(self, copy: Copy) -> None:
        former = self.good(copy.list_id)
        if former is not None and former.directory.name != copy.directory.name:
            self._link(former, FORMER)
        self._link(copy, GOOD)

    def _linked(self, list_id: str, link: str) -> Copy | None:
        home = self.directory / list_id
        try:
            place = home / os.readlink(home / link)
            facts = CopyFacts(**json.loads((place / "copy.json").read_text("utf-8")))
            datetime.fromisoformat(facts.fetched_at), datetime.fromisoformat(facts.checked_at)
        except (OSError, ValueError, TypeError):
            return None
        return Copy(list_id, place, facts)

    def _note(self, copy: Copy) -> None:
        temporary = copy.directory / ".copy.json"
        temporary.write_text(json.dumps(asdict(copy.facts), indent=2) + "\n", "utf-8")
        temporary.replace(copy.directory / "copy.json")

    def _link(self, copy: Copy, link: str) -> None:
        home = copy.directory.parent
        temporary = home / f".{link}-{secrets.token_hex(4)}"
        temporary.symlink_to(copy.directory.name)
        temporary.replace(home / link)


def _settle(place: Path) -> None:
    """Wait until a copy is on the disk, so that no link ever leads to one that a power cut emptied."""
    for path in (*place.rglob("*"), place, place.parent):
        if path.is_symlink():
            continue
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

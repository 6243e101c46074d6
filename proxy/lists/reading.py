"""What does one list file say, what of it counts, and why does the rest not?"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import TextIOWrapper

from proxy.decision.listing import ListingKind
from proxy.lists import expressions
from proxy.lists.errors import CompileFailed
from proxy.lists.formats import Complaint, Entry, Item, Why, complain
from proxy.lists.runs import Run, read_in_runs
from proxy.lists.suffixes import PublicSuffixes
from proxy.lists.tree import ListFile

KINDS = {
    ListingKind.URL: "urls",
    ListingKind.ADDRESS: "addresses",
    ListingKind.EXPRESSION: "expressions",
}


@dataclass(slots=True)
class Tally:
    """What was counted in one file.

    entries      lines that are neither empty nor a comment
    taken        lines of which at least a part counts
    exceptions   entries that exempt; the kinds count only what lists
    reasons      why something was not taken -> how often
    """

    entries: int = 0
    taken: int = 0
    names: int = 0
    urls: int = 0
    addresses: int = 0
    expressions: int = 0
    exceptions: int = 0
    reasons: Counter[Why] = field(default_factory=Counter)
    _line: int = 0
    _taken_line: int = 0

    def took(self, entry: Entry) -> None:
        """Count an entry that is new to the index."""
        line = entry.line
        if line != self._line:
            self._line = line
            self.entries += 1
        if line != self._taken_line:
            self._taken_line = line
            self.taken += 1
        if entry.exemption is not None:
            self.exceptions += 1
        elif entry.kind is ListingKind.NAME:
            self.names += 1
        else:
            kind = KINDS[entry.kind]
            setattr(self, kind, getattr(self, kind) + 1)

    def took_run(self, run: Run, taken: int, names: int) -> None:
        """Count the lines of a run.

        taken   so many of them count
        names   so many names of them are new to the index, in each category that a line gives them
        """
        self.entries += len(run.names)
        self.taken += taken
        self.names += names
        self._line = self._taken_line = run.begin + len(run.names) - 1

    def left(self, complaint: Complaint) -> None:
        """Count a complaint."""
        if complaint.line != self._line:
            self._line = complaint.line
            self.entries += 1
        self.reasons[complaint.why] += 1

    @property
    def in_part(self) -> int:
        """Complaints about lines of which another part was taken."""
        return self.reasons.total() - (self.entries - self.taken)

    @property
    def refused(self) -> int:
        """Lines that were understood and would do harm."""
        return sum(count for why, count in self.reasons.items() if why.is_refusal)

    def counts(self) -> dict[str, int]:
        """The numbers by name, without the reasons."""
        names = ("entries", "taken", "names", "urls", "addresses", "expressions", "exceptions")
        return {name: getattr(self, name) for name in names}


type OnOctets = Callable[[ListFile, int], None]


def read_file(file: ListFile, suffixes: PublicSuffixes) -> Iterator[Item]:
    """Read a file, with what would do harm turned into complaints. Raises CompileFailed."""
    for item in read_file_in_runs(file, suffixes):
        if isinstance(item, Run):
            yield from item.entries()
        else:
            yield item


def read_file_in_runs(
    file: ListFile, suffixes: PublicSuffixes, at: OnOctets = lambda file, octets: None
) -> Iterator[Item | Run]:
    """Read a file as `read_file` does, with many entries at once where they are of the plainest kind.

    at   told every some hundred lines how many octets have been read

    Raises CompileFailed when the file cannot be read at all.
    """
    try:
        with file.path.open("rb") as octets, TextIOWrapper(octets, "utf-8", errors="replace") as lines:
            items = read_in_runs(file.format, lines, lambda: at(file, octets.tell()))
            yield from _sifted(file, items, suffixes)
    except OSError as error:
        raise CompileFailed(f"{file.path}: the list {file.id} cannot be read: {error.strerror}") from error


def _sifted(file: ListFile, items: Iterator[Item | Run], suffixes: PublicSuffixes) -> Iterator[Item | Run]:
    strict = not file.allow
    name, holds = ListingKind.NAME, suffixes.holds
    for item in items:
        if isinstance(item, Run):
            if strict and suffixes.holds_any(item.names):
                yield from _sifted(file, item.entries(), suffixes)
                continue
        elif isinstance(item, Entry):
            if item.kind is name:
                if strict and holds(item.text) and item.exemption is None:
                    detail = _SUFFIX if "." in item.text else _BARE
                    yield complain(item.line, Why.PUBLIC_SUFFIX, item.text, detail)
                    continue
            elif item.kind is ListingKind.EXPRESSION:
                yield _expression(file, item)
                continue
        yield item


def _expression(file: ListFile, entry: Entry) -> Item:
    if file.held:
        return complain(entry.line, Why.RESTRICTIVE, entry.text, _HELD)
    why = expressions.refusal(entry.text)
    return entry if why is None else complain(entry.line, Why.EXPRESSION, entry.text, why)


_SUFFIX = "thousands of owners share this suffix; blocking it would block them all"
_BARE = "a name without a dot is a whole top-level domain; blocking it would block all below it"
_HELD = "it matches single words in any URL; taken only where the source says restrictive: true"

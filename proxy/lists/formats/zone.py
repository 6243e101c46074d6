"""What records does a DNS zone file hold, and in which lines (RFC 1035, section 5)?"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from proxy.lists.formats.entry import Complaint, Why, complain

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|;.*|[()]|[^\s;()"]+|"')
_TTL = re.compile(r"[0-9][0-9smhdw]*\Z", re.IGNORECASE)
CLASSES = frozenset({"IN", "CH", "HS", "CS"})


@dataclass(frozen=True, slots=True)
class Record:
    """One record.

    line    1-based line on which it begins
    owner   lower case, relative to the zone's own name; "" for the zone itself
    kind    type in upper case
    data    the rest, blanks between fields made one
    text    the record as it stands in its first line
    """

    line: int
    owner: str
    kind: str
    data: str
    text: str


def records(lines: Iterable[str], begin: int = 1) -> Iterator[Record | Complaint]:
    """Read a zone file; directives, continued lines and what is no record become complaints."""
    reader = _Reader()
    for number, line in enumerate(lines, begin):
        words = [word for word in _WORD.findall(line) if not word.startswith(";")]
        if words:
            yield from reader.feed(number, line, words)
    yield from reader.finish()


class _Reader:
    """Carries what one line of a zone file leaves to the next."""

    def __init__(self) -> None:
        self.origin = ""
        self.zone: str | None = None
        self.owner = ""
        self.depth = 0
        self.begun: tuple[int, str, bool] | None = None
        self.words: list[str] = []

    def feed(self, number: int, line: str, words: list[str]) -> Iterator[Record | Complaint]:
        """Take one line that is not blank."""
        if self.begun is None:
            if words[0].startswith("$"):
                yield self._directive(number, line.strip(), words)
                return
            self.begun = (number, line.strip(), line[:1].isspace())
        else:
            yield complain(number, Why.ZONE_RECORD, line.strip(), f"it continues line {self.begun[0]}")
        for word in words:
            if word == "(":
                self.depth += 1
            elif word == ")":
                self.depth = max(0, self.depth - 1)
            else:
                self.words.append(word)
        if self.depth == 0:
            yield self._record()

    def finish(self) -> Iterator[Record | Complaint]:
        """Report a record whose bracket was never closed."""
        if self.begun is not None:
            number, text, _ = self.begun
            yield complain(number, Why.UNUSABLE, text, "its bracket ( is never closed")

    def _directive(self, number: int, text: str, words: list[str]) -> Complaint:
        if words[0].upper() == "$ORIGIN" and len(words) > 1:
            self.origin = words[1].lower().strip(".")
        elif words[0].upper() != "$TTL":
            return complain(number, Why.OTHER_SETTING, text, "of directives, only $TTL and $ORIGIN are known")
        return complain(number, Why.ZONE_RECORD, text, "it describes the zone and lists nothing")

    def _record(self) -> Record | Complaint:
        assert self.begun is not None
        (number, text, indented), words = self.begun, self.words
        self.begun, self.words = None, []
        owner = self.owner if indented else self._absolute(words.pop(0)) if words else ""
        while words and (words[0].upper() in CLASSES or _TTL.match(words[0])):
            words.pop(0)
        if len(words) < 2:
            return complain(number, Why.UNUSABLE, text, "a record is: name CNAME target")
        self.owner = owner
        kind = words[0].upper()
        if kind == "SOA" and self.zone is None:
            self.zone = owner
        relative = self._relative(owner)
        if relative is None:
            return complain(number, Why.UNUSABLE, text, f"it lies outside the zone {self.zone}")
        return Record(number, relative, kind, " ".join(words[1:]), text)

    def _absolute(self, owner: str) -> str:
        owner = owner.lower()
        if owner == "@":
            return self.origin
        if owner.endswith("."):
            return owner[:-1]
        return f"{owner}.{self.origin}" if self.origin else owner

    def _relative(self, owner: str) -> str | None:
        if not self.zone:
            return owner
        if owner == self.zone:
            return ""
        return owner.removesuffix("." + self.zone) if owner.endswith("." + self.zone) else None

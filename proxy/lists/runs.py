"""Which lines of a list say nothing but one name, so that many are read in one step?

Most lists hold such lines almost alone. What a run says is what the format's own reader says of its lines one
by one (`formats`); a piece that holds any other line goes to that reader.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import TextIO

from proxy.decision.listing import ListingKind
from proxy.decision.names import MAX_NAME_OCTETS
from proxy.lists.formats import MAX_LINE, Entry, Format, Item, read
from proxy.lists.formats.spelling import LOCAL_NAMES
from proxy.lists.formats.tsv import categories_of

PIECE = 1 << 15  # characters
FEW = 32  # lines beside an unusual one that are read with it
TOLD_LINES = 512

# A name of two labels or more whose last is no number; it is its own canonical host but for its case.
_NAME = rb"((?:[a-zA-Z0-9_-]{1,63}\.)+[a-zA-Z_-][a-zA-Z0-9_-]{0,62})"
_PLAIN = {
    Format.DOMAINS: rb"^(?:\*?\.)?%b[ \t]*$",
    Format.TSV: rb"^%b\t([\w.,/ -]*\w) *$",
    Format.HOSTS: rb"^(?:0\.0\.0\.0|127\.0\.0\.1|::1?)[ \t]+%b[ \t]*$",
    Format.ADBLOCK: rb"^\|\|%b\^$",
    Format.DNSMASQ: rb"^(?:address|server|local)=/%b/$",
}
PLAIN = {form: re.compile(line % _NAME, re.MULTILINE) for form, line in _PLAIN.items()}
_LOCAL = frozenset(name.encode() for name in LOCAL_NAMES)


@dataclass(frozen=True, slots=True)
class Run:
    """Lines that follow each other and say one name each, without exemption and with all below it.

    begin   the number of the first
    names   canonical, each with a dot in it
    said    where lines name their categories: what each says of them, which `formats.tsv.categories_of` reads
    """

    begin: int
    names: list[bytes]
    said: list[bytes] | None = None

    def entries(self) -> Iterator[Entry]:
        """The same one by one."""
        for place, name in enumerate(self.names):
            categories = () if self.said is None else categories_of(self.said[place].decode())
            yield Entry(self.begin + place, ListingKind.NAME, name.decode(), categories=categories)


def read_in_runs(form: Format, text: TextIO, tell: Callable[[], None]) -> Iterator[Item | Run]:
    """Read a list file.

    text   as `formats.read` takes it
    tell   called now and then

    Raises KeyError for SQUIDGUARD.
    """
    plain = PLAIN.get(form)
    if plain is None:
        yield from read(form, _Lines(text, None, tell))
        return
    head = _Lines(text, plain, tell)
    yield from read(form, head)  # whole with its first entry: that may be titles
    begin = head.number + 1
    while piece := text.read(PIECE):
        rest = text.readline()
        if len(rest) > MAX_LINE:  # no reader takes that line: it goes there without another copy of it
            end = piece.rfind("\n") + 1
            piece, rest = piece[:end], piece[end:] + rest
            if piece:
                yield from _read_piece(form, plain, begin, piece)
                begin += _count(piece)
            yield from read(form, [rest], begin)
            begin += 1
        else:
            piece += rest
            yield from _read_piece(form, plain, begin, piece)
            begin += _count(piece)
        tell()


class _Lines:
    """Lines up to a first plain one, or to the end, telling now and then."""

    def __init__(self, text: TextIO, plain: re.Pattern[bytes] | None, tell: Callable[[], None]) -> None:
        self._text, self._plain, self._tell = text, plain, tell
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.number += 1
            yield line
            if self.number % TOLD_LINES == 0:
                self._tell()
            if self._plain is None or len(line) > MAX_LINE:
                continue
            if self._plain.match(line.encode("utf-8", "replace")):
                return
        self._tell()


def _read_piece(form: Format, plain: re.Pattern[bytes], begin: int, piece: str) -> Iterator[Item | Run]:
    run = _run(plain, begin, piece)
    if run is not None:
        yield run
        return
    lines = StringIO(piece).readlines()
    for at in range(0, len(lines), FEW):
        few = lines[at : at + FEW]
        run = _run(plain, begin + at, "".join(few))
        if run is not None:
            yield run
        else:
            yield from read(form, few, begin + at)


def _run(plain: re.Pattern[bytes], begin: int, piece: str) -> Run | None:
    """The lines of a piece as a run; None when one of them is anything else."""
    if len(piece) > MAX_LINE or not piece.isascii():  # so long a piece may hold a line that is too long
        return None
    found = plain.findall(piece.encode())  # each is one whole line: no part of a pattern goes beyond it
    if len(found) != _count(piece):
        return None
    said = None
    names: list[bytes] = found
    if plain.groups > 1:
        names, said = [name for name, _ in found], [categories for _, categories in found]
    if piece.lower() != piece:
        names = [name.lower() for name in names]
    if len(max(names, key=len)) > MAX_NAME_OCTETS or not _LOCAL.isdisjoint(names):
        return None
    return Run(begin, names, said)


def _count(piece: str) -> int:
    """Lines, the last of which may lack its end."""
    return piece.count("\n") + (not piece.endswith("\n"))

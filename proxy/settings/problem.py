"""What is wrong in the settings, where exactly, and what would be right?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

SHOWN_COLUMNS = 160
LISTED_NAMES = 12
_LOG_IN = re.compile(r"(?<=://)[^/\s]+(?=@)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file.

    file      as the operator named it (directory as given, then the file's name)
    line      1-based; 0 when the file as a whole is meant
    column    1-based, in characters
    width     characters to underline
    """

    file: str
    line: int = 0
    column: int = 0
    width: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    source_line   the line itself, as `shown_line` has it; "" when the file as a whole is meant
    path          where in the settings, as `groups.middle.rules[0].categories[1]`
    message       what is wrong, in plain words, without a full stop
    hint          what would be right; may be empty
    """

    file: str
    line: int
    column: int
    source_line: str
    path: str
    message: str
    hint: str = ""
    width: int = 1

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        lines = [f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"]
        if self.source_line:
            number = str(self.line)
            shown, caret = _excerpt(self.source_line, self.column, self.width)
            lines.append(f"    {number} | {shown}")
            lines.append(f"    {' ' * len(number)} | {caret}")
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


def shown_line(line: str) -> str:
    """A line as messages repeat it: a name and password in an address are starred out, as long as they were.

    >>> shown_line("url: https://:sesame@desk.example/")
    'url: https://*******@desk.example/'
    """
    return _LOG_IN.sub(lambda found: "*" * len(found[0]), line)


def _excerpt(line: str, column: int, width: int) -> tuple[str, str]:
    """The part of a line worth showing, with tabs as single blanks, and the carets below it."""
    at = column - 1
    start = max(0, at - SHOWN_COLUMNS // 2) if len(line) > SHOWN_COLUMNS else 0
    shown = line[start : start + SHOWN_COLUMNS]
    shown = "".join(c if c.isprintable() else " " for c in shown)
    width = max(1, min(width, len(shown) - (at - start)))
    return shown.rstrip(), " " * (at - start) + "^" * width


def suggestion(word: str, known: Sequence[str], *, where: str = "") -> str:
    """Say which known name may be meant and which names there are, in the order given.

    >>> suggestion("adlut", ["adult", "games"])
    "did you mean 'adult'? Known: adult, games"
    """
    close = get_close_matches(word.lower()[:100], known, n=1, cutoff=0.6)
    listed = ", ".join(known[:LISTED_NAMES])
    if len(known) > LISTED_NAMES:
        listed += f" and {len(known) - LISTED_NAMES} more"
    tail = f"Known: {listed}" if known else "none is defined"
    tail += f" ({where})" if where else ""
    return f"did you mean '{close[0]}'? {tail}" if close else tail

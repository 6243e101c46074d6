"""What does a file of expressions list? One regular expression a line, for URLs."""

from collections.abc import Iterable, Iterator

from proxy.decision.listing import ListingKind
from proxy.lists.formats.entry import Entry, Item


def read(lines: Iterable[str], begin: int = 1) -> Iterator[Item]:
    """Read one expression a line; whether it is a usable one shows when it is compiled."""
    for number, line in enumerate(lines, begin):
        text = line.strip()
        if text and not text.startswith("#"):
            yield Entry(number, ListingKind.EXPRESSION, text)

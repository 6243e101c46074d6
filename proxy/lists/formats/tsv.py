"""What does a table of names and categories list? `name<TAB>category[,category ...]`."""

from collections.abc import Iterable, Iterator

from proxy.lists.formats.entry import Item, Why, complain
from proxy.lists.formats.spelling import host_entry

MAX_REMEMBERED = 1000
TITLES = frozenset({"name", "domain", "host", "hostname", "fqdn"})


def read(lines: Iterable[str], begin: int = 1) -> Iterator[Item]:
    """Read a name or address a line, with the categories that the list itself gives it."""
    first = begin == 1
    read_before: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(lines, begin):
        text = line.strip("\r\n ")
        if not text.strip() or text.startswith("#"):
            continue
        name, tab, rest = text.partition("\t")
        if first and name.strip().lower() in TITLES:
            yield complain(number, Why.HEADER, text, "the titles of the columns, no entry")
        elif not tab or not (categories := read_before.get(rest) or categories_of(rest)):
            yield complain(
                number,
                Why.NO_CATEGORY,
                text,
                "a line is a name, a tab and its categories, comma between them",
            )
        else:
            if len(read_before) < MAX_REMEMBERED:
                read_before[rest] = categories
            yield host_entry(number, name.strip(), categories=categories)
        first = False


def categories_of(text: str) -> tuple[str, ...]:
    """The categories that a line names, once each, from what stands behind the name."""
    parts = text.partition("#")[0].replace("\t", ",").split(",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))

"""What does a plain list of names list? One name a line, comments after `#`."""

from collections.abc import Iterable, Iterator

from proxy.lists.formats.entry import Item, Why, complain
from proxy.lists.formats.spelling import host_entry

COMMENTS = frozenset("#!;")


def read(lines: Iterable[str], begin: int = 1) -> Iterator[Item]:
    """Read one name or address a line; `*.name` and `.name` stand for the name and all below it."""
    for number, line in enumerate(lines, begin):
        text = line.strip()
        if not text or text[0] in COMMENTS or text.startswith("//"):
            continue
        if "#" in text:
            text = text.partition("#")[0].rstrip()
        if text[0] in "*.":
            text = text.removeprefix("*.") if text[0] == "*" else text[1:]
        if " " in text or "\t" in text:
            yield complain(number, Why.NOT_A_NAME, text, "a line of this format holds one name and no more")
        else:
            yield host_entry(number, text)

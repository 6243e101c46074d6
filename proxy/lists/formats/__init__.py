"""Which list formats are there, and what does a list of each say, line by line?

A reader takes lines of text and yields, for every line that is neither empty nor a comment, at least
one `Entry` or `Complaint`: nothing is swallowed, nothing is raised. Readers know no files and no time.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum

from proxy.lists.formats import (
    adblock,
    addresses,
    dnsmasq,
    domains,
    expressions,
    hosts,
    rpz,
    tsv,
    urls,
)
from proxy.lists.formats.entry import Complaint, Entry, Exemption, Item, Reach, Why, complain

__all__ = ["Complaint", "Entry", "Exemption", "Format", "Item", "Reach", "Why", "complain", "read"]

MAX_LINE = 65_536


class Format(Enum):
    """How a list is written. SQUIDGUARD is a directory; its files are domains, urls, expressions."""

    HOSTS = "hosts"
    DOMAINS = "domains"
    TSV = "tsv"
    ADBLOCK = "adblock"
    DNSMASQ = "dnsmasq"
    RPZ = "rpz"
    ADDRESSES = "addresses"
    URLS = "urls"
    EXPRESSIONS = "expressions"
    SQUIDGUARD = "squidguard"


type Reader = Callable[[Iterable[str], int], Iterator[Item]]

READERS: dict[Format, Reader] = {
    Format.HOSTS: hosts.read,
    Format.DOMAINS: domains.read,
    Format.TSV: tsv.read,
    Format.ADBLOCK: adblock.read,
    Format.DNSMASQ: dnsmasq.read,
    Format.RPZ: rpz.read,
    Format.ADDRESSES: addresses.read,
    Format.URLS: urls.read,
    Format.EXPRESSIONS: expressions.read,
}


def read(form: Format, lines: Iterable[str], begin: int = 1) -> Iterator[Item]:
    """Read the lines of one list file, or some of them.

    lines   decoded with `errors="replace"`; a line that was not UTF-8 gets a complaint of its own
    begin   the number of the first. Zone files know nothing of what stood before

    Raises KeyError for SQUIDGUARD, which is a directory of files and no file.
    """
    spoiled: list[Complaint] = []
    for item in READERS[form](_usable(lines, spoiled, begin), begin):
        if spoiled:
            yield from spoiled
            spoiled.clear()
        yield item
    yield from spoiled


def _usable(lines: Iterable[str], spoiled: list[Complaint], begin: int) -> Iterator[str]:
    """Hand on lines, an empty one in the place of each that no reader should see."""
    for number, line in enumerate(lines, begin):
        if len(line) > MAX_LINE:
            detail = f"a line has at most {MAX_LINE} characters, this one {len(line)}"
            spoiled.append(complain(number, Why.TOO_LONG, line, detail))
            yield "\n"
        elif not line.isascii() and _is_spoiled(line):
            if line.lstrip()[:1] in ("#", "!", ";"):
                yield "\n"
                continue
            spoiled.append(
                complain(number, Why.NOT_TEXT, line.strip(), "it is not UTF-8; save the list as UTF-8")
            )
            yield "\n"
        elif number == 1 and line.startswith("\ufeff"):
            yield line[1:]
        else:
            yield line


def _is_spoiled(line: str) -> bool:
    """Whether decoding had to put something in the place of octets that are no UTF-8."""
    return "\ufffd" in line or any("\ud800" <= character <= "\udfff" for character in line)

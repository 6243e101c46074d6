"""What does a list of addresses list? An address, a CIDR range or `first-last` a line."""

import ipaddress
from collections.abc import Iterable, Iterator

from proxy.lists.formats.entry import Item, Why, complain
from proxy.lists.formats.spelling import WIDEST, Network, address_entry, network_entry

COMMENTS = ("#", ";", "//", "!")


def read(lines: Iterable[str], begin: int = 1) -> Iterator[Item]:
    """Read one address or range a line; what follows a space, `#` or `;` is a comment."""
    for number, line in enumerate(lines, begin):
        text = line.strip()
        if not text or text.startswith(COMMENTS):
            continue
        text = text.partition("#")[0].partition(";")[0].strip()
        if "-" in text:
            yield from _span(number, text)
        else:
            yield address_entry(number, text)


def _span(number: int, text: str) -> Iterator[Item]:
    first, _, last = text.partition("-")
    try:
        begin, end = ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
        pieces: list[Network] = list(ipaddress.summarize_address_range(begin, end))
    except (ValueError, TypeError) as problem:
        yield complain(number, Why.NOT_AN_ADDRESS, text, f"{problem}; right is 192.0.2.7-192.0.2.20")
        return
    widest = WIDEST[begin.version]
    if int(end) - int(begin) >= 1 << (begin.max_prefixlen - widest):
        yield complain(number, Why.TOO_WIDE, text, f"a range that holds more than a /{widest} is not taken")
        return
    for network in pieces:
        yield network_entry(number, network)

"""What does a hosts file list? `0.0.0.0 name [name ...]`, comments after `#`."""

from collections.abc import Iterable, Iterator

from proxy.lists.formats.entry import Item, Why, complain
from proxy.lists.formats.spelling import host_entry

SINKS = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1", "0", "127.1", "::0", "0::0"})  # noqa: S104
LOCAL_TARGETS = ("255.255.255.255", "fe80:", "ff00:", "ff02:")


def read(lines: Iterable[str], begin: int = 1) -> Iterator[Item]:
    """Read every name that is sent nowhere; a name sent to a real address is no block."""
    for number, line in enumerate(lines, begin):
        fields = line.partition("#")[0].split()
        if not fields:
            continue
        target = fields[0]
        if len(fields) == 1:
            yield complain(
                number, Why.UNUSABLE, target, "a hosts line is an address and a name: 0.0.0.0 ads.example.org"
            )
        elif target in SINKS or target.lower().startswith(LOCAL_TARGETS):
            for name in fields[1:]:
                yield host_entry(number, name)
        else:
            yield complain(
                number,
                Why.REDIRECT,
                line.strip(),
                f"it sends the name to {target[:40]}, which is not a block",
            )

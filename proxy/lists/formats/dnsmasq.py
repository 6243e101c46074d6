"""Which names does a dnsmasq configuration send nowhere?

`address=/a/b/` with no address, a null or a loopback address or `#`, `server=/name/` and `local=/name/`
block; `server=/name/#` goes to the usual servers and is an exception (the longest match wins there).
"""

import re
from collections.abc import Iterable, Iterator

from proxy.lists.formats.entry import Exemption, Item, Why, complain
from proxy.lists.formats.spelling import host_entry

NOWHERE = frozenset({"", "#", "0.0.0.0", "::", "127.0.0.1", "::1"})  # noqa: S104
SETTINGS = frozenset({"address", "server", "local"})
_COMMENT = re.compile(r"\s#.*")


def read(lines: Iterable[str], begin: int = 1) -> Iterator[Item]:
    """Read the names that get no true answer; report redirections and every other setting."""
    for number, line in enumerate(lines, begin):
        text = line.strip()
        if not text or text[0] == "#":
            continue
        if "#" in text:
            text = _COMMENT.sub("", text).rstrip()
        setting, equals, value = text.partition("=")
        setting, value = setting.strip(), value.strip()
        if setting not in SETTINGS or not equals or not value.startswith("/"):
            yield complain(number, Why.OTHER_SETTING, text, "only address=/, server=/ and local=/ list names")
            continue
        yield from _names(number, text, setting, value[1:].split("/"))


def _names(number: int, text: str, setting: str, parts: list[str]) -> Iterator[Item]:
    target = parts.pop()
    if not parts:
        yield complain(number, Why.UNUSABLE, text, "the names stand between slashes: address=/example.org/")
        return
    exemption = None
    if setting != "address" and target == "#":
        exemption = Exemption.SPECIFIC
    elif setting == "address" and target not in NOWHERE:
        yield complain(number, Why.REDIRECT, text, f"it answers with {target[:40]}, which is not a block")
        return
    elif setting != "address" and target:
        yield complain(
            number, Why.FORWARDING, text, f"it asks the server {target[:40]}, which is not a block"
        )
        return
    for name in parts:
        name = name.strip().removeprefix(".")
        if not name or "*" in name or name == "#":
            yield complain(number, Why.PATTERN, text, "it stands for no single name")
        else:
            yield host_entry(number, name, exemption=exemption)

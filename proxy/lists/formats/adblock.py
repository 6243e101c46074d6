"""Which lines of an ad blocker's list speak of whole names?

Taken: `||name^` and `||*.name^` (blocks) and `@@||name^` (exceptions). Everything else narrows a rule
to a page's context or a part of a URL, which a filter by name cannot keep; it is reported.
"""

import re
from collections.abc import Iterable, Iterator

from proxy.lists.formats.entry import Exemption, Item, Reach, Why, complain
from proxy.lists.formats.spelling import host_entry

_COSMETIC = re.compile(r"#[@?$%]*#|\$\$")
_COSMETIC_START = ("##", "#@", "#?", "#$", "#%")


def read(lines: Iterable[str], begin: int = 1) -> Iterator[Item]:
    """Read the rules that mean a whole name; report all others with the reason."""
    for number, line in enumerate(lines, begin):
        text = line.strip()
        if not text or _is_comment(text):
            continue
        if text.startswith("||") and text.endswith("^"):
            name = text[2:-1]
            if "^" not in name and "/" not in name and "#" not in name and "$" not in name:
                yield _name_rule(number, text, name, None)
                continue
        yield _unusual(number, text)


def _is_comment(text: str) -> bool:
    if text[0] == "#":
        return not text.startswith(_COSMETIC_START)
    return text[0] == "!" or (text[0] == "[" and text[-1] == "]")


def _unusual(number: int, text: str) -> Item:
    if _COSMETIC.search(text):
        return complain(number, Why.COSMETIC, text, "it changes how a page looks and blocks no name")
    exemption = Exemption.ABSOLUTE if text.startswith("@@") else None
    rule = text.removeprefix("@@")
    if len(rule) > 1 and rule.startswith("/") and rule.rstrip().endswith("/"):
        return complain(number, Why.PATTERN, text, "a regular expression over parts of URLs is not taken")
    rule, dollar, options = rule.partition("$")
    if dollar:
        return complain(
            number, Why.OPTIONS, text, f"it holds only with {options[:40]}, which needs a browser"
        )
    if not rule.startswith("||"):
        why = Why.PATH_RULE if rule.startswith("|") else Why.FRAGMENT
        return complain(number, why, text, "it matches text inside URLs; a rule for a name is ||example.org^")
    name = rule[2:].removesuffix("|")
    if not name.endswith("^"):
        why = Why.PATH_RULE if "/" in name else Why.PATTERN
        return complain(number, why, text, "it is no rule for a whole name; that would be ||example.org^")
    return _name_rule(number, text, name[:-1], exemption)


def _name_rule(number: int, text: str, name: str, exemption: Exemption | None) -> Item:
    reach = Reach.ALL
    if name.startswith("*."):
        name, reach = name[2:], Reach.BELOW
    if "/" in name or "^" in name:
        return complain(number, Why.PATH_RULE, text, "it matches a part of a URL, not a whole name")
    if "*" in name:
        return complain(number, Why.PATTERN, text, "a * inside a name is not taken")
    return host_entry(number, name, reach, exemption)

"""In which format is a list written, as far as its first lines tell?"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from proxy.lists.formats import Format

SAMPLE = 400
LOOKED_AT = 400
LEAST_SHARE = 0.5

_NAME = r"(?:\*\.|\.)?[^\s/:,;=#$^|<>(){}\[\]\"'`\\@]+\.[^\s/:,;=#$^|<>(){}\[\]\"'`\\@]+"
_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (Format.ADBLOCK.value, re.compile(r"(?:@@)?\|\|?\S|\[Ad ?[Bb]lock|\[uBlock|!\s|!$|\S*#[@?$%]*#")),
    (Format.DNSMASQ.value, re.compile(r"(?:address|server|local|ipset|nftset)\s*=\s*/")),
    (
        Format.RPZ.value,
        re.compile(r"\$(?:TTL|ORIGIN)\b|\S*\s+(?:\d\S*\s+)?(?:IN\s+)?(?:SOA|NS|CNAME|A|AAAA|TXT)\s+\S", re.I),
    ),
    ("autonomous systems", re.compile(r"AS\d+(?:\s|$)", re.I)),
    (
        Format.HOSTS.value,
        re.compile(r"(?:0|0\.0\.0\.0|127\.\d+\.\d+\.\d+|::1?|fe80::\S*|ff0\d::\S*|255\.255\.255\.255)\s+\S"),
    ),
    (Format.TSV.value, re.compile(r"[^\t]+\t\s*\S")),
    (
        Format.ADDRESSES.value,
        re.compile(
            r"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}:[0-9a-f:.]*:[0-9a-f:.]*)(?:/\d+|\s*-\s*\S+)?\s*(?:[;#].*)?$",
            re.I,
        ),
    ),
    ("CSV", re.compile(r"[^,\s][^,]*,[^,]*(?:,[^,]*)*$")),
    (Format.URLS.value, re.compile(r"(?:https?://\S+|[^\s/]+/\S*)$", re.I)),
    (Format.DOMAINS.value, re.compile(_NAME + r"\s*(?:#.*)?$")),
)
_UNSUPPORTED = {
    "autonomous systems": "it lists autonomous systems (AS numbers), which name no site and no address",
    "CSV": "it is a CSV table; of tables only name<TAB>categories is read",
}


@dataclass(frozen=True, slots=True)
class Unsupported:
    """No reader fits; says why."""

    why: str


def guess_format(lines: Iterable[str]) -> Format | Unsupported:
    """Tell the format from the first lines; comments count only where nothing else speaks."""
    counts: Counter[str] = Counter()
    for line in islice(lines, SAMPLE):
        text = line.strip()[:LOOKED_AT]
        if not text or text.startswith((";", "//")) or (text[0] == "#" and not text.startswith("##")):
            continue
        sign = next((sign for sign, pattern in _SIGNS if pattern.match(text)), "nothing known")
        counts[sign] += 1
    if not counts:
        return Unsupported("it holds no entries to tell a format by")
    best, count = _best(counts)
    if best in _UNSUPPORTED:
        return Unsupported(_UNSUPPORTED[best])
    if best == "nothing known" or count < LEAST_SHARE * counts.total():
        return Unsupported("its lines are of no known list format")
    return Format(best)


def _best(counts: Counter[str]) -> tuple[str, int]:
    """The commonest sign; addresses among names are as good as names (UT1 mixes them)."""
    domains = counts[Format.DOMAINS.value]
    if domains and domains >= counts[Format.ADDRESSES.value]:
        counts[Format.DOMAINS.value] += counts.pop(Format.ADDRESSES.value, 0)
    return counts.most_common(1)[0]

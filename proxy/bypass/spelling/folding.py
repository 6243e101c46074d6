"""Which host does a reverse proxy stand for that writes it into its own name?

`www-example-com.translate.goog`, `www.example.org.ezproxy.school.edu`, `https-www-example-com-443.proxy.net`.
"""

import re
from functools import lru_cache

from proxy.bypass.spelling.hosts import host_in, registrable

MAX_LABELS = 10
MAX_UNFOLDED = 4

_WIDESPREAD = frozenset({"com", "net", "org", "edu", "gov", "io", "gg", "tv", "lol"})
"""Top-level names that a name is believed to end in where no service's own rule says that it is folded;
`in` or `app` at the end of `lab-in.example.org` is a word."""
_EXACT = frozenset({"com", "net", "org", "edu", "gov"})
_FIRST = frozenset({"www", "m", "mobile", "app", "web", "old"})
"""First labels that make what follows somebody's whole name."""
_EDGE = re.compile(r"\A(?:https?|http-s|s)-+|-+(?:80|443|s)\Z")
_FOLDED = re.compile(r"[a-z0-9-]{5,63}\Z")


def unfold(label: str) -> str:
    """The host that a label stands for by the rule of translate.goog and AMP's caches; "" when by none.

    A full stop becomes a hyphen and a hyphen two; `0-` and `-0` stand around what would look like punycode.

    >>> unfold("www-school--games-com"), unfold("en--a-example-org")
    ('www.school-games.com', 'en-a.example.org')
    """
    if label.startswith("0-") and label.endswith("-0"):
        label = label[2:-2]
    if "-" not in label:
        return ""
    return host_in(label.replace("--", "\0").replace("-", ".").replace("\0", "-"))


@lru_cache(maxsize=2048)
def unfolded(host: str) -> tuple[str, ...]:
    """Return the hosts that a name under somebody else's may stand for; empty for an ordinary name.

    By hyphens in its first label (with a scheme or a port around), or by whole labels. Only names that end
    in a widespread top-level name count: the caller has them judged, and words must not be.
    """
    labels = host.split(".", MAX_LABELS)
    if not 3 <= len(labels) <= MAX_LABELS:
        return ()
    found = [*_by_hyphens(labels[0]), *_by_labels(labels)]
    return tuple(dict.fromkeys(name for name in found if not host.endswith("." + name)))[:MAX_UNFOLDED]


def _by_hyphens(label: str) -> list[str]:
    if label.count("-") + label.count("_") == 0 or label.startswith("xn--"):
        return []
    plain = _EDGE.sub("", _EDGE.sub("", label.replace("_", "-").replace("-dot-", "-")))
    name = unfold(plain) if _FOLDED.match(plain) else ""
    return [name] if name.rpartition(".")[2] in _WIDESPREAD and registrable(name) else []


def _by_labels(labels: list[str]) -> list[str]:
    found = []
    for at in range(1, len(labels) - 2):
        if labels[at] not in (_WIDESPREAD if at > 1 and labels[0] in _FIRST else _EXACT):
            continue
        name, rest = ".".join(labels[: at + 1]), ".".join(labels[at + 1 :])
        if registrable(name) and registrable(rest):
            found.append(name)
    return found


def is_certain(host: str, name: str) -> bool:
    """Say whether a host stands for a name by its spelling alone: with the scheme or port around, or with
    more of it than somebody registered. `x-com.school.org` may be what a school calls its own page."""
    return name != registrable(name) or _EDGE.search(host.partition(".")[0]) is not None


def may_be_folded(below: list[str]) -> bool:
    """Say at once whether `unfolded` could find anything; where it says no, there is nothing.

    below   the host's labels but for the last two
    """
    first = below[0]
    if len(below) > 1 and not _WIDESPREAD.isdisjoint(below):
        return True
    return ("-" in first or "_" in first) and not _WIDESPREAD.isdisjoint(first.replace("_", "-").split("-"))

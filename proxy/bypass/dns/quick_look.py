"""Can it be told at once that no detector has anything to say of a name?

Nearly all names are ordinary, and the resolver has a few microseconds for each. What this look cannot rule
out goes to the detectors and to TunnelWatch. It errs to that side alone: its tests compare it with them.
"""

import re

from proxy.bypass.dns.payload import ORDINARY_TYPES, Payload
from proxy.bypass.dns.tunnels import LEAST_CHARS
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.spelling.folding import may_be_folded
from proxy.bypass.wrapping.table import ANY_COUNTRY
from proxy.decision.names import tails

TYPES = ORDINARY_TYPES - {"SVCB"}
"""The look holds for questions of these types: a name tells nothing of others."""
COUNTED_CHARS = 14
"""Names with as many characters below their last two labels may be counted, whatever they are made of."""

NOBODY, TUNNEL_WATCH, DETECTORS = range(3)

# Beginnings that detectors know, and those of messages of tunnels.
_BEGINS = re.compile(r"do[hqt]|odo|dns-over|wpad\b|2\.dnscrypt|secur|encr|dnscat\.|vaaaa|z[a-z0-5]{3}aa")
_DIGITS = re.compile(r"[0-9a-f.]{20}")
_NUMBER = re.compile(r"[0-9a-f]{4,10}\.")
_CODE = re.compile(r"(?:\A|\.)(?=[a-z0-9]{2,5}\.)[a-z0-9]{0,3}[0-9][a-z]")
_WORDS = re.compile(r"(?:[a-z]{1,14}[0-9]{0,4}[.-])+\Z")
_NO_VOWELS = re.compile(r"[bcdfghjklmnpqrstvwxz0-9]{5}")
_DIGIT_FOR_LETTER = re.compile(r"(?:^|[.a-z])[01][a-z]")


class QuickLook:
    """What is looked at, made ready from one `Knowledge`."""

    __slots__ = ("_ends", "_labels", "_lookups", "_names")

    def __init__(self, knowledge: Knowledge) -> None:
        wrapping = knowledge.wrapping
        folded = {
            name for name, places in wrapping.places.items() if any(place.is_folded for place in places)
        }
        anywhere = (
            label for label, places in wrapping.labels.items() if any(one.is_folded for one in places)
        )
        wide = frozenset(name.removesuffix(ANY_COUNTRY)[:-1] for name in folded if name.endswith(ANY_COUNTRY))
        self._lookups = frozenset(name for name in knowledge.ordinary.lookups if not name.endswith("arpa"))
        self._names = frozenset((*knowledge.names, *knowledge.spellings.wildcards, *folded))
        self._ends = frozenset(name[name.rpartition(".")[0].rfind(".") + 1 :] for name in self._names)
        self._labels = frozenset((*anywhere, *(name.rpartition(".")[2] for name in wide)))

    def at(self, host: str) -> int:
        """Say who may have a word on a question of one of TYPES: NOBODY, TUNNEL_WATCH, or all DETECTORS too.

        host   canonical, of letters, digits, hyphens and underscores alone

        Of a client whose tunnel was found, TunnelWatch signs short names too: ask it.
        """
        above, _, last = host.rpartition(".")
        at = above.rfind(".") + 1
        ends = self._ends
        if (last in ends or host[at:] in ends) and not self._names.isdisjoint(tails(host)):
            return DETECTORS
        if (
            _BEGINS.match(host)
            or "vpn" in host
            or "xn--" in host
            or (("0" in host or "1" in host) and _DIGIT_FOR_LETTER.search(host))
        ):
            return DETECTORS
        labels = host.split(".")
        if not self._labels.isdisjoint(labels):
            return DETECTORS
        found = _below(host, host[:at], labels[:-2]) if at else NOBODY
        if found is TUNNEL_WATCH and not self._lookups.isdisjoint(tails(host)):
            return NOBODY  # what carries numbers by its purpose is never counted
        return DETECTORS if found is TUNNEL_WATCH and _DIGITS.match(host) else found


def _below(host: str, text: str, below: list[str]) -> int:
    """Look at what stands below the last two labels: as text, a dot behind each, and label by label."""
    if "doh." in host or "doq." in host or ".id-" in host or may_be_folded(below):
        return DETECTORS
    size = len(text) - len(below)
    if size >= COUNTED_CHARS:
        return TUNNEL_WATCH
    may_be_coded = size >= LEAST_CHARS and (not _WORDS.match(text) or _NO_VOWELS.search(text))
    if may_be_coded and Payload("", tuple(below)).is_encoded:
        return TUNNEL_WATCH
    is_code = _NUMBER.match(text) or (not text[:-1].isalpha() and _CODE.search(text))
    return TUNNEL_WATCH if is_code else NOBODY

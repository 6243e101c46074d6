"""What does a name carry below the domain that somebody registered?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from proxy.bypass.dns.spelled import MAX_TEXT
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Question
from proxy.bypass.spelling.folding import unfolded
from proxy.bypass.spelling.hosts import registrable
from proxy.decision.names import NameProblem, canonical_host

MAX_ZONE_LABELS = 6
"""The registered domain is looked for in so many of the last labels; no public suffix has more than five."""
MAX_NUMBERS = 4
"""Of the numbers in a name, so many are compared with those of the next."""
MAX_DATA_LABELS = 8
"""Data is looked for in so many of the first labels."""
ORDINARY_TYPES = frozenset({"A", "AAAA", "HTTPS", "SVCB", "NS", "SOA", "DS", "DNSKEY", "RRSIG", "NSEC"})
"""What browsers, systems and validating resolvers ask for. Others carry data, and few programmes use them."""
SERVICES = frozenset(
    (
        "_acme-challenge", "_adsp", "_amazonses", "_atproto", "_bimi", "_caldavs", "_carddavs", "_dmarc",
        "_dns", "_dns-sd", "_dnsauth", "_domainkey", "_gc", "_github-challenge", "_http", "_https",
        "_imaps", "_kerberos", "_kpasswd", "_ldap", "_matrix", "_mta-sts", "_msdcs", "_ntp",
        "_pki-validation", "_report", "_sip", "_sips", "_sites", "_smtp", "_spf", "_stun", "_tcp", "_tls",
        "_turn", "_udp", "_vlmcs", "_xmpp-client", "dcv", "_xmpps-client",
    )
)  # fmt: skip
"""Labels of the registry of underscored names (RFC 8552), and those for proofs of control."""
MAX_BESIDE_SERVICE = 24
"""A selector or an instance beside such a label has at most so many characters; what has more is counted."""
RESERVED = frozenset({"example.com", "example.net", "example.org"})
"""Names for examples (RFC 2606): what stands below them are different sites, by no one registration."""

REVERSE = (".in-addr.arpa", ".ip6.arpa")
"""Zones of addresses, of which anybody may be given a part: what is no address below them is counted."""
_OF_ADDRESS = re.compile(r"(?:[0-9a-f]|[0-9]{1,3}(?:[-/][0-9]{1,3})?)\Z")

_HEX = re.compile(r"[0-9a-f]+\Z")
_WORD = re.compile(r"(?:[a-z]{0,14}[0-9]{0,4}|[0-9]{1,8}|.{0,4})\Z")
_CODE = re.compile(r"(?=[a-z0-9]{4,5}\Z)[a-z0-9]*[0-9][a-z]")
_PART_OF_CODE = re.compile(r"(?=[a-z0-9]{2,5}\Z)[a-z0-9]*[0-9][a-z]")
_PARTS = 3
_NO_VOWELS = re.compile(r"[bcdfghjklmnpqrstvwxz0-9]{6}|[bcdfghjklmnpqrstvwxz]{5}")
_NUMBER = re.compile(r"(?:^|[.-])([0-9]{1,5})(?=[.-]|$)")
_UPPER, _LOWER = re.compile("[A-Z]"), re.compile("[a-z]")


@dataclass(frozen=True, slots=True)
class Payload:
    """What stands below the registered domain, in lower case.

    zone       the registered domain
    labels     what stands below it, outermost last
    is_cased   capitals and small letters were mixed in it, and not in the registered domain: base64
    """

    zone: str
    labels: tuple[str, ...]
    is_cased: bool = False

    @property
    def text(self) -> str:
        """All labels as one text."""
        return "".join(self.labels)

    def beginnings(self) -> Iterator[str]:
        """The first labels as one text, most labels first: where a tool's own zone begins is not known."""
        for count in range(min(len(self.labels), MAX_DATA_LABELS), 0, -1):
            yield "".join(self.labels[:count])

    @property
    def is_encoded(self) -> bool:
        """Say whether a label looks like octets in a text rather than like words."""
        pieces = [piece for label in self.labels if len(label) > 5 for piece in label.split("-")]
        return any(not _WORD.match(piece) or _NO_VOWELS.search(piece) for piece in pieces)

    @property
    def is_short_code(self) -> bool:
        """Say whether a label of four or five characters has a digit before a letter, as no word has; of
        several labels, one of two or three characters."""
        form = _PART_OF_CODE if len(self.labels) >= _PARTS else _CODE
        return any(form.match(label) for label in self.labels)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The small decimal numbers that stand by themselves in it."""
        return tuple(map(int, _NUMBER.findall(".".join(self.labels))[:MAX_NUMBERS]))


def payload_of(question: Question, knowledge: Knowledge) -> Payload | None:
    """What a question's name carries; None for the school's own, or what carries numbers by its purpose."""
    name = question.name.removesuffix(".")
    if len(name) > MAX_TEXT:
        return None
    labels = name.lower().split(".")
    try:
        end = canonical_host(".".join(labels[-MAX_ZONE_LABELS:]))
    except NameProblem:
        end = _plain_end(labels)
    zone = registrable(end) if end else ""
    below = labels[: len(labels) - zone.count(".") - 1] if zone else []
    if zone in RESERVED and below:
        zone = f"{below.pop()}.{zone}"
    if not below or knowledge.around.is_own_name(end):
        return None
    if knowledge.ordinary.is_lookup(end) and (not end.endswith(REVERSE) or _is_reversed(below)):
        return None
    beside = sum(len(label) for label in below if label not in SERVICES)
    if beside <= MAX_BESIDE_SERVICE and not SERVICES.isdisjoint(below):
        return None
    payload = Payload(zone, tuple(below), _is_cased(name, len(zone)))
    return None if _is_of_a_library(payload, knowledge) else payload


def _is_of_a_library(payload: Payload, knowledge: Knowledge) -> bool:
    """Say whether a name stands for a site that a library's proxy shows, and is spelled in words: a class
    meets dozens of them below one college (`www-jstor-org.ezproxy.lib.example.edu`)."""
    if payload.is_encoded or knowledge.wrapping.labels.keys().isdisjoint(payload.labels[1:]):
        return False
    return bool(unfolded(".".join((*payload.labels, payload.zone))))


def _is_reversed(labels: list[str]) -> bool:
    """Say whether labels are an address backwards (RFC 1035, section 3.5; RFC 3596; RFC 2317)."""
    return all(_OF_ADDRESS.match(label) for label in labels)


def _is_cased(name: str, zone_chars: int) -> bool:
    """Say so of base64. A resolver that mixes capitals in, against forged answers, does so anywhere."""
    below, zone = name[: len(name) - zone_chars], name[len(name) - zone_chars :]
    return zone.islower() and len(_UPPER.findall(below)) >= 2 <= len(_LOWER.findall(below))


def _plain_end(labels: list[str]) -> str:
    """The longest end of a name that is a host's name; "" when there is none."""
    for count in range(min(len(labels), MAX_ZONE_LABELS) - 1, 1, -1):
        try:
            return canonical_host(".".join(labels[-count:]))
        except NameProblem:
            continue
    return ""


def is_rare(type_: str) -> bool:
    """Say whether hardly any programme on a pupil's device asks for records of this type."""
    return type_ not in ORDINARY_TYPES


def is_hex(text: str) -> bool:
    """Say whether a text is made of hexadecimal digits, in lower case."""
    return _HEX.match(text) is not None

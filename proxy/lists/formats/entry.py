"""What can one line of a list say, and what can be wrong with it?"""

from dataclasses import dataclass
from enum import Enum, IntFlag

from proxy.decision.listing import ListingKind
from proxy.decision.values import quickly_made


class Reach(IntFlag):
    """Which names a listed name speaks for."""

    SELF = 1
    BELOW = 2
    ALL = 3


class Exemption(Enum):
    """How an exception weighs against the other lines of its own list.

    ABSOLUTE   it wins over every line that it covers (adblock)
    SPECIFIC   it wins over lines that are as specific as itself or less (RPZ, dnsmasq)
    """

    ABSOLUTE = "absolute"
    SPECIFIC = "specific"


class Why(Enum):
    """Why a line, or a part of it, was not taken: a closed set that statistics count."""

    REPEATED = "repeated"
    JOINED = "joined with its wildcard"
    LOCAL_NAME = "local name"
    NOT_A_NAME = "not a name"
    NOT_AN_ADDRESS = "not an address"
    NOT_A_URL = "not a URL"
    NOT_TEXT = "not UTF-8 text"
    TOO_LONG = "line too long"
    PUBLIC_SUFFIX = "public suffix"
    TOO_WIDE = "range too wide"
    OPTIONS = "adblock options"
    COSMETIC = "cosmetic rule"
    PATH_RULE = "path rule"
    PATTERN = "pattern"
    FRAGMENT = "text fragment"
    REDIRECT = "redirect"
    FORWARDING = "forwarding"
    OTHER_SETTING = "other setting"
    OTHER_TRIGGER = "other trigger"
    OTHER_ACTION = "other action"
    LOCAL_DATA = "local data"
    ZONE_RECORD = "zone record"
    HEADER = "column titles"
    NO_CATEGORY = "no category"
    UNKNOWN_CATEGORY = "unknown category"
    EXPRESSION = "expression refused"
    RESTRICTIVE = "very restrictive expression"
    UNUSABLE = "cannot be read"

    @property
    def is_refusal(self) -> bool:
        """Whether the line was understood and would do harm, rather than not being for a filter."""
        return self in (Why.PUBLIC_SUFFIX, Why.TOO_WIDE, Why.EXPRESSION)


@quickly_made
@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a list speaks of.

    line         1-based
    text         NAME: canonical host; URL: `host/path` or `host/path?query`, host without leading
                 `www.`, path canonical and without a slash at its end; ADDRESS: an address or CIDR
                 range in canonical spelling; EXPRESSION: as the list has it
    categories   names the list itself gives for this line; empty: those of the list as a whole
    """

    line: int
    kind: ListingKind
    text: str
    reach: Reach = Reach.ALL
    exemption: Exemption | None = None
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something in a line that was not taken.

    line     1-based
    text     the part that is meant, cut to a readable length
    detail   what is wrong with it and, where it helps, what would be right
    """

    line: int
    why: Why
    text: str
    detail: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.why.value}: {self.text!r}: {self.detail}"


type Item = Entry | Complaint

MAX_SHOWN = 80


def complain(line: int, why: Why, text: str, detail: str) -> Complaint:
    """Make a complaint about a text of any length."""
    shown = text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
    return Complaint(line, why, shown, detail)

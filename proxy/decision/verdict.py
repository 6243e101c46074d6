"""What was decided, by which check, on what evidence, and until when does it hold?"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from proxy.decision.urls import Url
from proxy.decision.values import quickly_made


class Action(Enum):
    """What becomes of an attempt."""

    ALLOW = "allow"
    BLOCK = "block"
    REWRITE = "rewrite"

    __hash__ = object.__hash__  # members are singletons; Enum's own hash is a call of Python for each look-up


class Reason(Enum):
    """Why: a closed set that the block page, events, metrics and the support tool share."""

    GATEWAY_NAME = "gateway_name"
    FLOOR = "floor"
    DEVICE_SIGNAL = "device_signal"
    PROTOCOL = "protocol"
    WAY_AROUND = "way_around"
    OVERRIDE = "override"
    SCHOOL_RULE = "school_rule"
    CATEGORY = "category"
    LOGGED_CATEGORY = "logged_category"
    OPEN_CATEGORY = "open_category"
    URL_RULE_BELOW = "url_rule_below"
    ALLOW_ONLY = "allow_only"
    UNCATEGORISED = "uncategorised"
    SAFE_SEARCH = "safe_search"
    DEFAULT = "default"
    NO_POLICY = "no_policy"
    ERROR = "error"

    __hash__ = object.__hash__  # as above


class Handling(Enum):
    """What the gateway does with the connection behind an allowed name."""

    INSPECT = "inspect"
    NAME_ONLY = "name_only"
    PASS = "pass"  # noqa: S105  (no password: the word of the settings)


class Basis(Enum):
    """Whether the law asks for a block (CIPA) or somebody here chose it."""

    CIPA = "cipa"
    LOCAL = "local"


@quickly_made
@dataclass(frozen=True, slots=True)
class Evidence:
    """The rule or list line that a finding rests on.

    category     category id, or ""
    list_id      list id or settings section; "" when no list is concerned
    line         1-based line in that list's source; 0 when unknown
    rule         the listed name, URL, address range or expression as the list has it; or the id of
                 an override or school rule
    decided_by   who is answerable: the category's deciding body, a rule's owner
    """

    category: str = ""
    basis: Basis | None = None
    list_id: str = ""
    line: int = 0
    rule: str = ""
    decided_by: str = ""


NO_EVIDENCE = Evidence()


@quickly_made
@dataclass(frozen=True, slots=True)
class Finding:
    """One check's answer.

    until        the next moment at which this check could answer otherwise; None: no such moment
    rewrite      with REWRITE: the name to answer as
    """

    action: Action
    reason: Reason
    explanation: str
    evidence: Evidence = NO_EVIDENCE
    until: datetime | None = None
    rewrite: str = ""


@quickly_made
@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided about one attempt.

    explanation         one or two sentences in plain language, for the person in front of it
    check               name of the deciding check in the pipeline
    until               the next moment at which the answer could change; bounds caches and DNS TTLs
    handling            for an allowed or rewritten name at stage DNS or TLS
    base, overlay       revisions of the policy that decided
    inner               the address inside the asked one that was blocked, and that has to be opened; None
                        where the asked one was
    """

    action: Action
    reason: Reason
    explanation: str
    check: str
    evidence: Evidence
    until: datetime | None
    handling: Handling
    rewrite: str
    base: int
    overlay: int
    inner: Url | None = None

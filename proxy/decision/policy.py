"""What does this school want? Everything a decision needs, frozen, with its revisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from zoneinfo import ZoneInfo

from proxy.decision.audience import Audience as Audience
from proxy.decision.listing import Listings
from proxy.decision.names import covers
from proxy.decision.permits import GivenPermit, Permit
from proxy.decision.schedule import Schedule
from proxy.decision.urls import Url, is_under
from proxy.decision.verdict import Action, Basis

FLOOR_FOR_ALL = "child_abuse"
FLOOR = ("child_abuse", "pornography")


class RuleAction(Enum):
    """What a category rule asks for."""

    ALLOW = "allow"
    BLOCK = "block"
    LOG = "log"


class Mode(Enum):
    """What happens to a name that no rule speaks of."""

    OPEN = "open"
    BLOCK_UNCATEGORISED = "block_uncategorised"
    ALLOW_ONLY = "allow_only"


class LogLevel(Enum):
    """How much of an exchange an event keeps."""

    FULL = "full"
    HOSTS = "hosts"
    BLOCKED = "blocked"


class BlockAnswer(Enum):
    """How the resolver answers for a blocked name."""

    PAGE = "page"
    NXDOMAIN = "nxdomain"
    NODATA = "nodata"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Category:
    """A category as `blocklists/categories.yaml` describes it."""

    id: str
    name: str
    description: str
    basis: Basis
    decided_by: str
    law: str = ""


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """What one scope wants of one category, and when.

    scope      id of the scope that states the rule, or the profile it comes from
    schedule   the rule counts only while this is on; None: always
    """

    category: str
    action: RuleAction
    scope: str
    decided_by: str = ""
    schedule: Schedule | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What a rule or override speaks of: a site, the part below a path, or one page.

    host    canonical; covers everything below it
    path    canonical path prefix; "/" means the whole site
    exact   only this very path (a page), not what lies below it
    query   with `exact`: the query must be equal; None: any query
    """

    host: str
    path: str = "/"
    exact: bool = False
    query: str | None = None

    @property
    def is_site(self) -> bool:
        """Whether the whole host is meant, so that no URL is needed to judge."""
        return self.path == "/" and not self.exact

    def covers_url(self, url: Url) -> bool:
        """Say whether a URL lies inside the target."""
        if not covers(self.host, url.host):
            return False
        if self.exact:
            return url.path == self.path and self.query in (None, url.query)
        return is_under(url.path, self.path)

    def __str__(self) -> str:
        return self.host if self.is_site else f"{self.host}{self.path}"


@dataclass(frozen=True, slots=True)
class SchoolRule:
    """One line of a school's own allow or block list.

    action    ALLOW or BLOCK
    scope     id of the scope that states it
    depth     how specific that scope is; larger is more specific
    ends      the last day on which it holds, in the policy's zone; None: no end
    source    settings file and line, for `explain`
    """

    action: Action
    target: Target
    scope: str
    depth: int
    owner: str
    reason: str
    since: date
    ends: date | None = None
    source: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Override:
    """An approved (or ordered) exception: what, for whom, from when until when.

    begins, ends   aware moments; holds from `begins`, and no longer at `ends`; None: standing
    """

    id: str
    action: Action
    target: Target
    audience: Audience
    reason: str
    decided_by: str
    begins: datetime | None = None
    ends: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Say whether the override is in force at a moment."""
        return (self.begins is None or self.begins <= at) and (self.ends is None or at < self.ends)


@dataclass(frozen=True, slots=True)
class Correction:
    """A wrong listing, mended: this name (and what lies below it) does not belong to this category.

    Lines that list a host below the name by itself still count.

    schools   it holds for whoever belongs to one of them, by roster, device or network; empty: for everybody
    """

    id: str
    name: str
    category: str
    why: str
    by: tuple[str, ...]
    schools: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SafeSearchEngine:
    """How one search engine is held to its safe mode.

    hosts     exact canonical names the engine answers on
    aliases   level -> name to answer as (DNS); empty when the engine offers none
    params    level -> query parameters to set, "" value removes; (path prefixes they apply to first)
    headers   level -> request headers to set
    """

    id: str
    hosts: frozenset[str]
    aliases: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    param_paths: tuple[str, ...] = ()
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PassEntry:
    """A name whose TLS is passed on uninspected, and the list line that says so."""

    name: str
    list_id: str
    line: int


@dataclass(frozen=True, slots=True)
class Scope:
    """A level of the policy's inheritance, holding only what this level itself states.

    kind       district, school, group, class or device
    profile    which defaults of the category catalogue apply where no scope has a rule
    parent     id of the scope it inherits from; "" for the district
    schedule   a class scope counts only while this is on; None: always
    The remaining fields are what this scope itself states; None and empty mean "inherit".
    """

    id: str
    kind: str
    title: str
    parent: str = ""
    depth: int = 0
    profile: str | None = None
    minor: bool | None = None
    schedule: Schedule | None = None
    rules: tuple[CategoryRule, ...] = ()
    school_rules: tuple[SchoolRule, ...] = ()
    mode: Mode | None = None
    safe_search: Mapping[str, str] = field(default_factory=dict)
    pass_lists: tuple[str, ...] | None = None
    inspect: bool | None = None
    log: LogLevel | None = None
    help: str = ""
    permits: tuple[Permit, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheduled[Rule]:
    """A rule, and the schedule of the scope that states it (None: always)."""

    rule: Rule
    schedule: Schedule | None = None

    def is_on(self, at: datetime) -> bool:
        """Say whether the rule's scope counts at a moment."""
        return self.schedule is None or self.schedule.is_on(at)


@dataclass(frozen=True, slots=True)
class View:
    """All that shapes the answers one subject gets, flattened once and shared by those alike.

    key           two subjects with equal keys get equal answers
    rules         category -> candidates, most specific first; the first that is on counts
    school_rules  host -> rules whose target is on that very host
    modes         candidates, most specific first; the first that is on counts
    overrides     host -> overrides for the subject whose target is on that very host
    safe_search   engine id -> level, only engines that are on
    passes        name -> pass-through entry; covers what lies below the name
    schedules     schedules of scopes that come and go for the subject (lessons)
    help          who can help, for the block page
    corrected     as the policy's, by corrections for the subject's school alone
    permits       ways around the filter that some scope allows, or that somebody gave the subject
    """

    key: tuple[object, ...]
    group: str
    minor: bool
    inspectable: bool
    block_answer: BlockAnswer
    log: LogLevel
    rules: Mapping[str, tuple[Scheduled[CategoryRule], ...]]
    school_rules: Mapping[str, tuple[Scheduled[SchoolRule], ...]]
    modes: tuple[Scheduled[Mode], ...]
    overrides: Mapping[str, tuple[Override, ...]]
    safe_search: Mapping[str, str]
    passes: Mapping[str, PassEntry]
    schedules: tuple[Schedule, ...] = ()
    help: str = ""
    corrected: Mapping[str, frozenset[str]] = field(default_factory=dict)
    permits: tuple[Permit, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """The published policy: base and overlay together.

    gateway_names   canonical names of the gateway's own pages -> what stands there
    networks        network id -> how the resolver answers for a blocked name there
    strictest       group of clients that nothing identifies
    permits         those that were given between two bases; scopes have their own
    corrected       name -> categories that it and what lies below it do not belong to, from `corrections`
    corrected_at    the same by school, from the corrections that hold for some schools alone
    """

    base: int
    overlay: int
    district: str
    zone: ZoneInfo
    categories: Mapping[str, Category]
    scopes: Mapping[str, Scope]
    listings: Listings
    strictest: str
    profiles: Mapping[str, tuple[CategoryRule, ...]] = field(default_factory=dict)
    networks: Mapping[str, BlockAnswer] = field(default_factory=dict)
    pass_lists: Mapping[str, tuple[PassEntry, ...]] = field(default_factory=dict)
    engines: Mapping[str, SafeSearchEngine] = field(default_factory=dict)
    engine_hosts: Mapping[str, str] = field(default_factory=dict)
    gateway_names: Mapping[str, str] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    corrections: tuple[Correction, ...] = ()
    permits: tuple[GivenPermit, ...] = ()
    block_ttl_s: int = 5
    corrected: Mapping[str, frozenset[str]] = field(init=False, repr=False, compare=False)
    corrected_at: Mapping[str, Mapping[str, frozenset[str]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        corrected: dict[str, frozenset[str]] = {}
        at: dict[str, dict[str, frozenset[str]]] = {}
        for one in self.corrections:
            for names in [at.setdefault(school, {}) for school in one.schools] or [corrected]:
                names[one.name] = names.get(one.name, frozenset()) | {one.category}
        object.__setattr__(self, "corrected", corrected)
        object.__setattr__(self, "corrected_at", at)

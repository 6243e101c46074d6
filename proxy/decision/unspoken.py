"""Of which hosts does nothing in a policy speak, so that they all get one and the same verdict?

Most names that are asked for stand on no list and in no rule. The verdict on such a host depends on the
view, the stage, the traits and the moment alone. It is the one that `decide` gives to the first of
them, and is given to all others until it could change.

That nothing speaks of a host is proven, not guessed: no list carries it (`Listings.for_host`, and for a URL
`for_url`), and neither it nor a parent is in any set of names that a check looks it up in. Those sets
are the checks' own tables; `WHAT_SPEAKS` says for each function of the pipeline which they are.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence, Set
from datetime import UTC, datetime
from enum import Enum

from proxy.decision.checks.device_signals import SIGNALS, device_signals
from proxy.decision.checks.gateway_names import gateway_names
from proxy.decision.checks.listed_category import listed_category
from proxy.decision.checks.logged_category import logged_category
from proxy.decision.checks.open_category import open_category
from proxy.decision.checks.override import override
from proxy.decision.checks.protocol import protocol
from proxy.decision.checks.required import required
from proxy.decision.checks.safe_search import safe_search
from proxy.decision.checks.school_rules import school_rules
from proxy.decision.checks.stand_in import stand_in
from proxy.decision.checks.unlisted import unlisted
from proxy.decision.checks.way_around import way_around
from proxy.decision.handling import handling_of, open_below
from proxy.decision.listing import Listing, ListingKind
from proxy.decision.names import tails
from proxy.decision.pipeline import decide
from proxy.decision.policy import Policy, View
from proxy.decision.request import Attempt, Request, Stage, Subject, Trait
from proxy.decision.until import next_change
from proxy.decision.urls import Url
from proxy.decision.verdict import Action, Evidence, Verdict

type Names = Mapping[str, object]
type SpeaksOf = Callable[[Policy, View], Names]

BEGINNING = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)
SMALL = 64
MANY = 2_000
FINAL = frozenset({Trait.FINAL_ADDRESS})
MAX_UNLISTED = 8192
MAX_LISTED = 1024
MAX_PAGED = 20_000
BY_LISTING = frozenset({required.__name__, listed_category.__name__})
"""Checks that choose among a host's listings by their categories, and explain the one by its rule first."""
ANYBODY = Subject(group="", scopes=())  # a view says all that a decision reads of its subject


def _none(policy: Policy, view: View) -> Names:
    return {}


def _signals(policy: Policy, view: View) -> Names:
    return SIGNALS


def _gateway(policy: Policy, view: View) -> Names:
    return policy.gateway_names


def _engines(policy: Policy, view: View) -> Names:
    return policy.engine_hosts


def _overrides(policy: Policy, view: View) -> Names:
    return view.overrides


def _school_rules(policy: Policy, view: View) -> Names:
    return view.school_rules


def _passes(policy: Policy, view: View) -> Names:
    return view.passes


WHAT_SPEAKS: tuple[tuple[Callable[..., object], tuple[SpeaksOf, ...]], ...] = (
    (required, (_none,)),  # reads listings only; an unspoken host has none
    (gateway_names, (_gateway,)),  # the very name
    (device_signals, (_signals,)),  # a name or what lies below it
    (protocol, (_none,)),  # reads traits only
    (way_around, (_none,)),  # reads signs only; an attempt with signs shares no verdict
    (override, (_overrides,)),  # by the target's host, and below
    (school_rules, (_school_rules,)),  # likewise
    (stand_in, (_none,)),  # reads signs only
    (listed_category, (_none,)),  # reads listings only
    (unlisted, (_none,)),  # reads listings, modes, traits and the moment
    (logged_category, (_none,)),  # reads listings only
    (open_category, (_none,)),  # reads listings only
    (safe_search, (_engines,)),  # the very name; its URLs matter only where it is an engine's
    # URLs listed on a host (Listings.url_categories) matter only below a pass-through name
    (handling_of, (_gateway, _passes, _overrides, _school_rules, _engines)),
    (open_below, (_overrides, _school_rules)),
    (next_change, (_overrides, _school_rules)),  # and schedules of the view and of listed categories
)
"""Each function of the pipeline that is asked about a host, with the names it could know it by.

To know more names than a function does is harmless: `decide` is then asked about one host too many.
"""


class Shared:
    """The verdict that all unspoken hosts of one view, stage and set of traits share.

    made, until   UTC; the verdict is known to hold from `made`, and no longer at `until`
    """

    __slots__ = ("made", "until", "verdict")

    def __init__(self, made: datetime, verdict: Verdict) -> None:
        self.made, self.verdict = made, verdict
        self.until = FOREVER if verdict.until is None else verdict.until


class Listed:
    """The verdict on hosts that are in no rule, and that the same lists carry under the same categories. It
    differs from host to host in the line it rests on alone.

    at             which of a host's listings decides
    behind         what its explanation says behind the line's rule
    verdict        on one of the hosts
    made, until    as in `Shared`
    """

    __slots__ = ("at", "behind", "made", "until", "verdict")

    def __init__(self, at: int, behind: str, verdict: Verdict, made: datetime) -> None:
        self.at, self.behind, self.verdict, self.made = at, behind, verdict, made
        self.until = FOREVER if verdict.until is None else verdict.until

    def on(self, listing: Listing) -> Verdict:
        """The verdict on a host of which this listing decides."""
        one = self.verdict
        of = one.evidence
        evidence = Evidence(of.category, of.basis, of.list_id, listing.line, listing.rule, of.decided_by)
        return Verdict(
            one.action, one.reason, listing.rule + self.behind, one.check, evidence, one.until,
            one.handling, one.rewrite, one.base, one.overlay,
        )  # fmt: skip


class Pages(Enum):
    """What speaks of a host's pages: something of the host itself, a list of some of them, or nothing."""

    SPOKEN_OF = 1
    SOME = 2
    NONE = 3


type Paged = dict[tuple[Hashable, str, frozenset[Trait]], Pages]
"""By view, host and traits"""

type Alike = tuple[datetime, datetime, Listed | None]
"""From when, and until when, hosts that are listed alike share this; None: each has a verdict of its own"""


class Unspoken:
    """The hosts of which nothing speaks, for one view of one policy, and the verdict they share.

    unlisted   addresses known to be on no list; may be shared by all views of the same lists
    paged      what is known of hosts with pages, by view; may be shared by all views of a policy
    """

    __slots__ = (
        "_clear_of", "_ends", "_for_host", "_listed", "_paged", "_policy", "_shared", "_unlisted", "_view",
    )  # fmt: skip

    def __init__(
        self, policy: Policy, view: View, unlisted: set[str] | None = None, paged: Paged | None = None
    ) -> None:
        self._policy, self._view = policy, view
        self._for_host = policy.listings.for_host
        self._unlisted = set() if unlisted is None else unlisted
        tables = _sets_of(policy, view)
        self._clear_of = tuple(names.isdisjoint for names in tables)
        few = sum(map(len, tables)) <= MANY
        self._ends = frozenset(_end(name) for names in tables for name in names) if few else None
        self._shared: dict[tuple[Stage, frozenset[Trait]], Shared] = {}
        self._listed: dict[tuple[str, ...], Alike] = {}
        self._paged: Paged = {} if paged is None else paged

    def listings(self, host: str, traits: frozenset[Trait]) -> Sequence[Listing]:
        """What the lists say of a host. Of an address behind a name, nothing is remembered: many names
        lead to the same few."""
        if traits != FINAL:
            return self._for_host(host)
        unlisted = self._unlisted
        if host in unlisted:
            return ()
        found = self._for_host(host)
        if not found:
            if len(unlisted) >= MAX_UNLISTED:
                unlisted.clear()
            unlisted.add(host)
        return found

    def is_in_no_rule(self, host: str) -> bool:
        """Say whether no check knows a host by its name or a parent's, whatever the lists say of it."""
        above, _, last = host.rpartition(".")
        ends = self._ends
        if ends is not None and last not in ends and host[above.rfind(".") + 1 :] not in ends:
            return True
        names = tails(host)
        for clear_of in self._clear_of:  # noqa: SIM110  (a generator would cost as much as the look-ups)
            if not clear_of(names):
                return False
        return True

    def listed(self, host: str, found: Sequence[Listing], at: datetime) -> Listed | None:
        """Return the verdict of stage DNS that a host in no rule shares with others that are listed alike;
        None where it is one of its own.

        found   what the lists say of the host
        at      UTC

        Of a host in no rule, `decide` reads nothing but its listings: category by category, in their order.
        """
        key: tuple[str, ...] = ()
        for listing in found:
            key += (listing.category, listing.list_id, listing.kind._value_)
        known = self._listed.get(key)
        if known is not None and known[0] <= at < known[1]:
            return known[2]
        if len(self._listed) >= MAX_LISTED:
            self._listed.clear()
        made = self._listed[key] = self._listed_alike(host, found, at)
        return made[2]

    def _listed_alike(self, host: str, found: Sequence[Listing], at: datetime) -> Alike:
        policy = self._policy
        mended = policy.corrected or self._view.corrected
        if mended or any(listing.kind is not ListingKind.NAME for listing in found):
            return BEGINNING, FOREVER, None
        request = Request(Attempt("", Stage.DNS, host), ANYBODY, at.astimezone(policy.zone))
        verdict = decide(request, policy, self._view, found)
        until = FOREVER if verdict.until is None else verdict.until
        if verdict.check not in BY_LISTING or verdict.action is not Action.BLOCK:
            return at, until, None
        said = verdict.evidence
        for place, one in enumerate(found):
            if (one.rule, one.line, one.category) == (said.rule, said.line, said.category):
                listed = Listed(place, verdict.explanation.removeprefix(one.rule), verdict, at)
                return at, until, listed if listed.on(one) == verdict else None
        return at, until, None

    def verdict(self, request: Request, at: datetime) -> Verdict:
        """Decide about a request as `decide` does.

        at   the request's moment, in UTC
        """
        attempt = request.attempt
        if attempt.signs:
            return decide(request, self._policy, self._view)
        found = self.listings(attempt.host, attempt.traits)
        if found or not self.is_in_no_rule(attempt.host):
            return decide(request, self._policy, self._view, found)
        if attempt.url is not None and self._policy.listings.for_url(attempt.url):
            return decide(request, self._policy, self._view, found)
        return self.shared(attempt.host, attempt.stage, attempt.traits, at)

    def shared(self, host: str, stage: Stage, traits: frozenset[Trait], at: datetime) -> Verdict:
        """Return the verdict on a host that is on no list and in no rule.

        at   UTC
        """
        key = stage, traits
        found = self._shared.get(key)
        if found is None or not found.made <= at < found.until:
            local = at.astimezone(self._policy.zone)
            request = Request(Attempt("", stage, host, traits=traits), ANYBODY, local)
            found = self._shared[key] = Shared(at, decide(request, self._policy, self._view, ()))
        return found.verdict

    def of_page(self, host: str, url: Url, traits: frozenset[Trait], at: datetime) -> Verdict | None:
        """Return the verdict at stage HTTP that a page shares with all that nothing speaks of; None where a
        list or a rule speaks of its host, or a list of the page.

        at   UTC
        """
        key = self._view.key, host, traits
        pages = self._paged.get(key)
        if pages is None:
            if self.listings(host, traits) or not self.is_in_no_rule(host):
                pages = Pages.SPOKEN_OF
            else:
                pages = Pages.SOME if self._policy.listings.may_list_pages(host) else Pages.NONE
            if len(self._paged) >= MAX_PAGED:
                self._paged.clear()
            self._paged[key] = pages
        if pages is Pages.SPOKEN_OF or (pages is Pages.SOME and self._policy.listings.for_url(url)):
            return None
        return self.shared(host, Stage.HTTP, traits, at)


def _sets_of(policy: Policy, view: View) -> list[Set[str]]:
    """All names that anything looks hosts up in: the small tables as one set, the large ones uncopied."""
    tables = {id(names): names for _, speaks in WHAT_SPEAKS for of in speaks if (names := of(policy, view))}
    large: list[Set[str]] = [names.keys() for names in tables.values() if len(names) > SMALL]
    small = frozenset(name for names in tables.values() if len(names) <= SMALL for name in names)
    return [small, *large] if small else large


def _end(name: str) -> str:
    """The last two labels of a name, or its only one. Whatever a host or a parent of it is called by has
    the host's own end, or is its last label: where neither ends any known name, no parent is known."""
    return name[name.rpartition(".")[0].rfind(".") + 1 :]

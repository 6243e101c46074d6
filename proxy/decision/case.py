"""What does a check look at? One attempt with everything the policy has to say of it, looked up once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from proxy.decision.listing import Listing, ListingKind
from proxy.decision.names import covers, tails
from proxy.decision.policy import CategoryRule, Override, Policy, RuleAction, Scheduled, SchoolRule, View
from proxy.decision.request import Attempt, Request, Trait
from proxy.decision.view import view_for

RESOLVED = frozenset({Trait.ALIAS_TARGET, Trait.FINAL_ADDRESS})


@dataclass(slots=True, eq=False)
class Case:
    """A request with its view and all that is said of its host, looked up once. Nothing changes it; it is
    not frozen only because that would cost more than most checks do.

    at          the moment it is judged at, in UTC: moments of one zone compare quickly
    listings    every list line that matches the host, and at stage HTTP the URL, corrections taken away
    corrected   what would have matched, but for a correction
    names       the host and its parents, longest first
    overrides   overrides for the subject on one of these names, in force or not
    school_rules   school rules for the subject on one of these names, in force or not
    is_resolved    whether this is an alias or address behind a name that was judged itself
    """

    request: Request
    attempt: Attempt
    policy: Policy
    view: View
    at: datetime
    listings: Sequence[Listing]
    corrected: Sequence[Listing]
    names: Sequence[str]
    overrides: Sequence[Override]
    school_rules: Sequence[Scheduled[SchoolRule]]
    is_resolved: bool

    def rule_for(self, category: str) -> CategoryRule | None:
        """The category rule that counts at this moment, or None."""
        for candidate in self.view.rules.get(category, ()):
            rule = candidate.rule
            if candidate.is_on(self.at) and (rule.schedule is None or rule.schedule.is_on(self.at)):
                return rule
        return None

    def may_be_blocked(self, category: str) -> bool:
        """Say whether any rule for the subject blocks a category at some time."""
        return any(c.rule.action is RuleAction.BLOCK for c in self.view.rules.get(category, ()))


def case_for(
    request: Request, policy: Policy, view: View | None = None, on_host: Sequence[Listing] | None = None
) -> Case:
    """Look up everything about a request once.

    view      the subject's view, when the caller has kept it
    on_host   what the lists say of the host, when the caller has asked them already
    """
    attempt = request.attempt
    if view is None:
        view = view_for(policy, request.subject)
    listings = policy.listings.for_host(attempt.host) if on_host is None else on_host
    if attempt.url is not None:
        listings = (*listings, *policy.listings.for_url(attempt.url))
    names = tails(attempt.host)
    corrected: Sequence[Listing] = ()
    if listings and (policy.corrected or view.corrected):
        mended = (policy.corrected, view.corrected)
        corrected = [listing for listing in listings if _is_corrected(listing, names, mended)]
        if corrected:
            listings = [listing for listing in listings if listing not in corrected]
    return Case(
        request,
        attempt,
        policy,
        view,
        request.at.astimezone(UTC),
        listings,
        corrected,
        names,
        _on(names, view.overrides),
        _on(names, view.school_rules),
        bool(attempt.traits) and not RESOLVED.isdisjoint(attempt.traits),
    )


def _on[Rule](names: list[str], rules: Mapping[str, tuple[Rule, ...]]) -> Sequence[Rule]:
    """The rules on some names, in the names' order."""
    if not rules:
        return ()
    found: Sequence[Rule] = ()
    for name in names:
        if name in rules:
            found = (*found, *rules[name])
    return found


def _is_corrected(
    listing: Listing, names: list[str], mended: tuple[Mapping[str, frozenset[str]], ...]
) -> bool:
    """A correction takes back what lists say of its name or of a parent; a line about one host below
    the name speaks for itself and stays."""
    return any(
        listing.category in corrected.get(name, ()) and _speaks_of(listing, name)
        for corrected in mended
        for name in names
    )


def _speaks_of(listing: Listing, name: str) -> bool:
    if listing.kind is ListingKind.NAME:
        return covers(listing.rule, name) or listing.rule == f"www.{name}"
    if listing.kind is ListingKind.URL:
        return covers(listing.rule.partition("/")[0].removeprefix("www."), name)
    return True

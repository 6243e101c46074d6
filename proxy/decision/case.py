"""What does a check look at? One attempt with everything the policy has to say of it, looked up once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from proxy.decision.listing import Listing, ListingKind
from proxy.decision.names import covers, suffixes
from proxy.decision.policy import CategoryRule, Override, Policy, RuleAction, Scheduled, SchoolRule, View
from proxy.decision.request import Attempt, Request, Trait
from proxy.decision.view import view_for

RESOLVED = frozenset({Trait.ALIAS_TARGET, Trait.FINAL_ADDRESS})


@dataclass(frozen=True, slots=True)
class Case:
    """A request with its view and the listings that match it, corrections already taken away.

    listings    every list line that matches the host, and at stage HTTP the URL
    corrected   what would have matched, but for a correction
    """

    request: Request
    policy: Policy
    view: View
    listings: tuple[Listing, ...]
    corrected: tuple[Listing, ...] = ()

    @property
    def attempt(self) -> Attempt:
        """What was tried."""
        return self.request.attempt

    @property
    def at(self) -> datetime:
        """The moment it is judged at."""
        return self.request.at

    @property
    def is_resolved(self) -> bool:
        """Whether this is an alias or address behind a name that was judged itself."""
        return not RESOLVED.isdisjoint(self.attempt.traits)

    def overrides(self) -> Iterator[Override]:
        """Overrides for the subject on the host or a parent of it, in force or not."""
        for suffix in suffixes(self.attempt.host):
            yield from self.view.overrides.get(suffix, ())

    def school_rules(self) -> Iterator[Scheduled[SchoolRule]]:
        """School rules for the subject on the host or a parent of it, in force or not."""
        for suffix in suffixes(self.attempt.host):
            yield from self.view.school_rules.get(suffix, ())

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


def case_for(request: Request, policy: Policy, view: View | None = None) -> Case:
    """Look up everything about a request once.

    view    the subject's view, when the caller has kept it
    """
    attempt = request.attempt
    found = list(policy.listings.for_host(attempt.host))
    if attempt.url is not None:
        found.extend(policy.listings.for_url(attempt.url))
    corrected = [listing for listing in found if _is_corrected(listing, attempt.host, policy)]
    listings = [listing for listing in found if listing not in corrected] if corrected else found
    return Case(request, policy, view or view_for(policy, request.subject), tuple(listings), tuple(corrected))


def _is_corrected(listing: Listing, host: str, policy: Policy) -> bool:
    """A correction takes back what lists say of its name or of a parent; a line about one host below
    the name speaks for itself and stays."""
    return any(
        listing.category in policy.corrected.get(suffix, ()) and _speaks_of(listing, suffix)
        for suffix in suffixes(host)
    )


def _speaks_of(listing: Listing, name: str) -> bool:
    if listing.kind is ListingKind.NAME:
        return covers(listing.rule, name) or listing.rule == f"www.{name}"
    if listing.kind is ListingKind.URL:
        return covers(listing.rule.partition("/")[0].removeprefix("www."), name)
    return True

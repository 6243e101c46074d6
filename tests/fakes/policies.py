"""A small school to ask questions of: plain policy values, and listings written as a dict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from proxy.decision.listing import Listing, ListingKind
from proxy.decision.names import suffixes
from proxy.decision.policy import (
    Category,
    CategoryRule,
    Policy,
    RuleAction,
    SafeSearchEngine,
    SchoolRule,
    Scope,
    Target,
)
from proxy.decision.request import Attempt, Request, Stage, Subject, Trait
from proxy.decision.schedule import Calendar, DayKind, Schedule, Window
from proxy.decision.urls import is_under, parse_url
from proxy.decision.verdict import Action, Basis

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = date(2026, 11, 23)


class WrittenListings:
    """Listings as a test writes them: rule -> categories. A rule with a path is a URL rule."""

    def __init__(self, rules: Mapping[str, Iterable[str]]) -> None:
        self.lines = [
            Listing(
                rule,
                category,
                f"{category}-list",
                number,
                ListingKind.URL if "/" in rule else ListingKind.NAME,
            )
            for number, (rule, categories) in enumerate(rules.items(), 1)
            for category in categories
        ]

    def for_host(self, host: str) -> Sequence[Listing]:
        parents = set(suffixes(host))
        return [line for line in self.lines if line.kind is ListingKind.NAME and line.rule in parents]

    def for_url(self, url: Any) -> Sequence[Listing]:
        found = []
        for line in self.lines:
            host, slash, path = line.rule.partition("/")
            if line.kind is ListingKind.URL and host == url.host and is_under(url.path, slash + path):
                found.append(line)
        return found

    def may_list_pages(self, host: str) -> bool:
        return bool(self.url_categories(host))

    def url_categories(self, host: str) -> frozenset[str]:
        return frozenset(
            line.category
            for line in self.lines
            if line.kind is ListingKind.URL and line.rule.partition("/")[0] == host
        )


def category(id_: str, basis: Basis = Basis.LOCAL) -> Category:
    return Category(id_, id_.replace("_", " ").title(), "", basis, "Technology committee")


CATEGORIES = {
    one.id: one
    for one in (
        category("child_abuse", Basis.CIPA),
        category("pornography", Basis.CIPA),
        category("games"),
        category("social"),
        category("education"),
        category("health"),
    )
}


def rule(
    category_id: str, action: str = "block", schedule: Schedule | None = None, scope: str = "g"
) -> CategoryRule:
    return CategoryRule(category_id, RuleAction(action), scope, "Technology committee", schedule)


def school_rule(
    action: str, target: Target | str, *, scope: str = "pupils", depth: int = 2, **more: Any
) -> SchoolRule:
    target = Target(target) if isinstance(target, str) else target
    more.setdefault("since", date(2026, 8, 1))
    return SchoolRule(Action(action), target, scope, depth, "Ms Lee", "asked for by the department", **more)


LUNCH = Schedule(
    "lunch",
    CHICAGO,
    (Window(time(12, 0), time(12, 30), on=frozenset({DayKind.SCHOOL})),),
    Calendar(special=((date(2026, 11, 26), DayKind.OFF), (date(2026, 11, 25), DayKind.HALF))),
)

PUPILS = Scope(
    "pupils", "group", "Pupils", parent="school", depth=2, profile="middle", minor=True,
    rules=(rule("games", scope="pupils"), rule("social", scope="pupils")),
)  # fmt: skip
STAFF = Scope("staff", "group", "Staff", parent="school", depth=2, profile="staff", minor=False)
SCHOOL = Scope("school", "school", "Oak School", parent="district", depth=1)
DISTRICT = Scope("district", "district", "District", depth=0)

GOOGLE = SafeSearchEngine(
    "google",
    frozenset({"www.google.com"}),
    {"strict": "forcesafesearch.google.com"},
    {"strict": {"safe": "active"}},
    ("/search",),
)
YOUTUBE = SafeSearchEngine(
    "youtube",
    frozenset({"www.youtube.com"}),
    {"strict": "restrict.youtube.com", "moderate": "restrictmoderate.youtube.com"},
    headers={"strict": {"YouTube-Restrict": "Strict"}, "moderate": {"YouTube-Restrict": "Moderate"}},
)


def policy(listings: Mapping[str, Iterable[str]] | None = None, *scopes: Scope, **more: Any) -> Policy:
    """A policy with district, school, pupils and staff; scopes given replace those of the same id."""
    all_scopes = {scope.id: scope for scope in (DISTRICT, SCHOOL, PUPILS, STAFF, *scopes)}
    values: dict[str, Any] = {
        "base": 7,
        "overlay": 3,
        "district": "district",
        "zone": CHICAGO,
        "categories": CATEGORIES,
        "scopes": all_scopes,
        "listings": WrittenListings(listings or {}),
        "strictest": "pupils",
        "engines": {"google": GOOGLE, "youtube": YOUTUBE},
        "engine_hosts": {"www.google.com": "google", "www.youtube.com": "youtube"},
        "gateway_names": {"block.school.example": "block page"},
    }
    return Policy(**(values | more))


PUPIL = Subject(
    "pupils", ("pupils", "school", "district"), minor=True, id="p-1", school="school", grade="07",
    classes=("period-3",), inspectable=True, network="lan",
)  # fmt: skip
TEACHER = replace(PUPIL, group="staff", scopes=("staff", "school", "district"), minor=False, id="t-1")


def school_time(clock: str, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), CHICAGO)


def asks(
    what: str, *, who: Subject = PUPIL, at: str | datetime = "10:40", stage: Stage | None = None, **more: Any
) -> Request:
    """A request for a host (stage DNS) or, when `what` has a scheme, for a URL (stage HTTP)."""
    url = parse_url(what) if "://" in what else None
    stage = stage or (Stage.HTTP if url else Stage.DNS)
    moment = school_time(at) if isinstance(at, str) else at
    traits: frozenset[Trait] = frozenset(more.pop("traits", ()))
    host = url.host if url else what
    return Request(Attempt("192.0.2.7", stage, host, url, traits=traits, **more), who, moment)

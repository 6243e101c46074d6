"""Which policy follows from the settings, the lists and the overlay?"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from proxy.decision.listing import Listings
from proxy.decision.names import is_address
from proxy.decision.permits import Permit
from proxy.decision.policy import (
    Category,
    CategoryRule,
    Correction,
    Override,
    Policy,
    RuleAction,
    SchoolRule,
    Scope,
)
from proxy.decision.schedule import Calendar, DayKind, Schedule, Window
from proxy.decision.verdict import Action
from proxy.settings.depths import depths, parents
from proxy.settings.schema import Settings
from proxy.settings.schema.scopes import Class, Group, SchoolRuleSettings, ScopeSettings
from proxy.settings.schema.when import CalendarSettings, ScheduleSettings
from proxy.settings.supplements import Supplements

ALL_ENGINES = "all"


class Catalogue(Protocol):
    """The category catalogue, as the policy needs it."""

    @property
    def categories(self) -> Mapping[str, Category]:
        """Category id -> category."""

    @property
    def defaults(self) -> Mapping[str, Mapping[str, RuleAction]]:
        """Profile -> category id -> what applies where no level has a rule."""


def policy_from(
    settings: Settings,
    *,
    categories: Catalogue,
    supplements: Supplements,
    listings: Listings,
    base: int,
    overlay: int,
    overrides: Iterable[Override] = (),
    corrections: Iterable[Correction] = (),
) -> Policy:
    """Build the policy. Reads no file; the settings must have been loaded without a problem."""
    schedules = _schedules(settings)
    return Policy(
        base=base,
        overlay=overlay,
        district=settings.district.id,
        zone=settings.time_zone,
        categories=categories.categories,
        scopes=_scopes(settings, schedules, categories.categories, supplements),
        listings=listings,
        strictest=settings.strictest,
        profiles=_profiles(categories),
        networks={network.id: network.block_answer for network in settings.networks},
        pass_lists=supplements.pass_lists,
        engines={engine.id: engine for engine in supplements.engines},
        engine_hosts={host: engine.id for engine in supplements.engines for host in engine.hosts},
        gateway_names=gateway_names(settings),
        overrides=tuple(overrides),
        corrections=tuple(corrections),
        block_ttl_s=settings.dns.block_ttl_s,
    )


def gateway_names(settings: Settings) -> dict[str, str]:
    """The gateway's own names, with what stands there."""
    console = settings.console
    asking = {console.host: "the console"} if console is not None and not is_address(console.host) else {}
    return {**asking, **settings.gateway.own_names, settings.block_page.host: "the block page"}


def _profiles(catalogue: Catalogue) -> dict[str, tuple[CategoryRule, ...]]:
    return {
        profile: tuple(
            CategoryRule(id_, action, profile, catalogue.categories[id_].decided_by)
            for id_, action in defaults.items()
        )
        for profile, defaults in catalogue.defaults.items()
    }


def _schedules(settings: Settings) -> dict[str, Schedule]:
    calendar = calendar_of(settings.calendar)
    return {
        id_: Schedule(id_, settings.time_zone, _windows(schedule), calendar)
        for id_, schedule in settings.schedules.items()
    }


def _windows(schedule: ScheduleSettings) -> tuple[Window, ...]:
    return tuple(
        Window(w.begins, w.ends, frozenset(day.number for day in w.days), frozenset(w.on))
        for w in schedule.windows
    )


def calendar_of(calendar: CalendarSettings) -> Calendar:
    """The calendar; a day that is both off and half is off."""
    special = {day: DayKind.HALF for span in calendar.half_days for day in span.days()}
    special.update({day: DayKind.OFF for span in calendar.days_off for day in span.days()})
    return Calendar(
        weekend=frozenset(day.number for day in calendar.weekend),
        special=tuple(sorted(special.items())),
        half_ends=calendar.half_day_ends,
    )


def _scopes(
    settings: Settings,
    schedules: Mapping[str, Schedule],
    categories: Mapping[str, Category],
    supplements: Supplements,
) -> dict[str, Scope]:
    depth, parent = depths(settings), parents(settings)
    engines = [engine.id for engine in supplements.engines]
    return {
        scope.id: Scope(
            id=scope.id,
            kind=scope.kind,
            title=scope.title or scope.id,
            parent=parent[scope.id],
            depth=depth[scope.id],
            profile=scope.profile.value if isinstance(scope, Group) and scope.profile else None,
            minor=scope.minor if isinstance(scope, Group) else None,
            schedule=schedules[scope.schedule] if isinstance(scope, Class) and scope.schedule else None,
            rules=_rules(scope, schedules, categories),
            school_rules=_school_rules(scope, depth[scope.id]),
            mode=scope.mode,
            safe_search=_safe_search(scope, engines),
            pass_lists=scope.pass_through,
            inspect=scope.inspect,
            log=scope.log,
            help=scope.help or "",
            permits=_permits(scope, settings.time_zone),
        )
        for scope in settings.scopes()
    }


def _rules(
    scope: ScopeSettings, schedules: Mapping[str, Schedule], categories: Mapping[str, Category]
) -> tuple[CategoryRule, ...]:
    return tuple(
        CategoryRule(
            category=id_,
            action=rule.action,
            scope=scope.id,
            decided_by=rule.decided_by or (categories[id_].decided_by if id_ in categories else ""),
            schedule=schedules[rule.schedule] if rule.schedule else None,
        )
        for rule in scope.rules
        for id_ in rule.categories
    )


def _school_rules(scope: ScopeSettings, depth: int) -> tuple[SchoolRule, ...]:
    def made(line: SchoolRuleSettings, action: Action) -> SchoolRule:
        return SchoolRule(
            action=action,
            target=line.target(),
            scope=scope.id,
            depth=depth,
            owner=line.owner,
            reason=line.reason,
            since=line.since,
            ends=line.ends,
            source=line.file,
            line=line.line,
        )

    return (
        *(made(line, Action.ALLOW) for line in scope.allow),
        *(made(line, Action.BLOCK) for line in scope.block),
    )


def _permits(scope: ScopeSettings, zone: ZoneInfo) -> tuple[Permit, ...]:
    return tuple(
        Permit(
            id=said.id,
            technique=said.technique,
            decided_by=said.decided_by,
            reason=said.reason,
            hosts=frozenset(said.hosts),
            ports=frozenset(said.ports),
            ends=datetime.combine(said.ends + timedelta(days=1), time(), zone) if said.ends else None,
        )
        for said in scope.permits
    )


def _safe_search(scope: ScopeSettings, engines: Iterable[str]) -> dict[str, str]:
    """Engine -> level, with `all` spread over the engines that the level does not name itself."""
    named = {engine: level for engine, level in scope.safe_search.items() if engine != ALL_ENGINES}
    for_all = scope.safe_search.get(ALL_ENGINES)
    spread = dict.fromkeys(engines, for_all) if for_all is not None else {}
    return {**spread, **named}

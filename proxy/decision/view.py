"""Which rules, of all that the policy holds, shape the answers of one subject?"""

from collections.abc import Iterable, Sequence

from proxy.decision.permits import GivenPermit
from proxy.decision.policy import (
    BlockAnswer,
    CategoryRule,
    LogLevel,
    Mode,
    Override,
    PassEntry,
    Policy,
    Scheduled,
    SchoolRule,
    Scope,
    View,
)
from proxy.decision.request import Subject
from proxy.decision.schedule import Schedule


def view_for(
    policy: Policy,
    subject: Subject,
    overrides: Sequence[Override] | None = None,
    given: Sequence[GivenPermit] | None = None,
) -> View:
    """Flatten a policy for one subject.

    overrides   those of the policy that are for the subject, in its order, when the caller knows them
    given       likewise its permits

    The result depends on nothing but the policy and the subject, and may be kept as long as
    both stay the same. Where several scopes speak, the most specific one counts; of category rules
    the most specific one whose schedule is on.
    """
    scopes = [policy.scopes[id_] for id_ in subject.scopes if id_ in policy.scopes]
    if overrides is None:
        overrides = [override for override in policy.overrides if override.audience.includes(subject)]
    if given is None:
        given = [permit for permit in policy.permits if permit.audience.includes(subject)]
    block_answer = policy.networks.get(subject.network, BlockAnswer.PAGE)
    corrected = policy.corrected_at.get(subject.school, {})
    inspectable = _inspectable(scopes, subject)
    return View(
        key=(
            policy.base,
            subject.group,
            tuple(scope.id for scope in scopes),
            subject.minor,
            inspectable,
            block_answer,
            tuple(overrides),
            tuple(given),
            frozenset(corrected.items()),
        ),
        group=subject.group,
        minor=subject.minor,
        inspectable=inspectable,
        block_answer=block_answer,
        log=_first((scope.log for scope in scopes), LogLevel.FULL if subject.minor else LogLevel.BLOCKED),
        rules=_category_rules(policy, scopes),
        school_rules=_school_rules(scopes),
        modes=_modes(scopes),
        overrides=_by_host(overrides),
        safe_search=_safe_search(scopes),
        passes=_passes(policy, scopes),
        schedules=tuple(scope.schedule for scope in scopes if scope.schedule is not None),
        help=_first((scope.help or None for scope in scopes), ""),
        corrected=corrected,
        permits=(*(permit for scope in scopes for permit in scope.permits), *given),
    )


def _first[T](values: Iterable[T | None], default: T) -> T:
    return next((value for value in values if value is not None), default)


def _inspectable(scopes: list[Scope], subject: Subject) -> bool:
    """A device that says it trusts our CA is believed; else network and groups must both agree."""
    for scope in scopes:
        if scope.kind == "device" and scope.inspect is not None:
            return scope.inspect
    return subject.inspectable and _first((scope.inspect for scope in scopes), True)


def _category_rules(policy: Policy, scopes: list[Scope]) -> dict[str, tuple[Scheduled[CategoryRule], ...]]:
    found: dict[str, list[Scheduled[CategoryRule]]] = {}
    for scope in scopes:
        for rule in scope.rules:
            found.setdefault(rule.category, []).append(Scheduled(rule, scope.schedule))
    profile = _first((scope.profile for scope in scopes), "")
    for rule in policy.profiles.get(profile, ()):
        found.setdefault(rule.category, []).append(Scheduled(rule))
    return {category: tuple(rules) for category, rules in found.items()}


def _school_rules(scopes: list[Scope]) -> dict[str, tuple[Scheduled[SchoolRule], ...]]:
    found: dict[str, list[Scheduled[SchoolRule]]] = {}
    for scope in scopes:
        for rule in scope.school_rules:
            found.setdefault(rule.target.host, []).append(Scheduled(rule, scope.schedule))
    return {host: tuple(rules) for host, rules in found.items()}


def _modes(scopes: list[Scope]) -> tuple[Scheduled[Mode], ...]:
    return tuple(Scheduled(scope.mode, scope.schedule) for scope in scopes if scope.mode is not None)


def _by_host(overrides: Sequence[Override]) -> dict[str, tuple[Override, ...]]:
    found: dict[str, list[Override]] = {}
    for override in overrides:
        found.setdefault(override.target.host, []).append(override)
    return {host: tuple(those) for host, those in found.items()}


def _safe_search(scopes: list[Scope]) -> dict[str, str]:
    levels: dict[str, str] = {}
    for scope in scopes:
        for engine, level in scope.safe_search.items():
            levels.setdefault(engine, level)
    return {engine: level for engine, level in levels.items() if level != "off"}


def _passes(policy: Policy, scopes: list[Scope]) -> dict[str, PassEntry]:
    lists = _first((scope.pass_lists for scope in scopes), ())
    return {entry.name: entry for list_id in reversed(lists) for entry in policy.pass_lists.get(list_id, ())}


def schedules_of(view: View, categories: Iterable[str]) -> Iterable[Schedule]:
    """Yield every schedule that can change what the view says about names in these categories."""
    yield from view.schedules
    for category in categories:
        for candidate in view.rules.get(category, ()):
            if candidate.rule.schedule is not None:
                yield candidate.rule.schedule

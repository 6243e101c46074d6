"""From settings to the policy that decides."""

from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

from proxy.decision.listing import NoListings
from proxy.decision.policy import (
    BlockAnswer,
    Category,
    CategoryRule,
    Policy,
    RuleAction,
    SchoolRule,
    Target,
)
from proxy.decision.schedule import Calendar, DayKind, Schedule, Window
from proxy.decision.verdict import Action, Basis
from proxy.settings import Settings, load
from proxy.settings.supplements import read_supplements
from proxy.settings.to_policy import gateway_names, policy_from
from small_school import school
from small_settings import changed, write_settings

GAMES = Category("games", "Games", "Play.", Basis.LOCAL, "Technology committee")
MORE = """
calendar:
  days_off: [{from: 2026-11-26, to: 2026-11-27}]
  half_days: [2026-11-25, 2026-11-26]
schools: [{id: north, title: North School}]
classes:
  - {id: chess, parent: students, schedule: lunch, mode: open}
devices: [{id: cart, addresses: 192.0.2.16/28, group: students}]
"""
STUDENTS = """minor: true, safe_search: {all: strict, film: moderate}, log: hosts, mode: block_uncategorised,
     parent: north, help: Ask., pass_through: [updates], inspect: true,
     rules: [{categories: [games, gambling], action: allow, schedule: lunch, decided_by: Council},
             {categories: games, action: block}],
     allow: [{page: "https://example.org/a?b=1", owner: o, reason: r, since: 2026-01-01}],
     block: [{path: www.example.net/x/, owner: p, reason: s, since: 2026-01-02, ends: 2026-12-31}]}"""


@dataclass(frozen=True)
class SmallCatalogue:
    """Just games."""

    categories: dict[str, Category] = field(default_factory=lambda: {"games": GAMES})
    defaults: dict[str, dict[str, RuleAction]] = field(
        default_factory=lambda: {"middle": {"games": RuleAction.BLOCK}, "staff": {"games": RuleAction.ALLOW}}
    )


def settings_in(directory: Path) -> Settings:
    text = changed("minor: true}", STUDENTS) + MORE
    text = changed("gateway: {", "gateway: {own_names: {console.example.org: the console}, ", text)
    loaded = load(write_settings(directory, text))
    assert loaded.settings is not None, loaded.problems
    return loaded.settings


def policy_in(directory: Path) -> Policy:
    settings = settings_in(directory)
    supplements, _ = read_supplements(settings)
    return policy_from(
        settings,
        categories=SmallCatalogue(),
        supplements=supplements,
        listings=NoListings(),
        base=7,
        overlay=3,
    )


def test_the_frame_of_the_policy(tmp_path: Path) -> None:
    policy = policy_in(tmp_path)

    assert (policy.base, policy.overlay, policy.district, policy.strictest) == (7, 3, "district", "students")
    assert policy.zone.key == "America/Chicago"
    assert policy.networks == {"rooms": BlockAnswer.PAGE}
    assert policy.engine_hosts["www.film.example"] == "film"
    assert set(policy.engines) == {"seek", "film"}
    assert list(policy.pass_lists) == ["updates"]
    assert policy.profiles["staff"] == (
        CategoryRule("games", RuleAction.ALLOW, "staff", "Technology committee"),
    )


def test_levels_inherit_in_one_order(tmp_path: Path) -> None:
    scopes = policy_in(tmp_path).scopes

    assert {id_: (scope.kind, scope.parent) for id_, scope in scopes.items()} == {
        "district": ("district", ""),
        "north": ("school", "district"),
        "students": ("group", "north"),
        "staff": ("group", "district"),
        "chess": ("class", "students"),
        "cart": ("device", "district"),
    }
    order = sorted(scopes, key=lambda id_: scopes[id_].depth)
    assert order == ["district", "north", "students", "staff", "chess", "cart"]


def test_a_group_states_what_it_states_and_nothing_else(tmp_path: Path) -> None:
    scopes = policy_in(tmp_path).scopes
    students, staff = scopes["students"], scopes["staff"]

    assert students.safe_search == {"seek": "strict", "film": "moderate"}
    assert (students.profile, students.minor, students.inspect, students.help) == (
        "middle",
        True,
        True,
        "Ask.",
    )
    assert students.pass_lists == ("updates",)
    assert (staff.safe_search, staff.pass_lists, staff.mode, staff.log) == ({}, None, None, None)


def test_rules_keep_their_order_and_schedule(tmp_path: Path) -> None:
    policy = policy_in(tmp_path)
    calendar = Calendar(
        special=(
            (date(2026, 11, 25), DayKind.HALF),
            (date(2026, 11, 26), DayKind.OFF),
            (date(2026, 11, 27), DayKind.OFF),
        )
    )
    lunch = Schedule(
        "lunch", policy.zone, (Window(time(12, 0), time(12, 30), frozenset({0, 1, 2, 3, 4})),), calendar
    )

    assert policy.scopes["students"].rules == (
        CategoryRule("games", RuleAction.ALLOW, "students", "Council", lunch),
        CategoryRule("gambling", RuleAction.ALLOW, "students", "Council", lunch),
        CategoryRule("games", RuleAction.BLOCK, "students", "Technology committee"),
    )
    assert policy.scopes["chess"].schedule == lunch


def test_the_schools_own_lists_name_target_owner_and_line(tmp_path: Path) -> None:
    students = policy_in(tmp_path).scopes["students"]
    file = "school.yaml"

    assert students.school_rules == (
        SchoolRule(
            Action.ALLOW,
            Target("example.org", "/a", exact=True, query="b=1"),
            "students",
            students.depth,
            "o",
            "r",
            date(2026, 1, 1),
            source=file,
            line=18,
        ),
        SchoolRule(
            Action.BLOCK,
            Target("www.example.net", "/x/"),
            "students",
            students.depth,
            "p",
            "s",
            date(2026, 1, 2),
            date(2026, 12, 31),
            source=file,
            line=19,
        ),
    )


def test_the_gateway_knows_its_own_names(tmp_path: Path) -> None:
    assert gateway_names(settings_in(tmp_path)) == {
        "console.example.org": "the console",
        "schoolgate.internal": "the block page",
    }


def test_the_console_is_one_of_them_when_it_has_a_name() -> None:
    named = school(console={"url": "https://Ask.example.org:8443", "trusted_proxies": ["192.0.2.1/32"]})
    assert gateway_names(named) == {"ask.example.org": "the console", "block.example.org": "the block page"}
    assert gateway_names(school(console={"url": "http://127.0.0.1:9380"})) == {
        "block.example.org": "the block page"
    }

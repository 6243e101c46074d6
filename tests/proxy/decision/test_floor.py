"""The CIPA floor as a property: whatever a policy says, a listed floor name stays blocked."""

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from policies import LUNCH, PUPIL, TEACHER, asks, policy
from proxy.decision.pipeline import decide
from proxy.decision.policy import (
    Audience,
    CategoryRule,
    LogLevel,
    Mode,
    Override,
    PassEntry,
    RuleAction,
    SchoolRule,
    Scope,
    Target,
)
from proxy.decision.request import Stage
from proxy.decision.verdict import Action, Basis, Reason

FLOOR_HOST = "adult.example"
hosts = st.sampled_from(
    [FLOOR_HOST, "www.adult.example", "example", "cdn.www.adult.example", "other.example"]
)
targets = st.builds(Target, hosts, st.sampled_from(["/", "/a", "/a/b"]), st.booleans())
categories = st.sampled_from(["child_abuse", "pornography", "games", "education"])
schedules = st.sampled_from([None, LUNCH])
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def scopes(draw, id_, kind, depth):
    return Scope(
        id_,
        kind,
        id_,
        depth=depth,
        profile=draw(st.sampled_from([None, "middle", "staff"])),
        minor=draw(st.sampled_from([None, True, False])),
        schedule=draw(schedules) if kind == "class" else None,
        rules=tuple(
            CategoryRule(draw(categories), draw(st.sampled_from(RuleAction)), id_, "x", draw(schedules))
            for _ in range(draw(st.integers(0, 3)))
        ),
        school_rules=tuple(
            SchoolRule(Action.ALLOW, draw(targets), id_, depth, "o", "r", date(2020, 1, 1))
            for _ in range(draw(st.integers(0, 3)))
        ),
        mode=draw(st.sampled_from([None, *Mode])),
        safe_search=draw(st.sampled_from([{}, {"google": "strict"}])),
        pass_lists=draw(st.sampled_from([None, (), ("vendor",)])),
        inspect=draw(st.sampled_from([None, True, False])),
        log=draw(st.sampled_from([None, *LogLevel])),
    )


@st.composite
def policies(draw, listed):
    everyone = Audience(
        frozenset({"p-1", "t-1"}), frozenset({"period-3"}), frozenset({"07"}), frozenset({"pupils", "staff"})
    )
    return policy(
        listed,
        draw(scopes("pupils", "group", 2)),
        draw(scopes("staff", "group", 2)),
        draw(scopes("school", "school", 1)),
        draw(scopes("period-3", "class", 3)),
        draw(scopes("device-1", "device", 4)),
        overrides=tuple(
            Override(f"o{n}", Action.ALLOW, draw(targets), everyone, "r", "d")
            for n in range(draw(st.integers(0, 3)))
        ),
        pass_lists={"vendor": (PassEntry(draw(hosts), "vendor", 1),)},
        gateway_names={draw(hosts): "our console"},
        profiles={
            "middle": (CategoryRule("pornography", RuleAction.ALLOW, "middle"),),
            "staff": (CategoryRule("child_abuse", RuleAction.LOG, "staff"),),
        },
    )


@st.composite
def situations(draw):
    category = draw(st.sampled_from(["child_abuse", "pornography"]))
    rules = draw(policies({FLOOR_HOST: [category], "other.example": ["education"]}))
    who = draw(st.sampled_from([PUPIL, TEACHER]))
    who = replace(who, scopes=("device-1", "period-3", *who.scopes), inspectable=draw(st.booleans()))
    what = draw(
        st.sampled_from(
            ["adult.example", "www.adult.example", "http://adult.example/a", "https://x.adult.example/a/b?c"]
        )
    )
    stage = None if "://" in what else draw(st.sampled_from([Stage.DNS, Stage.TLS]))
    return asks(what, who=who, at=draw(moments), stage=stage), rules


@given(situations())
def test_no_list_schedule_rule_override_or_name_of_our_own_opens_the_floor_for_anyone(situation):
    request, rules = situation
    verdict = decide(request, rules)
    assert (verdict.action, verdict.reason) == (Action.BLOCK, Reason.FLOOR)
    assert verdict.evidence.basis is Basis.CIPA


@given(policies({"shared.example/floor": ["pornography"]}), moments, st.sampled_from([PUPIL, TEACHER]))
def test_a_floor_page_on_a_shared_host_is_blocked_and_its_host_never_passed(rules, at, who):
    who = replace(who, scopes=("device-1", "period-3", *who.scopes))
    page = decide(asks("https://shared.example/floor/1", who=who, at=at), rules)
    assert (page.action, page.reason) == (Action.BLOCK, Reason.FLOOR)
    host = decide(asks("shared.example", who=who, at=at, stage=Stage.TLS), rules)
    assert host.handling.value != "pass"


@given(policies({}), moments)
def test_a_local_block_is_never_called_a_requirement_of_the_law(rules, at):
    verdict = decide(asks("other.example", at=at), rules)
    assert verdict.evidence.basis is not Basis.CIPA
    assert "CIPA" not in verdict.explanation

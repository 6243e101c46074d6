"""`until` as a property: before that moment, nothing about the verdict changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from policies import CHICAGO, LUNCH, PUPIL, PUPILS, asks, policy, rule, school_rule
from proxy.decision.pipeline import decide
from proxy.decision.policy import Audience, Mode, Override, Scope, Target
from proxy.decision.schedule import DayKind, Schedule, Window
from proxy.decision.verdict import Action

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
moments = st.datetimes(
    BEGIN.replace(tzinfo=None), BEGIN.replace(tzinfo=None) + timedelta(days=9), timezones=st.just(UTC)
)
LESSONS = Schedule(
    "lessons", CHICAGO, (Window(time(8), time(15), on=frozenset({DayKind.SCHOOL, DayKind.HALF})),)
)
hosts = st.sampled_from(["games.example", "www.games.example", "social.example", "plain.example"])


@st.composite
def schools(draw):
    group = replace(
        PUPILS,
        rules=(rule("games", "allow", LUNCH), rule("games"), rule("social", "block", LESSONS)),
        school_rules=(
            school_rule(
                draw(st.sampled_from(["allow", "block"])),
                draw(hosts),
                since=date(2026, 11, draw(st.integers(20, 24))),
                ends=date(2026, 11, draw(st.integers(24, 28))),
            ),
        ),
    )
    lesson = Scope(
        "period-3",
        "class",
        "Period 3",
        "pupils",
        3,
        schedule=draw(st.sampled_from([LUNCH, LESSONS])),
        mode=draw(st.sampled_from([None, Mode.ALLOW_ONLY])),
        rules=(rule("social", "allow", scope="period-3"),),
    )
    begins = draw(moments)
    override = Override(
        "o",
        draw(st.sampled_from([Action.ALLOW, Action.BLOCK])),
        Target(draw(hosts), draw(st.sampled_from(["/", "/a"]))),
        Audience(groups=frozenset({"pupils"})),
        "r",
        "d",
        begins,
        begins + timedelta(hours=draw(st.integers(1, 40))),
    )
    return policy(
        {"games.example": ["games"], "social.example": ["social"]}, group, lesson, overrides=(override,)
    )


@given(schools(), hosts, moments, st.floats(0, 1, exclude_max=True), st.booleans(), st.booleans())
def test_a_verdict_holds_unchanged_until_the_moment_it_names(rules, host, at, share, inspectable, by_url):
    pupil = replace(PUPIL, scopes=("period-3", *PUPIL.scopes), inspectable=inspectable)
    what = f"https://{host}/a" if by_url else host
    first = decide(asks(what, who=pupil, at=at), rules)
    end = first.until or at + timedelta(days=12)
    later = at + share * (end - at)
    if later >= end:
        return
    second = decide(asks(what, who=pupil, at=later), rules)
    assert replace(second, until=None) == replace(first, until=None)


@given(schools(), hosts, moments)
def test_the_next_change_lies_ahead(rules, host, at):
    until = decide(asks(host, at=at), rules).until
    assert until is None or until > at

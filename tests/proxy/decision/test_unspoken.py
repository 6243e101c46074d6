"""Hosts that nothing speaks of: they share a verdict, and it is the one that each would get alone."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policies
from policies import GOOGLE, LUNCH, PUPIL, PUPILS, YOUTUBE, rule, school_rule
from proxy.decision.checks.safe_search import safe_search
from proxy.decision.handling import handling_of, open_below
from proxy.decision.names import suffixes, tails
from proxy.decision.pipeline import CHECKS, decide
from proxy.decision.policy import Audience, Correction, Mode, Override, PassEntry, Policy, Scope, Target, View
from proxy.decision.request import Attempt, Request, Stage, Trait
from proxy.decision.unspoken import MANY, MAX_PAGED, MAX_UNLISTED, SMALL, WHAT_SPEAKS, Unspoken
from proxy.decision.until import next_change
from proxy.decision.urls import parse_url
from proxy.decision.verdict import Action
from proxy.decision.view import view_for

NOON = datetime(2026, 11, 23, 18, tzinfo=UTC)

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
TOPS = ("example", "games.example", "icloud.com")
HOSTS = [f"{label}{top}" for top in TOPS for label in ("", "www.", "mask.")]
HOSTS += ["192.0.2.9", "2001:db8::1", ".", "other.test"]
hosts = st.sampled_from(HOSTS)
few = st.lists(hosts, max_size=3)
moments = st.datetimes(
    BEGIN.replace(tzinfo=None), BEGIN.replace(tzinfo=None) + timedelta(days=9), timezones=st.just(UTC)
)
PASSED = {
    "scopes": {"pupils": replace(PUPILS, pass_lists=("pass",))},
    "pass_lists": {"pass": (PassEntry("named.example", "pass", 1),)},
}
FOR_PUPILS = Audience(groups=frozenset({"pupils"}))
categories = st.sampled_from(["games", "social", "education", "pornography", "child_abuse", "unknown"])
actions = st.sampled_from([Action.ALLOW, Action.BLOCK])
rule_actions = st.sampled_from(["allow", "block", "log"])
levels = st.sampled_from([{}, {"google": "strict", "youtube": "moderate"}, {"google": "off"}])
targets = st.builds(Target, hosts, st.sampled_from(["/", "/a"]), st.booleans())


OF_SCHOOLS = (frozenset(), frozenset({"school"}), frozenset({"elsewhere"}))


@st.composite
def overrides(draw, number):
    begins = draw(st.none() | moments)
    ends = draw(st.none() | moments)
    audience = Audience(groups=frozenset({draw(st.sampled_from(["pupils", "staff"]))}))
    return Override(f"o{number}", draw(actions), draw(targets), audience, "r", "d", begins, ends)


@st.composite
def schools(draw):
    """A policy in which each table of names may hold some, from a pool where they meet."""
    listed = draw(
        st.dictionaries(hosts | hosts.map("{}/a".format), st.lists(categories, max_size=2), max_size=4)
    )
    group = replace(
        PUPILS,
        rules=tuple(
            rule(
                draw(categories),
                draw(st.sampled_from(["allow", "block", "log"])),
                draw(st.none() | st.just(LUNCH)),
            )
            for _ in range(draw(st.integers(0, 4)))
        ),
        school_rules=tuple(
            school_rule(draw(actions).value, draw(targets), since=date(2026, 11, draw(st.integers(18, 26))))
            for _ in range(draw(st.integers(0, 2)))
        ),
        mode=draw(st.none() | st.sampled_from(Mode)),
        safe_search=draw(
            st.sampled_from([{}, {"google": "strict", "youtube": "moderate"}, {"google": "off"}])
        ),
        pass_lists=draw(st.none() | st.just(("pass",))),
    )
    lesson = Scope(
        "period-3", "class", "Period 3", "pupils", 3, schedule=draw(st.none() | st.just(LUNCH)),
        mode=draw(st.none() | st.sampled_from(Mode)),
    )  # fmt: skip
    return policies.policy(
        listed,
        group,
        lesson,
        overrides=tuple(draw(overrides(number)) for number in range(draw(st.integers(0, 2)))),
        corrections=tuple(
            Correction("c", host, draw(categories), "w", ("d",), draw(st.sampled_from(OF_SCHOOLS)))
            for host in draw(few)
        ),
        pass_lists={"pass": tuple(PassEntry(host, "pass", 1) for host in draw(few))},
        gateway_names=dict.fromkeys(draw(few), "block page"),
        engines={"google": GOOGLE, "youtube": YOUTUBE},
        engine_hosts=dict.fromkeys(draw(few), draw(st.sampled_from(["google", "youtube"]))),
    )


@st.composite
def attempts(draw):
    host, stage = draw(hosts), draw(st.sampled_from(Stage))
    url = None
    if stage is Stage.HTTP and draw(st.booleans()) and host != ".":
        url = parse_url(
            f"https://{f'[{host}]' if ':' in host else host}/{draw(st.sampled_from(['', 'a', 'search?q=1']))}"
        )
    traits = draw(st.frozensets(st.sampled_from(Trait), max_size=2))
    method = draw(st.sampled_from(["A", "HTTPS", "GET"]))
    return Attempt(
        draw(st.sampled_from(["192.0.2.7", "192.0.2.8"])), stage, host, url, method=method,
        referring_host=draw(st.sampled_from(["", "games.example"])), traits=traits,
    )  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(schools(), st.lists(st.tuples(attempts(), moments), min_size=1, max_size=8), st.booleans())
def test_every_verdict_is_the_one_that_the_pipeline_gives(rules, asked, inspectable):
    pupil = replace(PUPIL, scopes=("period-3", *PUPIL.scopes), inspectable=inspectable)
    view = view_for(rules, pupil)
    unspoken = Unspoken(rules, view)
    for attempt, at in asked:
        request = Request(attempt, pupil, at.astimezone(rules.zone))
        assert unspoken.verdict(request, at) == decide(request, rules)


@settings(max_examples=400, deadline=None)
@given(schools(), st.lists(st.tuples(attempts(), moments), min_size=1, max_size=8), st.booleans())
def test_what_the_pages_of_a_host_share_is_what_the_pipeline_gives_each(rules, asked, inspectable):
    pupil = replace(PUPIL, scopes=("period-3", *PUPIL.scopes), inspectable=inspectable)
    unspoken = Unspoken(rules, view_for(rules, pupil))
    for attempt, at in asked:
        if attempt.stage is Stage.HTTP and attempt.url is not None:
            shared = unspoken.of_page(attempt.host, attempt.url, attempt.traits, at)
            request = Request(attempt, pupil, at.astimezone(rules.zone))
            assert shared is None or shared == decide(request, rules)


def test_pages_share_a_verdict_only_where_no_list_knows_one_of_them():
    rules = policies.policy({"mixed.example/games": ["games"], "games.example": ["games"]})
    unspoken = Unspoken(rules, view_for(rules, PUPIL))
    hosts = ("learn.example", "mixed.example", "games.example", "www.games.example")
    pages = [parse_url(f"https://{host}/{path}") for host in hosts for path in ("maths", "games")]
    shared = [unspoken.of_page(page.host, page, frozenset(), NOON) for page in pages]
    assert [one is not None for one in shared] == [True, True, True, False, False, False, False, False]


def test_what_is_remembered_of_hosts_with_pages_is_bounded():
    rules = policies.policy()
    unspoken = Unspoken(rules, view_for(rules, PUPIL))
    page = parse_url("https://h.example/")
    for number in range(2 * MAX_PAGED + 1):
        assert unspoken.of_page(f"h{number}.example", page, frozenset(), NOON) is not None
    assert len(unspoken._paged) <= MAX_PAGED


@settings(max_examples=400, deadline=None)
@given(schools(), st.lists(st.tuples(hosts, moments), min_size=1, max_size=8), st.booleans())
def test_what_hosts_listed_alike_share_is_what_the_pipeline_gives_each(rules, asked, inspectable):
    pupil = replace(PUPIL, scopes=("period-3", *PUPIL.scopes), inspectable=inspectable)
    view = view_for(rules, pupil)
    unspoken = Unspoken(rules, view)
    for host, at in asked:
        found = rules.listings.for_host(host)
        if found and unspoken.is_in_no_rule(host):
            listed = unspoken.listed(host, found, at)
            if listed is not None:
                request = Request(Attempt("192.0.2.7", Stage.DNS, host), pupil, at.astimezone(rules.zone))
                assert listed.on(found[listed.at]) == decide(request, rules)


def test_hosts_that_are_listed_alike_share_all_but_the_line():
    rules = policies.policy(
        {
            "a.example": ["games"],
            "b.test": ["games"],
            "c.test": ["pornography", "games"],
            "d.test": ["education"],
        }
    )
    unspoken = Unspoken(rules, view_for(rules, PUPIL))
    shared = {}
    for host in ("a.example", "www.b.test", "c.test", "d.test"):
        request, at = ask(host)
        found = rules.listings.for_host(host)
        shared[host] = listed = unspoken.listed(host, found, at)
        if listed is not None:
            assert listed.on(found[listed.at]) == decide(request, rules)
    assert shared["a.example"] is shared["www.b.test"] is not None
    assert shared["c.test"] not in (None, shared["a.example"])
    assert shared["d.test"] is None  # open


def ask(host, at="10:40"):
    request = policies.asks(host, at=at)
    return request, request.at.astimezone(UTC)


def plain(**more):
    rules = policies.policy({"games.example": ["games"]}, **more)
    return Unspoken(rules, view_for(rules, PUPIL))


def test_hosts_that_nothing_speaks_of_share_one_verdict():
    unspoken = plain()
    first, second = (unspoken.verdict(*ask(host)) for host in ("a.example", "b.c.test"))
    assert first is second
    assert unspoken.verdict(*ask("games.example")).action is Action.BLOCK


def test_the_shared_verdict_ends_when_a_schedule_of_the_view_does():
    lesson = Scope("period-3", "class", "P", "pupils", 3, schedule=LUNCH, mode=Mode.ALLOW_ONLY)
    rules = policies.policy({}, lesson)
    unspoken = Unspoken(rules, view_for(rules, replace(PUPIL, scopes=("period-3", *PUPIL.scopes))))
    seen = [
        unspoken.verdict(*ask("a.example", clock)).action for clock in ("11:59", "12:00", "12:30", "11:59")
    ]
    assert seen == [Action.ALLOW, Action.BLOCK, Action.ALLOW, Action.ALLOW]


def test_each_function_that_is_asked_about_a_host_says_which_names_it_knows():
    conclusion = {safe_search, handling_of, open_below, next_change}
    assert {function for function, _ in WHAT_SPEAKS} == {*CHECKS, *conclusion}


def test_each_table_of_a_policy_is_looked_up_by_host_as_declared_or_by_something_else():
    """A new field of a policy or view belongs into one of the two: what a check looks hosts up in must stand
    in `WHAT_SPEAKS` as well, or it would be passed over for hosts that nothing else speaks of."""
    by_host = {"overrides", "school_rules", "passes", "gateway_names", "engine_hosts"}
    by_something_else = {
        "key", "group", "minor", "inspectable", "block_answer", "log", "rules", "modes", "safe_search",
        "schedules", "help", "base", "overlay", "district", "zone", "categories", "scopes", "listings",
        "strictest", "profiles", "networks", "pass_lists", "engines", "corrections", "corrected",
        "corrected_at", "block_ttl_s", "permits",
    }  # fmt: skip
    assert {field.name for field in (*fields(View), *fields(Policy))} == by_host | by_something_else
    full = replace(
        policies.policy(), gateway_names={"g.example": "page"}, engine_hosts={"e.example": "google"}
    )
    view = replace(view_for(full, PUPIL), overrides={"o": ()}, school_rules={"s": ()}, passes={"p": None})
    declared = {id(of(full, view)) for _, speaks in WHAT_SPEAKS for of in speaks}
    tables = (view.overrides, view.school_rules, view.passes, full.gateway_names, full.engine_hosts)
    assert {id(table) for table in tables} <= declared


class Discreet(Attempt):
    """An attempt that tells nothing but what a shared or remembered verdict is kept by."""

    __slots__ = ()

    def __getattribute__(self, name):
        assert name not in {"client", "login", "method", "referring_host"}, f"a check reads {name}"
        return super().__getattribute__(name)


@settings(deadline=None)
@given(schools(), attempts(), moments)
def test_no_check_reads_what_shared_and_remembered_verdicts_are_not_kept_by(rules, attempt, at):
    discreet = Discreet("192.0.2.7", attempt.stage, attempt.host, attempt.url, traits=attempt.traits)
    decide(Request(discreet, PUPIL, at.astimezone(rules.zone)), rules)
    with pytest.raises(AssertionError, match="a check reads method"):
        discreet.method  # noqa: B018  (it could have been noticed)


@pytest.mark.parametrize(
    "named",
    [
        pytest.param({"gateway_names": {"named.example": "page"}}, id="gateway names"),
        pytest.param(PASSED, id="pass-through"),
        pytest.param(
            {"scopes": {"pupils": replace(PUPILS, school_rules=(school_rule("block", "named.example"),))}},
            id="school rules",
        ),
        pytest.param({"engine_hosts": {"named.example": "google"}}, id="search engines"),
        pytest.param(
            {"overrides": (Override("o", Action.ALLOW, Target("named.example"), FOR_PUPILS, "", ""),)},
            id="overrides",
        ),
    ],
)  # fmt: skip
def test_a_name_that_a_rule_knows_is_never_taken_for_unspoken(named):
    assert plain().is_in_no_rule("named.example")
    unspoken = plain(**named)
    assert [unspoken.is_in_no_rule(host) for host in ("named.example", "a.named.example", "example")] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("size", [SMALL, SMALL + 1, MANY + 1])
def test_tables_of_any_size_are_looked_into(size):
    unspoken = plain(gateway_names={f"n{number}.example": "page" for number in range(size)})
    asked = [unspoken.is_in_no_rule(f"n{number}.example") for number in (0, size - 1, size)]
    assert asked == [False, False, True]


@given(st.lists(st.text(alphabet="ab.", max_size=6), max_size=4), st.text(alphabet="ab.", max_size=10))
def test_a_host_is_in_no_rule_when_no_suffix_of_it_is(named, host):
    unspoken = plain(gateway_names=dict.fromkeys(named, "page"), engine_hosts={})
    assert unspoken.is_in_no_rule(host) is set(suffixes(host)).isdisjoint(named)


def test_signals_of_devices_are_no_unspoken_names():
    assert not plain().is_in_no_rule("mask.icloud.com")


class Counted(policies.WrittenListings):
    """Listings that count how often they are asked."""

    asked = 0

    def for_host(self, host):
        self.asked += 1
        return super().for_host(host)


def test_addresses_on_no_list_are_looked_up_once_and_the_memory_of_them_is_bounded():
    listings = Counted({"192.0.2.9": ["games"]})
    known = set()
    rules = replace(policies.policy(), listings=listings)
    unspoken = Unspoken(rules, view_for(rules, PUPIL), known)
    final = frozenset({Trait.FINAL_ADDRESS})
    for _ in range(2):
        assert [bool(unspoken.listings(one, final)) for one in ("192.0.2.9", "192.0.2.8")] == [True, False]
    assert listings.asked == 3
    for number in range(MAX_UNLISTED + 10):
        unspoken.listings(f"10.0.{number // 256}.{number % 256}", final)
    assert len(known) <= MAX_UNLISTED


@given(st.text(alphabet="ab.", max_size=12))
def test_tails_are_the_suffixes_at_once(name):
    assert tails(name) == list(suffixes(name))


def test_what_a_schedule_closes_later_is_shared_from_then_on():
    lunch = replace(PUPILS, rules=(rule("games", schedule=LUNCH, scope="pupils"),))
    rules = policies.policy({"a.example": ["games"], "b.example": ["games"]}, lunch)
    unspoken = Unspoken(rules, view_for(rules, PUPIL))

    def shared(host, moment):
        found = rules.listings.for_host(host)
        return unspoken.listed(host, found, policies.school_time(moment).astimezone(UTC))

    assert shared("a.example", "10:40") is None
    closed = shared("a.example", "12:10")
    assert closed is not None
    assert shared("b.example", "12:11") is closed
    assert shared("b.example", "13:40") is None

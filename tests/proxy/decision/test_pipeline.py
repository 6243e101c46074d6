from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from policies import (
    LUNCH,
    PUPIL,
    PUPILS,
    TEACHER,
    asks,
    policy,
    rule,
    school_rule,
    school_time,
)
from proxy.decision.permits import Permit
from proxy.decision.pipeline import CHECKS, decide, stands, strictest
from proxy.decision.policy import Audience, Correction, Mode, Override, PassEntry, Scope, Target
from proxy.decision.request import Stage, Trait
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.verdict import Action, Basis, Handling, Reason

FOR_PUPILS = Audience(groups=frozenset({"pupils"}))


def override(target, action=Action.ALLOW, audience=FOR_PUPILS, **more):
    return Override("o-1", action, target, audience, "unit on optics", "Mr Reed", **more)


def answer(request, rules):
    verdict = decide(request, rules)
    return verdict.action, verdict.reason


def test_the_order_of_the_checks_is_written_down_once():
    assert [check.__name__ for check in CHECKS] == [
        "required",
        "gateway_names",
        "device_signals",
        "way_around",
        "protocol",
        "override",
        "school_rules",
        "stand_in",
        "listed_category",
        "unlisted",
        "logged_category",
        "open_category",
    ]


def test_a_name_nobody_speaks_of_is_open():
    verdict = decide(asks("learn.example"), policy())
    assert (verdict.action, verdict.reason, verdict.check) == (Action.ALLOW, Reason.DEFAULT, "default")
    assert (verdict.base, verdict.overlay, verdict.until) == (7, 3, None)


def test_a_listed_name_and_all_below_it_are_blocked_with_list_and_line():
    verdict = decide(
        asks("play.games.example"), policy({"other.example": ["social"], "games.example": ["games"]})
    )
    assert (verdict.action, verdict.reason, verdict.check) == (
        Action.BLOCK,
        Reason.CATEGORY,
        "listed_category",
    )
    evidence = verdict.evidence
    assert (evidence.category, evidence.basis) == ("games", Basis.LOCAL)
    assert (evidence.list_id, evidence.line, evidence.rule) == ("games-list", 2, "games.example")
    assert verdict.explanation == "games.example is listed under Games in games-list."


def test_a_group_without_a_rule_for_a_category_is_not_stopped_by_it_and_is_told_where_it_is_listed():
    verdict = decide(asks("games.example", who=TEACHER), policy({"games.example": ["games"]}))
    assert (verdict.action, verdict.reason) == (Action.ALLOW, Reason.OPEN_CATEGORY)
    assert (
        verdict.explanation
        == "games.example is listed under Games in games-list; that category is open here."
    )


class TestOrder:
    """A test for each reason that the pipeline gives for its order."""

    def test_the_gateways_own_pages_stay_open_even_when_listed(self):
        listed = policy({"school.example": ["games"]})
        assert answer(asks("block.school.example"), listed) == (Action.ALLOW, Reason.GATEWAY_NAME)

    def test_calling_a_site_the_gateways_own_does_not_open_the_floor(self):
        rules = policy({"adult.example": ["pornography"]}, gateway_names={"adult.example": "our console"})
        assert answer(asks("adult.example"), rules) == (Action.BLOCK, Reason.FLOOR)
        verdict = decide(asks("adult.example", stage=Stage.TLS), rules)
        assert (verdict.reason, verdict.handling) == (Reason.FLOOR, Handling.INSPECT)

    def test_nothing_a_person_writes_opens_the_floor(self):
        group = replace(PUPILS, school_rules=(school_rule("allow", "adult.example"),))
        rules = policy(
            {"adult.example": ["pornography"]}, group, overrides=(override(Target("adult.example")),)
        )
        verdict = decide(asks("www.adult.example"), rules)
        assert (verdict.action, verdict.reason) == (Action.BLOCK, Reason.FLOOR)
        assert verdict.evidence.basis is Basis.CIPA
        assert "Federal law (CIPA)" in verdict.explanation

    def test_a_device_signal_cannot_be_allowed_by_the_school(self):
        group = replace(PUPILS, school_rules=(school_rule("allow", "icloud.com"),))
        assert answer(asks("mask.icloud.com"), policy({}, group)) == (Action.BLOCK, Reason.DEVICE_SIGNAL)
        assert answer(asks("www.icloud.com"), policy({}, group)) == (Action.ALLOW, Reason.SCHOOL_RULE)

    def test_a_connection_that_hides_its_name_is_not_what_was_approved(self):
        rules = policy(overrides=(override(Target("192.0.2.1")),))
        hidden = asks("192.0.2.1", stage=Stage.TLS, traits=[Trait.NO_SNI])
        assert answer(hidden, rules) == (Action.BLOCK, Reason.PROTOCOL)

    def test_what_a_connection_was_says_more_than_that_it_is_no_tls(self):
        verdict = decide(self.ssh([Trait.NOT_TLS]), policy())
        assert (verdict.reason, verdict.evidence.rule) == (Reason.WAY_AROUND, "tunnel.ssh")

    def test_a_permit_opens_nothing_that_cannot_be_judged(self):
        permit = Permit("it", "tunnel", "network office", "support")
        rules = policy({}, replace(PUPILS, permits=(permit,)))
        assert answer(self.ssh([Trait.NOT_TLS]), rules) == (Action.BLOCK, Reason.PROTOCOL)
        assert answer(self.ssh([]), rules) == (Action.ALLOW, Reason.DEFAULT)

    def ssh(self, traits):
        sign = Sign("tunnel.ssh", Nature.ANONYMIZER, Consequence.INCIDENT, 0.97, "A terminal elsewhere.")
        request = asks("ssh.example", stage=Stage.TLS, traits=traits)
        return replace(request, attempt=replace(request.attempt, signs=(sign,)))

    def test_an_approved_request_outranks_the_schools_standing_list(self):
        group = replace(PUPILS, school_rules=(school_rule("block", "optics.example"),))
        rules = policy({}, group, overrides=(override(Target("optics.example")),))
        assert answer(asks("optics.example"), rules) == (Action.ALLOW, Reason.OVERRIDE)

    def test_the_schools_word_outranks_a_list_from_outside(self):
        group = replace(PUPILS, school_rules=(school_rule("allow", "chess.example"),))
        rules = policy({"chess.example": ["games"]}, group)
        assert answer(asks("chess.example"), rules) == (Action.ALLOW, Reason.SCHOOL_RULE)

    def test_the_reason_given_is_the_list_rather_than_the_mode(self):
        group = replace(PUPILS, mode=Mode.ALLOW_ONLY)
        assert (
            answer(asks("games.example"), policy({"games.example": ["games"]}, group))[1] is Reason.CATEGORY
        )

    def test_a_log_rule_marks_only_what_nothing_else_stops(self):
        group = replace(PUPILS, rules=(rule("social", "log"), rule("games")))
        rules = policy({"both.example": ["social", "games"], "one.example": ["social"]}, group)
        assert answer(asks("both.example"), rules) == (Action.BLOCK, Reason.CATEGORY)
        assert answer(asks("one.example"), rules) == (Action.ALLOW, Reason.LOGGED_CATEGORY)


class TestSchedules:
    def rules(self):
        at_lunch = rule("games", "allow", LUNCH)
        return policy({"games.example": ["games"]}, replace(PUPILS, rules=(at_lunch, rule("games"))))

    @pytest.mark.parametrize(
        ("clock", "expected", "until"),
        [
            pytest.param("11:59", Action.BLOCK, "12:00", id="lesson"),
            pytest.param("12:00", Action.ALLOW, "12:30", id="lunch"),
        ],
    )
    def test_games_open_only_during_lunch_and_the_verdict_ends_with_it(self, clock, expected, until):
        verdict = decide(asks("games.example", at=clock), self.rules())
        assert verdict.action is expected
        assert verdict.until == school_time(until)

    def test_after_lunch_the_next_change_is_the_next_lunch(self):
        verdict = decide(asks("games.example", at="12:30"), self.rules())
        assert verdict.until == school_time("12:00", date(2026, 11, 24))

    def test_a_lesson_scope_counts_only_during_the_lesson(self):
        lesson = Scope(
            "period-3", "class", "Period 3", parent="pupils", depth=3, schedule=LUNCH, mode=Mode.ALLOW_ONLY,
            school_rules=(school_rule("allow", "lab.example", scope="period-3", depth=3),),
        )  # fmt: skip
        rules = policy({}, lesson)
        pupil = replace(PUPIL, scopes=("period-3", *PUPIL.scopes))
        assert answer(asks("news.example", who=pupil, at="12:10"), rules) == (Action.BLOCK, Reason.ALLOW_ONLY)
        assert answer(asks("lab.example", who=pupil, at="12:10"), rules) == (Action.ALLOW, Reason.SCHOOL_RULE)
        assert answer(asks("news.example", who=pupil, at="12:30"), rules) == (Action.ALLOW, Reason.DEFAULT)
        assert decide(asks("news.example", who=pupil, at="11:00"), rules).until == school_time("12:00")


class TestInheritance:
    def test_the_most_specific_scope_with_a_rule_counts(self):
        school = Scope(
            "school", "school", "Oak School", "district", 1, rules=(rule("health", scope="school"),)
        )
        group = replace(PUPILS, rules=(rule("health", "allow"),))
        listed = {"clinic.example": ["health"]}
        assert answer(asks("clinic.example"), policy(listed, school, group))[0] is Action.ALLOW
        assert answer(asks("clinic.example", who=TEACHER), policy(listed, school, group))[0] is Action.BLOCK

    def test_a_profiles_default_yields_to_any_scope(self):
        rules = policy({"clinic.example": ["health"]}, profiles={"middle": (rule("health", scope="middle"),)})
        assert answer(asks("clinic.example"), rules)[0] is Action.BLOCK
        opened = replace(
            rules, scopes=rules.scopes | {"pupils": replace(PUPILS, rules=(rule("health", "allow"),))}
        )
        assert answer(asks("clinic.example"), opened)[0] is Action.ALLOW

    def test_of_school_rules_the_more_precise_target_wins_then_the_closer_scope_then_the_block(self):
        district = Scope(
            "district", "district", "District", "", 0,
            school_rules=(
                school_rule("allow", "learn.video.example", scope="district", depth=0),
                school_rule("block", "near.example", scope="district", depth=0),
                school_rule("allow", "tie.example", scope="district", depth=0),
                school_rule("block", "tie.example", scope="district", depth=0),
            ),
        )  # fmt: skip
        group = replace(
            PUPILS, school_rules=(school_rule("block", "video.example"), school_rule("allow", "near.example"))
        )
        rules = policy({}, district, group)
        assert answer(asks("learn.video.example"), rules)[0] is Action.ALLOW
        assert answer(asks("video.example"), rules)[0] is Action.BLOCK
        assert answer(asks("near.example"), rules)[0] is Action.ALLOW
        assert answer(asks("tie.example"), rules)[0] is Action.BLOCK

    def test_a_school_rule_ends_after_its_last_day_in_school_time(self):
        group = replace(PUPILS, school_rules=(school_rule("block", "fair.example", ends=date(2026, 11, 23)),))
        rules = policy({}, group)
        verdict = decide(asks("fair.example", at="23:59"), rules)
        assert verdict.action is Action.BLOCK
        assert verdict.until == school_time("00:00", date(2026, 11, 24))
        assert (
            decide(asks("fair.example", at=school_time("00:00", date(2026, 11, 24))), rules).action
            is Action.ALLOW
        )


class TestOverrides:
    def test_an_override_ends_by_itself_at_its_end(self):
        end = school_time("15:00")
        rules = policy(
            {"optics.example": ["games"]}, overrides=(override(Target("optics.example"), ends=end),)
        )
        verdict = decide(asks("optics.example", at="14:59"), rules)
        assert (verdict.action, verdict.until) == (Action.ALLOW, end)
        assert decide(asks("optics.example", at="15:00"), rules).action is Action.BLOCK

    def test_an_override_begins_at_its_beginning(self):
        begin = school_time("11:00")
        rules = policy(
            {"optics.example": ["games"]}, overrides=(override(Target("optics.example"), begins=begin),)
        )
        verdict = decide(asks("optics.example"), rules)
        assert (verdict.action, verdict.until) == (Action.BLOCK, begin)

    @pytest.mark.parametrize(
        ("audience", "expected"),
        [
            pytest.param(Audience(subjects=frozenset({"p-1"})), Action.ALLOW, id="the person"),
            pytest.param(Audience(subjects=frozenset({"p-2"})), Action.BLOCK, id="another person"),
            pytest.param(Audience(classes=frozenset({"period-3"})), Action.ALLOW, id="the class"),
            pytest.param(Audience(grades=frozenset({"07"})), Action.ALLOW, id="the grade"),
            pytest.param(Audience(groups=frozenset({"staff"})), Action.BLOCK, id="another group"),
            pytest.param(Audience(schools=frozenset({"school"})), Action.ALLOW, id="the school"),
            pytest.param(Audience(), Action.BLOCK, id="nobody"),
        ],
    )
    def test_an_override_is_for_its_audience_only(self, audience, expected):
        rules = policy(
            {"optics.example": ["games"]}, overrides=(override(Target("optics.example"), audience=audience),)
        )
        assert decide(asks("optics.example"), rules).action is expected

    def test_an_unidentified_client_is_no_subject_of_an_override_for_persons(self):
        nobody = replace(PUPIL, id="", grade="", school="", classes=())
        audience = Audience(subjects=frozenset({""}), grades=frozenset({""}), schools=frozenset({""}))
        rules = policy(
            {"a.example": ["games"]}, overrides=(override(Target("a.example"), audience=audience),)
        )
        assert decide(asks("a.example", who=nobody), rules).action is Action.BLOCK

    def test_an_unidentified_client_counts_as_one_of_its_networks_group_only(self):
        nobody = replace(PUPIL, id="", grade="", classes=())
        for audience, expected in (
            (Audience(schools=frozenset({"school"})), Action.BLOCK),
            (Audience(groups=frozenset({"pupils"})), Action.ALLOW),
        ):
            rules = policy(
                {"a.example": ["games"]}, overrides=(override(Target("a.example"), audience=audience),)
            )
            assert decide(asks("a.example", who=nobody), rules).action is expected


class TestOneUrlUnderAHost:
    LABS = Target("physics.example", "/labs")

    def rules(self, **more):
        return policy({"physics.example": ["games"]}, overrides=(override(self.LABS),), **more)

    def test_the_resolver_lets_an_inspected_device_reach_the_host(self):
        verdict = decide(asks("physics.example"), self.rules())
        assert (verdict.action, verdict.reason) == (Action.ALLOW, Reason.URL_RULE_BELOW)
        assert verdict.handling is Handling.INSPECT
        assert "physics.example/labs" in verdict.explanation

    def test_the_proxy_decides_by_url(self):
        assert answer(asks("https://physics.example/labs/1"), self.rules()) == (Action.ALLOW, Reason.OVERRIDE)
        assert answer(asks("https://physics.example/games"), self.rules()) == (Action.BLOCK, Reason.CATEGORY)
        assert answer(asks("https://physics.example/labs/../games"), self.rules())[0] is Action.BLOCK

    def test_a_device_that_cannot_be_inspected_stays_blocked_and_is_told_why(self):
        verdict = decide(asks("physics.example", who=replace(PUPIL, inspectable=False)), self.rules())
        assert (verdict.action, verdict.handling) == (Action.BLOCK, Handling.NAME_ONLY)
        assert "this device is not inspected" in verdict.explanation

    def test_an_exact_page_opens_that_page_alone(self):
        page = Target("physics.example", "/labs", exact=True)
        rules = policy({"physics.example": ["games"]}, overrides=(override(page),))
        assert decide(asks("https://physics.example/labs"), rules).action is Action.ALLOW
        assert decide(asks("https://physics.example/labs/1"), rules).action is Action.BLOCK

    def test_a_url_rule_never_opens_a_floor_host(self):
        rules = policy({"physics.example": ["pornography"]}, overrides=(override(self.LABS),))
        for request in (asks("physics.example"), asks("https://physics.example/labs")):
            assert answer(request, rules) == (Action.BLOCK, Reason.FLOOR)

    def test_a_blocked_url_on_an_open_host_is_inspected_never_passed(self):
        rules = policy(
            {"sites.example/games": ["games"]},
            replace(PUPILS, pass_lists=("vendor",)),
            pass_lists={"vendor": (PassEntry("example", "vendor", 1),)},
        )
        assert decide(asks("sites.example"), rules).handling is Handling.INSPECT
        assert decide(asks("other.example"), rules).handling is Handling.PASS
        assert decide(asks("https://sites.example/games/1"), rules).action is Action.BLOCK
        assert decide(asks("https://sites.example/maths"), rules).action is Action.ALLOW

    def test_pass_through_never_hides_a_floor_listing(self):
        rules = policy(
            {"cdn.example/x": ["pornography"], "bad.example": ["pornography"]},
            replace(PUPILS, pass_lists=("vendor",)),
            pass_lists={"vendor": (PassEntry("example", "vendor", 1),)},
        )
        assert decide(asks("cdn.example", stage=Stage.TLS), rules).handling is Handling.INSPECT
        assert decide(asks("bad.example", stage=Stage.TLS), rules).action is Action.BLOCK


class TestSafeSearch:
    ON = replace(PUPILS, safe_search={"google": "strict", "youtube": "moderate"})

    def test_names_are_answered_as_the_restricted_service(self):
        verdict = decide(asks("www.google.com"), policy({}, self.ON))
        assert (verdict.action, verdict.rewrite) == (Action.REWRITE, "forcesafesearch.google.com")
        assert verdict.evidence.rule == "google:strict"

    def test_searches_are_rewritten_and_other_pages_are_not(self):
        rules = policy({}, self.ON)
        assert decide(asks("https://www.google.com/search?q=a"), rules).action is Action.REWRITE
        assert decide(asks("https://www.google.com/maps"), rules).action is Action.ALLOW
        assert decide(asks("https://www.youtube.com/watch"), rules).action is Action.REWRITE

    def test_a_school_allow_rule_does_not_switch_safe_search_off(self):
        group = replace(self.ON, school_rules=(school_rule("allow", "google.com"),))
        assert decide(asks("www.google.com"), policy({}, group)).action is Action.REWRITE

    def test_a_blocked_engine_is_blocked(self):
        rules = policy({"google.com": ["social"]}, self.ON)
        assert decide(asks("www.google.com"), rules).action is Action.BLOCK

    def test_the_handshake_is_inspected_even_for_a_passed_name(self):
        rules = policy(
            {},
            replace(self.ON, pass_lists=("v",)),
            pass_lists={"v": (PassEntry("google.com", "v", 1),)},
        )
        assert decide(asks("www.google.com", stage=Stage.TLS), rules).handling is Handling.INSPECT

    def test_a_group_may_turn_one_engine_off(self):
        group = replace(self.ON, safe_search={"google": "off"})
        assert decide(asks("www.google.com"), policy({}, group)).action is Action.ALLOW


class TestModes:
    def test_allow_only_opens_what_a_scope_opens_and_nothing_else(self):
        group = replace(
            PUPILS,
            mode=Mode.ALLOW_ONLY,
            rules=(rule("education", "allow", scope="pupils"),),
            school_rules=(school_rule("allow", "lab.example"),),
        )
        rules = policy({"wiki.example": ["education"], "clinic.example": ["health"]}, group)
        assert answer(asks("wiki.example"), rules)[0] is Action.ALLOW
        assert answer(asks("lab.example"), rules) == (Action.ALLOW, Reason.SCHOOL_RULE)
        assert answer(asks("clinic.example"), rules) == (Action.BLOCK, Reason.ALLOW_ONLY)

    def test_block_uncategorised_opens_what_is_sorted(self):
        rules = policy({"clinic.example": ["health"]}, replace(PUPILS, mode=Mode.BLOCK_UNCATEGORISED))
        assert answer(asks("clinic.example"), rules)[0] is Action.ALLOW
        assert answer(asks("new.example"), rules) == (Action.BLOCK, Reason.UNCATEGORISED)

    @pytest.mark.parametrize("trait", [Trait.ALIAS_TARGET, Trait.FINAL_ADDRESS])
    def test_aliases_and_addresses_behind_a_judged_name_need_no_opening(self, trait):
        rules = policy({}, replace(PUPILS, mode=Mode.ALLOW_ONLY))
        assert answer(asks("192.0.2.1", traits=[trait]), rules)[0] is Action.ALLOW


class TestCorrections:
    def test_a_correction_takes_a_name_out_of_one_category_for_good(self):
        mended = Correction("c-1", "art.example", "pornography", "a museum", ("a", "b"))
        rules = policy({"art.example": ["pornography", "games"]}, corrections=(mended,))
        verdict = decide(asks("www.art.example"), rules)
        assert (verdict.action, verdict.evidence.category) == (Action.BLOCK, "games")
        assert decide(asks("example"), rules).action is Action.ALLOW

    def test_a_correction_leaves_what_is_listed_by_itself_below_the_name(self):
        mended = Correction("c-1", "blogs.example", "pornography", "a host of blogs", ("a", "b"))
        rules = policy(
            {
                "blogs.example": ["pornography"],
                "hot.blogs.example": ["pornography"],
                "www.blogs.example": ["pornography"],
            },
            corrections=(mended,),
        )
        assert decide(asks("maths.blogs.example"), rules).action is Action.ALLOW
        assert decide(asks("www.blogs.example"), rules).action is Action.ALLOW
        assert decide(asks("hot.blogs.example"), rules).reason is Reason.FLOOR

    def test_a_correction_of_a_page_below_does_not_open_the_site(self):
        mended = Correction("c-1", "museum.art.example", "pornography", "a museum", ("a", "b"))
        rules = policy({"art.example": ["pornography"]}, corrections=(mended,))
        assert decide(asks("art.example"), rules).action is Action.BLOCK
        assert decide(asks("museum.art.example"), rules).action is Action.ALLOW

    @pytest.mark.parametrize(("school", "expected"), [
        pytest.param("school", Action.ALLOW, id="of the school"),
        pytest.param("maple", Action.BLOCK, id="of another one"),
        pytest.param("", Action.BLOCK, id="of none"),
    ])  # fmt: skip
    def test_a_correction_of_one_school_holds_for_who_belongs_to_it(self, school, expected):
        ours = Correction("c-1", "art.example", "pornography", "a museum", ("a", "b"), frozenset({"school"}))
        rules = policy({"art.example": ["pornography"]}, corrections=(ours,))
        assert decide(asks("art.example", who=replace(PUPIL, school=school)), rules).action is expected
        unnamed = replace(PUPIL, id="", grade="", classes=(), school=school)
        assert decide(asks("www.art.example", who=unnamed), rules).action is expected


class TestWithinASchool:
    """An override for a grade, a group or a class can be confined to one school."""

    @pytest.mark.parametrize("named", [{"grades": "07"}, {"groups": "pupils"}, {"classes": "period-3"}])
    @pytest.mark.parametrize(("school", "expected"), [("school", Action.ALLOW), ("maple", Action.BLOCK)])
    def test_only_who_belongs_to_it_is_meant(self, named, school, expected):
        ids = {kind: frozenset({id_}) for kind, id_ in named.items()}
        whom = Audience(**ids, within=frozenset({"school"}))
        opened = Override("o-1", Action.ALLOW, Target("games.example"), whom, "lesson", "reviewer")
        rules = policy({"games.example": ["games"]}, overrides=(opened,))
        assert decide(asks("games.example", who=replace(PUPIL, school=school)), rules).action is expected

    def test_who_is_named_alone_is_meant_wherever_they_are(self):
        whom = Audience(frozenset({"p-1"}), grades=frozenset({"09"}), within=frozenset({"school"}))
        assert whom.includes(replace(PUPIL, school="maple"))
        assert not whom.includes(replace(PUPIL, school="maple", id="p-2", grade="09"))


def test_of_several_names_on_one_connection_the_strictest_verdict_binds():
    rules = policy({"games.example": ["games"], "adult.example": ["pornography"]})
    allowed, games, adult = (decide(asks(h), rules) for h in ("a.example", "games.example", "adult.example"))
    assert strictest([allowed, games]) is games
    assert strictest([games, adult, allowed]) is adult
    with pytest.raises(ValueError, match="empty"):
        strictest([])


def test_a_deliberately_opened_name_is_not_closed_by_a_list_behind_it_but_by_the_floor():
    rules = policy(
        {"host.example": ["games"], "bad.example": ["pornography"]},
        replace(PUPILS, school_rules=(school_rule("allow", "lab.example"),)),
    )
    opened, plain = decide(asks("lab.example"), rules), decide(asks("other.example"), rules)
    games = decide(asks("host.example", traits=[Trait.ALIAS_TARGET]), rules)
    floor = decide(asks("bad.example", traits=[Trait.ALIAS_TARGET]), rules)
    assert [stands(opened, games), stands(plain, games), stands(opened, floor), stands(plain, opened)] == [
        False,
        True,
        True,
        False,
    ]


def test_until_is_never_in_the_past():
    rules = policy(overrides=(override(Target("a.example"), ends=datetime(2020, 1, 1, tzinfo=UTC)),))
    assert decide(asks("a.example"), rules).until is None

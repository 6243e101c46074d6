"""How an incident ends, by the forms on its page."""

import re
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import connection

from acts_seen import act, seen
from found_incidents import Act
from proxy.console.audit.models import AuditRecord
from proxy.console.incidents import desk, offers
from proxy.console.incidents.acts import Acts
from proxy.console.incidents.models import Pardon
from proxy.console.incidents.states import State
from proxy.console.people.duties import DutyKind
from proxy.console.review.models import Permitted
from proxy.console.site import clock
from proxy.incidents.told import Told
from review_office import MONDAY

HOUR = timedelta(hours=1)
CAUSES = {"end-ruled_out": ["0", "1"]}


def text(answer):
    return answer.content.decode()


def press(school, found, step, by=None, **fields):
    fields = {"seen": last(found), **fields} if step == "take-up" else fields
    return school.browser(by or school.safeguarding).post(f"/incidents/{found.pk}/{step}/", fields)


def end(school, found, outcome, by=None, **fields):
    said = {"end-outcome": outcome, "end-words": "We talked.", **shown(found), "end-seen": last(found)}
    return press(school, found, "end", by, **{**said, **fields})


def shown(found, of="end"):
    """What the page shows and presets of what can follow."""
    return {
        f"{of}-pardon_at": list(offers.places(found).by_value()),
        f"{of}-what": [offers.ways(found)[0].value], f"{of}-pardon_for": "who", f"{of}-permit_for": "who",
        f"{of}-acts": offers.acts_of(found),
    }  # fmt: skip


def last(found):
    return found.moves.order_by("-pk").values_list("pk", flat=True).first() or 0


@pytest.fixture
def found(school):
    return school.taken(Act(technique="dns.doh", host="doh.example"), about=school.student)


def test_taken_up_put_back_and_taken_up_by_a_colleague(school):
    found = school.incident()
    assert press(school, found, "take-up").status_code == 302
    assert "End the incident" in text(school.browser(school.safeguarding).get(f"/incidents/{found.pk}/"))
    assert press(school, found, "give-back", **{"back-note": "ill"}).status_code == 302
    found.refresh_from_db()
    assert State(found.state) is State.OPEN
    assert press(school, found, "take-up", school.safeguarding_b).status_code == 302
    found.refresh_from_db()
    assert found.holder == school.safeguarding_b


@pytest.mark.parametrize("seen", ["0", "", "x", "9" * 19], ids=["none", "empty", "no number", "too long"])
def test_of_two_who_take_it_up_at_once_one_has_it_and_the_other_is_told(school, seen):
    found = school.incident()
    page = text(school.browser(school.safeguarding_b).get(f"/incidents/{found.pk}/"))
    assert '<input type="hidden" name="seen" value="0">' in page
    assert press(school, found, "take-up").status_code == 302

    answer = press(school, found, "take-up", school.safeguarding_b, seen=seen)
    assert answer.status_code == 409
    assert "Somebody else has changed this incident meanwhile." in text(answer)
    assert f'<input type="hidden" name="seen" value="{last(found)}">' in text(answer)
    found.refresh_from_db()
    assert (found.holder, found.moves.count()) == (school.safeguarding, 1)


@pytest.mark.parametrize("outcome", ["confirmed", "innocent", "unclear"])
def test_it_ends_with_words(school, found, outcome):
    answer = end(school, found, outcome, **CAUSES)
    assert answer.status_code == 302
    found.refresh_from_db()
    assert (found.state, found.ended_by) == (outcome, school.safeguarding)
    assert found.words.startswith("We talked.")
    assert "- a lesson in which" in found.words
    assert AuditRecord.objects.filter(about=f"incident:{found.pk}").count() == 2
    assert (Pardon.objects.count(), Permitted.objects.count()) == (0, 0)


def test_confirmed_needs_a_look_at_every_innocent_cause(school, found):
    answer = end(school, found, "confirmed", **{"end-ruled_out": ["0"]})
    assert answer.status_code == 422
    assert "Go through every one of them first." in text(answer)
    assert "We talked." in text(answer)


def test_without_words_or_outcome_it_does_not_end(school, found):
    assert end(school, found, "unclear", **{"end-words": " "}).status_code == 422
    assert end(school, found, "").status_code == 422
    assert end(school, found, "open").status_code == 422
    found.refresh_from_db()
    assert State(found.state) is State.UNDER_REVIEW


def test_innocent_can_be_not_counted_again(school, found):
    answer = end(school, found, "innocent", **{"end-pardon": "on"})
    assert answer.status_code == 302
    pardon = Pardon.objects.get()
    assert (pardon.techniques, pardon.site, pardon.audience, pardon.ends) == (
        ["dns"],
        "doh.example",
        {"who": [found.who]},
        None,
    )
    assert Permitted.objects.count() == 0


def test_all_sites_and_every_way_around_there_are_preset(school):
    found = school.taken(
        Act(technique="dns.doh", host="doh.example"), Act(technique="webproxy.bare", host="doh.example"),
        Act(technique="vpn.app", host="vpn.example", weight=0.5), about=school.student,
    )  # fmt: skip
    seen = text(school.browser(school.safeguarding).get(f"/incidents/{found.pk}/"))
    for value in ("doh.example dns webproxy", "vpn.example vpn"):
        assert re.search(f'<input[^>]*value="{value}"[^>]*checked', seen)
    assert end(school, found, "innocent", **{"end-pardon": "on"}).status_code == 302
    assert set(Pardon.objects.values_list("site", flat=True)) == {"doh.example", "vpn.example"}
    assert Pardon.objects.get(site="doh.example").techniques == ["dns", "webproxy"]


def test_all_of_sixty_sites_are_preset_told_and_left_uncounted(school):
    acts = [Act(f"s{number}.example", "webproxy.bare", weight=0.5) for number in range(60)]
    found = school.taken(*acts, about=school.student)
    page = school.browser(school.safeguarding).get(f"/incidents/{found.pk}/")
    said = [words for _value, words in page.context["end"].fields["pardon_at"].choices]
    assert (len(said), said[-1]) == (51, "10 further sites, each with everything below it: Web proxy")
    fields = {"end-pardon": "on", "end-pardon_at": page.context["end"]["pardon_at"].value()}
    told = end(school, found, "innocent", **fields, show="1")
    assert (told.context["means"].others, len(told.context["means"].uncounted)) == (10, 50)
    assert end(school, found, "innocent", **fields).status_code == 302
    assert Pardon.objects.count() == 60
    acts = Acts({}, HOUR)
    for number in range(60):
        again = seen("webproxy.bare", MONDAY + HOUR, subject=found.subject, host=f"s{number}.example")
        assert not acts.take(again, Told("webproxy.bare", 1.0, 1.0, {}))


def test_what_was_innocent_does_not_come_back_by_another_technique(school, known_weights):
    found = school.taken(Act(technique="webproxy.ultraviolet", host="games.example"), about=school.student)
    assert end(school, found, "innocent", **{"end-pardon": "on"}).status_code == 302
    again = seen("webproxy.bare", at=MONDAY + HOUR, subject=found.subject)
    other = seen("vpn.wireguard", at=MONDAY + HOUR, subject=found.subject)
    acts = Acts({}, timedelta(hours=1))
    assert not acts.take(again, Told("webproxy.bare", 1.0, 1.0, {}))
    assert acts.take(other, Told("vpn.wireguard", 1.0, 1.0, {}))


class TestWhatThePageShowed:
    """Nobody decides about what came after the page was made."""

    PERMIT: ClassVar = {
        "end-permit": "on", "end-permit_for": "schools:valley-high", "end-permit_ends": "2026-12-18",
        "end-permit_reason": "the networks class",
    }  # fmt: skip

    def test_another_host_is_not_allowed_unseen(self, school, found):
        told = shown(found)
        found.findings.update(host="other.doh.example", weight=1)
        answer = end(school, found, "innocent", **{**self.PERMIT, **told, "end-words": "I wrote this."})
        assert answer.status_code == 409
        page = text(answer)
        assert "More was seen meanwhile than the page showed." in page
        assert "other.doh.example</span> and everything below it" in page
        assert "I wrote this." in page
        assert not Permitted.objects.exists()
        found.refresh_from_db()
        assert State(found.state) is State.UNDER_REVIEW

        fields = {name: answer.context["end"][name].value() for name in ("what", "pardon_at", "acts")}
        again = {f"end-{name}": value for name, value in fields.items()}
        assert end(school, found, "innocent", **{**self.PERMIT, **again}).status_code == 302
        assert Permitted.objects.get().host == "other.doh.example"

    def test_another_way_around_is_not_left_uncounted_unseen(self, school, found):
        told = shown(found)
        act(technique="webproxy.bare", who=found.who, incident=found, site="doh.example", host="doh.example")
        answer = end(school, found, "innocent", **{"end-pardon": "on", **told})
        assert answer.status_code == 409
        assert "Hidden resolver or tunnel in names, Web proxy" in text(answer)
        assert not Pardon.objects.exists()

    @pytest.mark.parametrize("outcome", ["confirmed", "innocent", "unclear"])
    def test_an_act_that_nobody_saw_does_not_end_with_the_others(self, school, found, outcome):
        told = shown(found)
        act(1.0, technique="vpn.wireguard", who=found.who, incident=found, site="", host="")
        answer = end(school, found, outcome, **{**told, **CAUSES, "end-words": "I wrote this."})
        assert answer.status_code == 409
        assert "More was seen meanwhile than the page showed." in text(answer)
        found.refresh_from_db()
        assert State(found.state) is State.UNDER_REVIEW

        again = answer.context["end"]
        assert (again["words"].value(), again["ruled_out"].value()) == ("I wrote this.", None)
        fields = {"end-acts": again["acts"].value(), **CAUSES}
        assert end(school, found, outcome, **fields).status_code == 302

    @pytest.mark.parametrize("acts", ["", "x", "0 0 dns.doh"])
    def test_a_form_that_does_not_say_what_it_showed_ends_nothing(self, school, found, acts):
        assert end(school, found, "unclear", **{"end-acts": acts}).status_code == 409

    def test_what_comes_while_the_page_is_made_was_not_shown(self, school, found):
        waits = [1.0]

        def comes(execute, sql, params, many, context):
            done = execute(sql, params, many, context)
            if waits and '"incidents_finding"' in sql:
                act(waits.pop(), technique="vpn.app", who=found.who, incident=found, site="b.example")
            return done

        browser = school.browser(school.safeguarding)
        with connection.execute_wrapper(comes):
            page = browser.get(f"/incidents/{found.pk}/")
        assert found.findings.count() == 2
        fields = {"end-acts": page.context["end"]["acts"].value()}
        assert end(school, found, "unclear", **fields).status_code == 409

    def test_more_of_the_same_changes_nothing(self, school, found):
        told = shown(found)
        found.findings.update(times=99, last_at=MONDAY + HOUR)
        assert (
            end(school, found, "innocent", **{"end-pardon": "on", **self.PERMIT, **told}).status_code == 302
        )

    def test_it_matters_only_where_something_follows(self, school, found):
        told = shown(found)
        found.findings.update(host="other.doh.example", weight=1)
        assert end(school, found, "unclear", **{**self.PERMIT, **told}).status_code == 302


class TestFollowUp:
    @pytest.fixture
    def innocent(self, school, found):
        end(school, found, "innocent")
        clock.set_to(MONDAY + HOUR)
        return found

    def follow(self, school, found, by=None, **fields):
        said = {"more-words": "It came back.", **shown(found, "more"), "more-seen": last(found)}
        return press(school, found, "follow-up", by, **{**said, **fields})

    def test_a_colleague_adds_what_was_forgotten(self, school, innocent):
        page = text(school.browser(school.safeguarding_b).get(f"/incidents/{innocent.pk}/"))
        assert "Let more follow from it" in page
        answer = self.follow(school, innocent, school.safeguarding_b, **{"more-pardon": "on"})
        assert answer.status_code == 302
        assert Pardon.objects.get().by == school.safeguarding_b
        page = text(school.browser(school.safeguarding).get(f"/incidents/{innocent.pk}/"))
        assert "It came back." in page

    def test_it_needs_words_and_something_that_follows(self, school, innocent):
        answer = self.follow(school, innocent)
        assert answer.status_code == 422
        assert "Choose what follows." in text(answer)
        assert self.follow(school, innocent, **{"more-pardon": "on", "more-words": ""}).status_code == 422
        assert not Pardon.objects.exists()

    def test_whoever_was_slower_sees_what_was_done_and_can_go_on(self, school, innocent):
        before = last(innocent)
        assert self.follow(school, innocent, **{"more-pardon": "on"}).status_code == 302
        answer = self.follow(
            school, innocent, school.safeguarding_b, **{"more-pardon": "on", "more-seen": before}
        )
        assert answer.status_code == 409
        again = answer.context["more"]
        assert (again["seen"].value(), again["words"].value()) == (last(innocent), "It came back.")

    def test_what_it_means_is_shown_first(self, school, innocent):
        said = {
            "more-permit": "on", "more-permit_ends": "2026-12-18", "more-permit_reason": "a lab", "show": "1",
        }  # fmt: skip
        for step in ("follow-up", "means"):
            answer = press(school, innocent, step, **{**shown(innocent, "more"), **said})
            assert answer.status_code == 200
            assert "doh.example</span> and everything below it" in text(answer)
        assert not Permitted.objects.exists()

    def test_what_was_not_innocent_and_who_may_not_have_no_such_form(self, school, innocent):
        confirmed = school.ended(State.CONFIRMED, about=school.student2)
        for found, person in ((confirmed, school.safeguarding), (innocent, school.auditor)):
            page = text(school.browser(person).get(f"/incidents/{found.pk}/"))
            assert "Let more follow from it" not in page
        assert self.follow(school, innocent, school.auditor, **{"more-pardon": "on"}).status_code == 403
        assert self.follow(school, confirmed, **{"more-pardon": "on"}).status_code == 403


def test_innocent_can_be_allowed_until_the_end_of_a_day(school, found):
    fields = {
        "end-permit": "on", "end-permit_for": "schools:valley-high", "end-permit_ends": "2026-12-18",
        "end-permit_reason": "the networks class",
    }  # fmt: skip
    assert end(school, found, "innocent", **fields).status_code == 302
    permit = Permitted.objects.get()
    assert (permit.technique, permit.host, permit.audience) == (
        "dns.doh",
        "doh.example",
        {"schools": ["valley-high"]},
    )
    assert permit.ends.isoformat() == "2026-12-19T06:00:00+00:00"
    assert permit.reason == "the networks class"


def test_what_is_not_counted_is_allowed_with_every_way_of_its_kind(school):
    found = school.taken(Act(technique="webproxy.ultraviolet.url", host="lab.example"), about=school.student)
    page = school.browser(school.safeguarding).get(f"/incidents/{found.pk}/")
    (_one, (value, words)) = page.context["end"].fields["what"].choices
    assert words == "Web proxy (every way of this kind): lab.example and everything below it"
    fields = {
        "end-pardon": "on", "end-permit": "on", "end-permit_ends": "2026-12-18", "end-permit_reason": "a lab",
        "end-what": [value],
    }  # fmt: skip
    assert end(school, found, "innocent", **fields).status_code == 302
    assert Pardon.objects.get().techniques == ["webproxy"]
    assert Permitted.objects.get().technique == "webproxy"


def test_several_ways_at_one_site_are_allowed_by_one_form(school):
    found = school.taken(
        Act("lab.example", "webproxy.bare"), Act("lab.example", "tunnel.websocket"),
        about=school.student,
    )  # fmt: skip
    fields = {"end-permit": "on", "end-permit_ends": "2026-12-18", "end-permit_reason": "a lab"}
    ways = [way.value for way in offers.ways(found)[:2]]
    assert end(school, found, "innocent", **fields, **{"end-what": ways}).status_code == 302
    assert set(Permitted.objects.values_list("technique", flat=True)) == {"webproxy.bare", "tunnel.websocket"}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"end-permit": "on", "end-permit_ends": "2026-12-18", "end-what": []}, "Choose what is allowed."),
        ({"end-permit": "on"}, "What is allowed needs an end."),
        (
            {"end-permit": "on", "end-permit_ends": "2026-12-18", "end-permit_for": ""},
            "Choose for whom.",
        ),
        ({"end-permit": "on", "end-permit_ends": "2026-11-29"}, "This day has passed."),
        ({"end-permit": "on", "end-permit_ends": "2028-01-01"}, "Choose a day within a year."),
        ({"end-permit": "on", "end-permit_ends": "tomorrow"}, "Enter a valid date."),
        ({"end-pardon": "on", "end-pardon_ends": "2026-11-29"}, "This day has passed."),
        ({"end-pardon": "on", "end-pardon_for": "schools:maple-elementary"}, "Select a valid choice."),
        ({"end-permit": "on", "end-what": "999999"}, "Select a valid choice."),
        (
            {"end-permit": "on", "end-permit_ends": "2026-12-18", "end-permit_reason": "x" * 501},
            "at most 500 characters",
        ),
        ({"end-permit": "on", "end-permit_ends": "2026-12-18"}, "Say what it is for."),
        ({"end-pardon": "on", "end-pardon_at": []}, "Choose where."),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(school, found, fields, why):
    answer = end(school, found, "innocent", **fields)
    assert answer.status_code == 422
    assert why in text(answer)
    assert (Pardon.objects.count(), Permitted.objects.count()) == (0, 0)
    found.refresh_from_db()
    assert State(found.state) is State.UNDER_REVIEW


@pytest.mark.parametrize("outcome", ["confirmed", "unclear"])
def test_only_what_was_innocent_brings_something_about(school, found, outcome):
    fields = {"end-pardon": "on", "end-permit": "on", "end-permit_ends": "never", **CAUSES}
    assert end(school, found, outcome, **fields).status_code == 302
    assert (Pardon.objects.count(), Permitted.objects.count()) == (0, 0)


@pytest.mark.parametrize("way", ["means", "end"])
def test_what_it_would_mean_is_shown_in_plain_words_and_not_done(school, found, way):
    said = {
        **shown(found), "end-outcome": "innocent", "end-pardon": "on",
        "end-pardon_for": "schools:valley-high", "end-pardon_ends": "2026-12-18", "end-permit": "on",
        "end-permit_for": "who", "end-permit_ends": "2026-12-18", "show": "1",
    }  # fmt: skip
    answer = press(school, found, way, **said)
    assert answer.status_code == 200
    seen = text(answer)
    for words in (
        "It is stopped as before.",
        "cannot be seen by the filter",
        "Friday 18 December 2026",
        "doh.example</span> and everything below it",
        "Hidden resolver or tunnel in names",
        "Everybody at",
        "Only whom this incident is about",
    ):
        assert words in seen
    found.refresh_from_db()
    assert State(found.state) is State.UNDER_REVIEW
    assert (Pardon.objects.count(), Permitted.objects.count()) == (0, 0)


def test_whoever_was_slower_reads_that_and_keeps_their_words(school, found):
    seen = last(found)
    desk.take_up(found.pk, school.safeguarding_b, at=MONDAY)
    answer = end(school, found, "unclear", **{"end-seen": seen, "end-words": "I had written this."})
    assert answer.status_code == 409
    assert "Somebody else has changed this incident" in text(answer)
    assert "I had written this." in text(answer)


def test_a_colleague_cannot_end_what_somebody_else_has(school, found):
    answer = end(school, found, "unclear", school.safeguarding_b)
    assert answer.status_code == 403
    assert "Only whoever has taken this incident up can do that." in text(answer)


class TestTakenBack:
    @pytest.fixture
    def both(self, school, found):
        fields = {
            "end-pardon": "on", "end-permit": "on", "end-permit_ends": "2026-12-18",
            "end-permit_reason": "a lesson",
        }  # fmt: skip
        end(school, found, "innocent", **fields)
        return Pardon.objects.get(), Permitted.objects.get()

    def test_what_holds_is_listed_without_a_name(self, school, both):
        seen = text(school.browser(school.safeguarding).get("/incidents/innocent/"))
        assert seen.count("doh.example") >= 2
        assert "only one person or device" in seen
        assert both[1].overlay_id in seen
        assert "Student" not in seen

    def test_both_can_be_taken_back_with_words(self, school, both):
        browser = school.browser(school.safeguarding)
        pardon, permit = both
        for path in (f"count/{pardon.pk}", f"stop/{permit.pk}"):
            assert browser.post(f"/incidents/innocent/{path}/", {"words": ""}).status_code == 422
            assert browser.post(f"/incidents/innocent/{path}/", {"words": "over"}).status_code == 302
            assert browser.post(f"/incidents/innocent/{path}/", {"words": "again"}).status_code == 404
        seen = text(browser.get("/incidents/innocent/"))
        assert "doh.example" not in seen
        assert {"pardon.revoke", "permit.revoke"} <= set(AuditRecord.objects.values_list("action", flat=True))

    def test_other_schools_staff_and_auditors_take_nothing_back(self, school, both):
        elsewhere = school.person("teacher-e")
        school.charge(elsewhere, DutyKind.SAFEGUARDING, school="maple-elementary")
        path = f"/incidents/innocent/count/{both[0].pk}/"
        assert school.browser(elsewhere).post(path, {"words": "no"}).status_code == 404
        assert school.browser(school.auditor).post(path, {"words": "no"}).status_code == 403
        seen = text(school.browser(school.auditor).get("/incidents/innocent/"))
        assert "doh.example" in seen
        assert "Count it again" not in seen

    def test_an_empty_page_says_so(self, school):
        assert "Everything counts." in text(school.browser(school.safeguarding).get("/incidents/innocent/"))

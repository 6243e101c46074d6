import re
from datetime import date, timedelta

import pytest

from case_pages import CHEMISTRY, EVIDENCE, plain, shown
from proxy.console.people.duties import DutyKind
from proxy.console.review import desk
from proxy.console.review.states import Kind, Listing, Reach, Resource
from proxy.console.site import clock
from review_office import MONDAY, NOTHING_SEEN


def test_a_case_shows_what_was_asked(office, browser):
    case = office.asks(
        "physics.example",
        purpose="optics in period 3",
        course="Physics",
        teacher=office.teacher,
        more_at="https://physics.example/about",
        url="https://physics.example/labs",
        terms="free for schools",
        privacy_policy="https://physics.example/privacy",
        looked_through_on=MONDAY.date(),
    )

    page = plain(shown(browser(office.reviewer), case))

    for text in (
        "optics in period 3",
        "Physics",
        "https://physics.example/about",
        "free for schools",
        "https://physics.example/privacy",
        "30 November 2026",
        "Teacher",
        "https://physics.example/labs",
    ):
        assert text in page


def test_joined_requests_are_shown_together(office, browser):
    for name in ("student", "student-b", "student-c"):
        case = office.asks("physics.example", by=name, purpose=f"purpose of {name}")

    page = plain(shown(browser(office.reviewer), case))

    assert "2 others asked for the same; they are answered together" in page
    assert "purpose of student-b" in page


def test_the_decision_that_was_met_is_shown_as_it_was_frozen(office, browser):
    page = plain(shown(browser(office.reviewer), office.asks(**CHEMISTRY)))

    assert "games (a local decision)" in page
    assert "demo-games, line 3" in page
    assert "base 4, overlay 2" in page


def test_a_way_around_that_was_met_is_named(office, browser):
    met = {**EVIDENCE, "category": "", "reason": "way_around", "technique": "webproxy.never_described"}

    page = plain(shown(browser(office.reviewer), office.asks("physics.example", evidence=met)))

    assert "Way around the filter webproxy.never_described" in page
    assert "Way around" not in plain(shown(browser(office.reviewer), office.asks(**CHEMISTRY)))


def test_what_the_filter_says_now_and_would_say_then(office, browser, published):
    page = plain(shown(browser(office.reviewer), office.asks(**CHEMISTRY)))

    assert "High school , Valley Middle and High School" in page
    assert "Blocked" in page
    assert "is open by an approved decision" in page


def test_an_audience_that_the_roster_does_not_have_is_said(office, browser, published):
    case = office.asks("games.demo.test", audience={"classes": ["cls-of-nobody"]})

    assert "This finds nobody" in shown(browser(office.reviewer), case)


def test_what_the_law_blocks_is_said_before_the_decision(office, browser, published):
    office.technician  # noqa: B018
    case = office.asks("pornhub.com", audience={"classes": ["cls-chemistry-3"]})
    desk.claim(case.pk, office.reviewer, at=MONDAY)

    page = shown(browser(office.reviewer), case)

    assert "The law asks for this block" in page
    assert "What cannot be chosen, and why" in page
    assert 'value="approve"' not in page
    assert 'value="correct"' in page
    assert 'value="deny"' in page


def test_no_policy_in_force_is_said(office, browser):
    assert "No policy is in force here" in shown(browser(office.reviewer), office.asks("physics.example"))


def test_nothing_is_chosen_beforehand(office, browser):
    case = office.asks("physics.example")
    desk.claim(case.pk, office.reviewer, at=MONDAY)

    page = shown(browser(office.reviewer), case)

    for name in ("obscene", "child_pornography", "harmful_to_minors", "answer"):
        inputs = re.findall(rf'<input type="radio" name="decide-{name}"[^>]*>', page)
        assert len(inputs) >= 2
        assert not any("checked" in one for one in inputs)


def test_only_the_holder_can_decide(office, browser):
    case = office.asks("physics.example")
    other = office.person("reviewer-b")
    desk.claim(case.pk, office.reviewer, at=MONDAY)

    page = shown(browser(other), case)

    assert "/decide/" not in page
    assert "Only whoever has claimed this request can do that." in page


def test_whoever_asked_cannot_answer_and_is_told_so(office, browser):
    case = office.asks("physics.example", by="reviewer-b")

    page = shown(browser(office.person("reviewer-b")), case)

    assert "You asked for this yourself; somebody else answers it." in page
    assert "/claim/" not in page


@pytest.mark.parametrize(
    ("by", "why"),
    [
        ("reviewer", "You decided on this request first; an appeal goes to somebody else."),
    ],
)
def test_the_first_decider_is_told_why_the_appeal_is_not_theirs(office, browser, by, why):
    case = office.appealed()
    office.charge(office.person(by), DutyKind.APPEAL_OFFICER)

    page = shown(browser(office.person(by)), case)

    assert why in page
    assert "/claim/" not in page


def test_an_appeal_shows_the_whole_first_record(office, browser):
    case = office.appealed(host="physics.example", purpose="optics", evidence=EVIDENCE)

    page = plain(shown(browser(office.appeal_officer), case))

    for text in (
        "optics",
        "not for class",
        "it is for class",
        "The appeal",
        "Not approved",
        "Reviewer",
        "Visual depictions that are obscene",
        "demo-games, line 3",
    ):
        assert text in page


def test_the_history_has_every_step(office, browser):
    case = office.asks()
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    desk.ask(case.pk, office.reviewer, at=MONDAY, question="Which page of it?")
    desk.answer(case.pk, office.student, at=MONDAY, answer="The one on lenses")

    page = plain(shown(browser(office.reviewer), case))

    for text in ("Asked", "Taken up by a reviewer", "Which page of it?", "The one on lenses"):
        assert text in page


def test_earlier_decisions_on_the_site_are_shown_as_far_as_one_may_read_them(office, browser):
    office.denied(host="physics.example")
    office.asks_alone(host="physics.example", by="student-b", purpose="private matter")
    case = office.asks("physics.example", by="student-c")

    page = shown(browser(office.reviewer), case)

    assert "Earlier on this site" in page
    assert "not for class" in page
    assert "private matter" not in page
    assert page.count('<li class="bad"><h3>') == 1


def test_of_a_resource_it_is_said_what_it_is_and_when_parents_were_told(office, browser):
    for host, told_on, words in (
        ("a.example", date(2026, 11, 27), "by whoever asks, on Friday 27 November 2026"),
        ("b.example", None, "not yet, as far as the request says"),
    ):
        fields = {"title": "App", "resource": Resource.APP, "guardians_told_on": told_on}
        case = office.asks(host, by="teacher", kind=Kind.RESOURCE, **fields)

        page = plain(shown(browser(office.reviewer), case))

        assert "Kind App" in page
        assert f"Parents and guardians told {words}" in page


def test_a_resource_is_signed_by_two(office, browser):
    office.technical_reviewer  # noqa: B018
    case = office.asks("app.example", kind=Kind.RESOURCE, title="App", audience={"grades": ["07"]})
    desk.claim(case.pk, office.reviewer, at=MONDAY)

    first = shown(browser(office.reviewer), case)
    desk.endorse(
        case.pk, office.reviewer, at=MONDAY, reason="good", checklist=NOTHING_SEEN, listing=Listing.EXCEPTION
    )
    desk.claim(case.pk, office.technical_reviewer, at=MONDAY)
    second = shown(browser(office.technical_reviewer), case)

    assert ('value="endorse"' in first, 'value="approve"' in first) == (True, False)
    assert ('value="endorse"' in second, 'value="approve"' in second) == (False, True)


def test_an_approved_case_can_be_ended(office, browser):
    page = shown(browser(office.reviewer), office.approved())

    assert "Close it again now" in page


def test_the_official_in_charge_can_take_over_what_is_overdue(office, browser):
    case = office.asks()
    second = office.person("reviewer-b")
    desk.claim(case.pk, second, at=MONDAY)
    case.refresh_from_db()
    case.overdue_at = case.due_at
    case.official = office.reviewer
    case.save()
    clock.set_to(case.due_at + timedelta(minutes=1))

    assert f"/cases/{case.pk}/take-over/" in shown(browser(office.reviewer), case)


def test_the_way_back_keeps_the_filters_and_nothing_else(office, browser):
    case = office.asks()

    answer = browser(office.reviewer).get(f"/cases/{case.pk}/?text=phys&kind=unblock&next=//evil.example")

    assert answer.context["list_url"] == "/queue/?text=phys&kind=unblock"


def test_a_path_is_shown_with_its_host(office, browser):
    case = office.asks("physics.example", path="/labs", reach=Reach.PATH)

    assert "physics.example/labs and what lies below it" in shown(browser(office.reviewer), case)


def test_an_approved_case_says_what_is_open_by_it(office, browser):
    case = office.approved(host="physics.example")
    before = plain(shown(browser(office.reviewer), case))
    desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="it has changed")
    after = plain(shown(browser(office.reviewer), case))

    assert "What is open by it physics.example (the whole site) for 1 person" in before
    assert "Not in force yet" in before.split("What is open by it")[1]  # no policy is
    assert "What approval would open" not in before
    assert "Ended early by Reviewer" in after


def test_a_case_page_costs_the_same_however_many_ask(office, browser, django_assert_max_num_queries):
    for number in range(30):
        case = office.asks("physics.example", by=f"student-{number}")
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    reviewer = browser(office.reviewer)

    with django_assert_max_num_queries(45):
        shown(reviewer, case)


def test_staff_can_record_that_a_guardian_appeals(office, browser):
    case = office.denied()

    link = f'href="/guardian/{case.pk}/"'
    assert link in shown(browser(office.reviewer2), case)
    assert browser(office.reviewer2).get(f"/guardian/{case.pk}/").status_code == 200
    assert link not in shown(browser(office.auditor), case)
    assert link not in shown(browser(office.reviewer), case)  # whose decision it is
    clock.set_to(case.appeal_until)
    assert link not in shown(browser(office.reviewer2), case)

from datetime import timedelta
from html import escape

import pytest

from proxy.console.people.duties import DutyKind
from proxy.console.review import desk
from proxy.console.review.states import Kind
from proxy.console.site import clock
from review_office import MONDAY, NOTHING_SEEN, SCHOOL

HOSTILE = '"><script>alert(1)</script>.example'


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_queue_says_so(office, browser):
    assert "Nothing waits for you" in text_of(browser(office.reviewer).get("/queue/"))


def test_the_queue_shows_what_waits(office, browser):
    case = office.asks("physics.example")
    office.asks("physics.example", by="student-b")

    page = text_of(browser(office.reviewer).get("/queue/"))

    assert "physics.example" in page
    assert f"#{case.pk}" in page
    assert "2 people ask" in page
    assert f'action="/cases/{case.pk}/claim/"' in page


def test_overdue_stays_visible(office, browser):
    case = office.asks()
    clock.set_to(case.due_at + timedelta(hours=1))

    page = text_of(browser(office.reviewer).get("/queue/?whose=overdue"))

    assert 'class="case late"' in page
    assert "overdue" in page


def test_filters_stay_in_the_address_and_in_the_links(office, browser):
    case = office.asks("physics.example")

    page = text_of(browser(office.reviewer).get("/queue/?kind=unblock&text=phys"))

    assert f'href="/cases/{case.pk}/?text=phys&amp;kind=unblock"' in page
    assert 'value="phys"' in page


def test_a_filter_that_finds_nothing_says_so(office, browser):
    office.asks("physics.example")

    assert "Nothing fits these filters" in text_of(browser(office.reviewer).get("/queue/?text=maths"))


@pytest.mark.parametrize(
    "address", ["?kind=everything", "?school=nowhere", "?show=all", "?whose=yours", "?text=%00"]
)
def test_a_filter_that_does_not_exist_is_said_and_does_not_count(office, browser, address):
    office.asks("physics.example")

    page = text_of(browser(office.reviewer).get(f"/queue/{address}"))

    assert 'role="alert"' in page
    assert "physics.example" in page


@pytest.mark.parametrize("after", ["x", "2026-11-30", "~", "%00"])
def test_a_made_up_place_leads_to_the_first_page(office, browser, after):
    answer = browser(office.reviewer).get(f"/queue/?text=a&after={after}")

    assert (answer.status_code, answer["Location"]) == (302, "/queue/?text=a")


def test_pages_lead_on_and_back(office, browser, monkeypatch):
    monkeypatch.setattr("proxy.console.review.queues.page.__defaults__", ("", 2))
    for number in range(3):
        office.asks(f"site-{number}.example", by=f"student-{number}", at=MONDAY + timedelta(minutes=number))
    reviewer = browser(office.reviewer)

    first = reviewer.get("/queue/?kind=unblock")
    second = reviewer.get(first.context["next"])

    assert [row.case.host for row in second.context["page"].rows] == ["site-2.example"]
    assert second.context["first"] == "/queue/?kind=unblock"
    assert second.context["next"] == ""


def test_hostile_names_are_text(office, browser):
    office.asks(HOSTILE, url=f"https://{HOSTILE}/")

    page = text_of(browser(office.reviewer).get("/queue/", {"text": HOSTILE}))

    assert "<script>alert" not in page
    assert escape(HOSTILE) in page


def test_the_private_lane_is_the_counselors_alone(office, browser):
    office.asks_alone(host="help.example")

    assert "help.example" not in text_of(browser(office.reviewer).get("/queue/"))
    assert "help.example" in text_of(browser(office.counselor).get("/queue/"))
    assert "help.example" not in text_of(browser(office.auditor).get("/queue/"))


def test_other_schools_are_not_seen(office, browser):
    office.asks("physics.example")
    office.charge(office.person("away"), DutyKind.REVIEWER, "maple-elementary")

    assert "physics.example" not in text_of(browser(office.person("away")).get("/queue/"))


def test_an_auditor_sees_and_cannot_claim(office, browser):
    office.asks("physics.example")

    page = text_of(browser(office.auditor).get("/queue/"))

    assert "physics.example" in page
    assert "/claim/" not in page


def test_what_was_answered_can_be_found_again(office, browser):
    office.approved(host="open.example")
    office.denied(host="shut.example", by="student-b")
    reviewer = browser(office.reviewer)

    assert "open.example" in text_of(reviewer.get("/queue/?show=approved"))
    assert "shut.example" in text_of(reviewer.get("/queue/?show=denied"))
    assert "open.example" not in text_of(reviewer.get("/queue/"))


def test_the_holder_can_release_from_the_list(office, browser):
    case = office.asks()
    desk.claim(case.pk, office.reviewer, at=MONDAY)

    assert f"/cases/{case.pk}/release/" in text_of(browser(office.reviewer).get("/queue/"))


def test_what_a_technician_signs_second_stands_among_their_appeals(office, browser):
    office.technician  # noqa: B018
    office.appealed(host="maths.example")
    case = office.appealed(host="physics.example")
    desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
    given = {"at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN}
    desk.endorse_appeal(case.pk, office.appeal_officer, **given)

    page = text_of(browser(office.technician).get("/appeals/"))

    assert "physics.example" in page
    assert "maths.example" not in page
    assert "Claim" in page


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("reviewer2", "/queue/"),
        ("technician", "/appeals/"),
        ("auditor", "/appeals/"),
        ("appeal_officer", "/appeals/"),
    ],
)
def test_from_an_appeal_the_way_back_leads_to_a_list_that_one_has(office, browser, name, path):
    case = office.appealed()
    client = browser(office.person(name))

    assert client.get(f"/cases/{case.pk}/").context["list_url"] == path
    assert client.get(path).status_code == 200


def test_appeals_wait_for_the_appeal_officer(office, browser):
    case = office.appealed(host="physics.example")

    page = text_of(browser(office.appeal_officer).get("/appeals/"))

    assert "physics.example" in page
    assert f'action="/cases/{case.pk}/claim/"' in page
    assert browser(office.reviewer).get("/appeals/").status_code == 403


@pytest.mark.parametrize("person", ["student", "teacher", "administrator"])
def test_the_queue_is_for_those_who_answer(office, browser, person):
    assert browser(office.person(person)).get("/queue/").status_code == 403


def test_a_kind_without_a_site_is_named_by_its_number(office, browser):
    office.technician  # noqa: B018
    case = office.asks("", kind=Kind.NOT_WORKING, audience={}, school=SCHOOL)

    page = text_of(browser(office.technician).get("/queue/"))

    assert f"#{case.pk}" in page
    assert "No site named" in page

from datetime import timedelta

import pytest

from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay
from proxy.console.people.duties import DutyKind
from proxy.console.review import desk
from proxy.console.site import clock
from proxy.decision.policy import Audience, Correction, Override, Target
from proxy.decision.verdict import Action
from review_office import MONDAY

BY_HAND = Overlay(
    (
        Override(
            "2026-0142",
            Action.ALLOW,
            Target("optics.example"),
            Audience(groups=frozenset({"high"})),
            "<b>lesson</b>",
            "principal",
        ),
        Override(
            "case-1-1", Action.ALLOW, Target("ours.example"), Audience(groups=frozenset({"high"})), "x", "y"
        ),
    ),
    (Correction("c-17", "clinic.example", "games", "a clinic", ("library",)),),
)


def shown(client, query=""):
    answer = client.get(f"/openings/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_is_open_is_listed_in_words(office, browser):
    case = office.approved(host="open.example")

    page = shown(browser(office.reviewer))

    assert f'href="/cases/{case.pk}/"' in page
    assert "open.example (the whole site) for 1 person, until" in page


def test_what_has_ended_is_not(office, browser):
    ended, revoked = (
        office.approved(host="ended.example"),
        office.approved(host="revoked.example", by="student-b"),
    )
    desk.revoke(revoked.pk, office.reviewer, at=MONDAY, reason="changed")
    clock.set_to(ended.openings.get().ends)

    page = shown(browser(office.reviewer))

    assert "ended.example" not in page
    assert "revoked.example" not in page


def test_what_is_due_for_its_yearly_review(office, browser):
    office.approved(host="standing.example", lasts="standing", ends=None)
    office.approved(host="dated.example", by="student-b")
    assert "standing.example" not in shown(browser(office.reviewer), "?which=review")

    clock.set_to(MONDAY + timedelta(days=366))
    page = shown(browser(office.reviewer), "?which=review")

    assert "standing.example" in page
    assert "Review was due" in page
    assert "dated.example" not in page


def test_kept_for_another_year(office, browser):
    case = office.approved(host="standing.example", lasts="standing", ends=None)
    clock.set_to(MONDAY + timedelta(days=366))
    reviewer = browser(office.reviewer)
    assert reviewer.post(f"/cases/{case.pk}/keep/", {"keep-reason": ""}).status_code == 422

    reviewer.post(f"/cases/{case.pk}/keep/", {"keep-reason": "used every term"})

    assert "standing.example" not in shown(reviewer, "?which=review")


def test_pages_and_a_filter(office, browser, monkeypatch):
    monkeypatch.setattr("proxy.console.review.standing.page.__defaults__", ("", 0, 2))
    for number in range(3):
        office.approved(host=f"site-{number}.example", by=f"student-{number}")
    reviewer = browser(office.reviewer)

    first = reviewer.get("/openings/")
    second = reviewer.get(first.context["next"])

    assert [one.host for one, _ in first.context["rows"]] == ["site-2.example", "site-1.example"]
    assert [one.host for one, _ in second.context["rows"]] == ["site-0.example"]
    assert "site-1.example" not in shown(reviewer, "?text=site-2")


@pytest.mark.parametrize(
    "query", ["?after=x", "?after=-1", f"?after={'9' * 30}", "?which=none", "?text=%00%ff"]
)
def test_a_made_up_address_is_the_first_page(office, browser, query):
    office.approved(host="open.example")

    shown(browser(office.reviewer), query)


def test_what_was_written_by_hand_is_for_technicians(office, browser, published):
    publish_overlay(BY_HAND, published.state)

    page = shown(browser(office.technician))

    for text in ("2026-0142", "optics.example", "&lt;b&gt;lesson&lt;/b&gt;", "clinic.example"):
        assert text in page
    assert "ours.example" not in page
    assert "2026-0142" not in shown(browser(office.reviewer))


def test_other_schools_and_the_private_lane_are_not_seen(office, browser):
    office.approved(host="open.example")
    private = office.asks_alone(host="help.example", by="student-b")
    desk.claim(private.pk, office.counselor, at=MONDAY)
    office.charge(office.person("away"), DutyKind.REVIEWER, "maple-elementary")

    assert "open.example" not in shown(browser(office.person("away")))
    assert "help.example" not in shown(browser(office.reviewer))

import re

from proxy.console.site.config import config


def plain(answer):
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def test_due_times_and_officials_by_school(office, browser, with_console):
    due = config().console.due
    with_console(appeal_days=3, due=due.model_copy(update={"unblock": 5}))
    office.appeal_officer  # noqa: B018

    page = plain(browser(office.reviewer).get("/due-times/"))

    assert f"{config().console.hours.begins:%H:%M} to {config().console.hours.ends:%H:%M}" in page
    assert "within 3 school days of a denial" in page
    assert "at most 20 a day from one person, 100 from one shared device without a log-in" in page
    elementary, high = page.split("Maple Elementary School")[1].split("Valley Middle and High School")[:2]
    assert "Reviewer Nobody" in elementary
    assert "Open a blocked page 5" in high
    assert "Appeal officer Appeal_officer" in high


def test_for_everybody_on_duty(office, browser):
    assert browser(office.administrator).get("/due-times/").status_code == 200
    assert browser(office.teacher).get("/due-times/").status_code == 403

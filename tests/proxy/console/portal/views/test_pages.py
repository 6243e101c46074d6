"""Pages of the portal leave nothing behind on a device that the next person uses."""

import pytest

from console_people import logged_in
from handed_tickets import ticket


@pytest.mark.parametrize("path", ["/", "/mine/", "/ask/new/unblock", "/ask/code", "/tell/", "/tell/done"])
def test_no_cache_keeps_them(office, path):
    assert logged_in(office.student).get(path)["Cache-Control"] == "no-store"


def test_errors_are_not_kept_either(client, db):
    assert client.get("/ask", {"ticket": "none"})["Cache-Control"] == "no-store"
    assert client.get("/ask", {"ticket": ticket()})["Cache-Control"] == "no-store"


def test_a_link_to_a_blocked_page_tells_that_page_nothing(client, db):
    """The ticket stands in the address; no other site may read it from the Referer field."""
    assert client.get("/ask", {"ticket": ticket()})["Referrer-Policy"] == "same-origin"

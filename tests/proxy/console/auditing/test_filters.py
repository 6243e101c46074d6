"""Which records the address of the page asks for."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from console_people import teacher
from proxy.console.audit.append import append
from proxy.console.auditing.filters import Filters, kept, wanted

pytestmark = pytest.mark.django_db
CHICAGO = ZoneInfo("America/Chicago")


def found(**address: str) -> list[int]:
    return sorted(wanted(Filters(address), CHICAGO).values_list("number", flat=True))


def record(action: str = "case.deny", actor: str = "person:1", about: str = "case:4", at: str = "") -> None:
    moment = datetime.fromisoformat(at) if at else datetime(2026, 11, 23, 12, tzinfo=UTC)
    with transaction.atomic():
        append(action, actor=actor, about=about, at=moment)


def test_no_filter_finds_all() -> None:
    record()
    record("login.done", "person:2", "")
    assert found() == found(action="", actor=" ") == [1, 2]


def test_an_act_is_found_by_its_beginning() -> None:
    for action in ("login.done", "login.failed", "logins", "case.login"):
        record(action)
    assert found(action="login.") == [1, 2]
    assert found(action="login.failed") == [2]
    assert found(action="%") == found(action="_ogin") == []


def test_who_and_about_what_are_found_exactly() -> None:
    record(actor="person:1", about="case:4")
    record(actor="person:17", about="case:47")
    record(actor="timers", about="overlay:4")
    assert (found(actor="person:1"), found(actor="timers")) == ([1], [3])
    assert (found(about="case:4"), found(about="overlay:4")) == ([1], [3])
    assert found(actor="person:17", about="case:4") == []


def test_a_log_in_name_finds_what_its_person_did() -> None:
    somebody = teacher("rcastillo")
    record(actor=f"person:{somebody.pk}")
    record(actor="person:999999")
    assert found(actor=" RCastillo ") == [1]
    assert found(actor="nobody") == []
    assert Filters({"actor": "nobody"}).errors == {"actor": ["Nobody here has this log-in name."]}


def test_days_begin_and_end_in_the_schools_zone() -> None:
    record(at="2026-11-23T05:59:59+00:00")
    record(at="2026-11-23T06:00:00+00:00")
    record(at="2026-11-24T05:59:59+00:00")
    record(at="2026-11-24T06:00:00+00:00")
    assert found(since="2026-11-23", until="2026-11-23") == [2, 3]
    assert (found(since="2026-11-24"), found(until="2026-11-22")) == ([4], [1])


@pytest.mark.parametrize(
    ("address", "errors"),
    [
        ({"since": "2026-11-24", "until": "2026-11-23"}, {"until": ["This is before the first day."]}),
        ({"since": "yesterday"}, {"since": ["Enter a valid date."]}),
        ({"action": "a\0b"}, {"action": ["Null characters are not allowed."]}),
    ],
)
def test_what_is_wrong_is_said_and_finds_nothing(
    address: dict[str, str], errors: dict[str, list[str]]
) -> None:
    record()
    assert Filters(address).errors == errors
    assert found(**address) == []


def test_the_filters_are_kept_without_the_place_in_the_list() -> None:
    assert kept({"action": "a&b", "before": "17", "actor": "", "x": "y"}) == "action=a%26b"

"""Settings of the console."""

from datetime import time
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from proxy.console.people.duties import DutyKind
from proxy.console.review.states import Kind
from proxy.settings.schema.console import ConsoleSettings, DueOfSchool, DueSettings, DutyName, OidcSettings
from small_school import school

URL = "https://ask.example.org"


def console(**keys: Any) -> ConsoleSettings:
    return ConsoleSettings.model_validate({"url": URL, **keys})


def test_a_school_that_wants_none_has_none() -> None:
    assert school().console is None
    assert school().portal == ""


def test_the_block_page_leads_to_the_console_unless_told_otherwise() -> None:
    assert school(console={"url": URL + "/"}).portal == "https://ask.example.org/ask"
    page = {"addresses": ["192.0.2.80"], "portal": "https://help.example.org/new"}
    assert school(console={"url": URL}, block_page=page).portal == "https://help.example.org/new"


@pytest.mark.parametrize(
    "url",
    [
        "ask.example.org",
        "ftp://ask.example.org",
        URL + "/console",
        URL + "?a=1",
        "https://me@ask.example.org",
    ],
)
def test_its_address_is_that_of_a_site(url: str) -> None:
    with pytest.raises(ValidationError):
        console(url=url)


@pytest.mark.parametrize(
    "database",
    [
        "mysql://a@b/c",
        "postgresql://db.example.org/name",
        "postgresql://me@db.example.org",
        "postgresql://me@db.example.org:port/name",
        "postgresql://me@/name",
        "postgresql://me@db.example.org/name?host=/run/postgresql",
        "postgresql://me@db.example.org/name?options=-c",
        "postgresql://me:hidden@db.example.org/name",
        "sqlite:///tmp/x",
    ],
)
def test_what_is_no_database_is_refused(database: str) -> None:
    with pytest.raises(ValidationError):
        console(database=database)


@pytest.mark.parametrize(
    "database",
    [
        "sqlite",
        "postgresql://me@db.example.org:5433/name?sslmode=verify-full",
        "postgresql://me@/name?host=/run/postgresql",
    ],
)
def test_databases_that_can_be_used(database: str) -> None:
    assert console(database=database).database == database


def test_a_password_in_an_address_is_not_repeated_in_the_message() -> None:
    with pytest.raises(ValidationError) as raised:
        console(database="postgresql://me:hidden@db.example.org/name")
    assert "hidden" not in str(raised.value.errors(include_input=False))


def test_due_times_of_a_school_go_before_those_of_all() -> None:
    due = DueSettings(schools={"oak": DueOfSchool(unblock=2)})
    assert [due.hours("unblock", at) for at in ("oak", "elm", "")] == [2, 8, 8]
    assert due.hours("appeal", "oak") == 40


@pytest.mark.parametrize("kind", [*(kind.value for kind in Kind), "appeal"])
def test_every_kind_of_request_has_a_due_time(kind: str) -> None:
    assert DueSettings().hours(kind, "") > 0


def test_every_duty_can_come_from_a_claim() -> None:
    assert set(get_args(DutyName)) == {kind.value for kind in DutyKind}


def test_the_school_day_ends_after_it_begins() -> None:
    assert console(hours={"from": "7:30", "to": "15:00"}).hours.begins == time(7, 30)
    with pytest.raises(ValidationError, match="before it begins"):
        console(hours={"from": "16:00", "to": "8:00"})


@pytest.mark.parametrize(
    "keys",
    [
        {"certificate": "/c.pem"},
        {"mail": {"host": "mail.example.org", "from": "a@example.org", "user": "a"}},
        {"mail": {"host": "mail.example.org", "from": "a@example.org", "password_file": "/p"}},
    ],
)
def test_what_belongs_together_is_set_together(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="belong together"):
        console(**keys)


def test_values_of_a_claim_need_the_claim() -> None:
    with pytest.raises(ValidationError, match="without `duties_claim`"):
        OidcSettings.model_validate(
            {
                "issuer": URL,
                "client_id": "x",
                "client_secret_file": "/s",
                "duties_values": {"tech": "technician"},
            }
        )


@pytest.mark.parametrize("language", ["", "e", "EN", "english-us", "e!", "../en"])
def test_what_is_no_language_is_refused(language: str) -> None:
    with pytest.raises(ValidationError):
        console(languages=[language])

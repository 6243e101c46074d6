"""An approval in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from proxy.console.review.opened import Opened
from proxy.console.review.states import Reach
from proxy.console.review.words import ClassName, Names, audience, correction, in_words, moment, place

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=CHICAGO)
FRIDAY = datetime(2026, 11, 27, 15, 0, tzinfo=CHICAGO)
NAMES = Names(
    classes={"cls-3": ClassName("Period 3", 28), "cls-4": ClassName("Reading", 1)},
    groups={"middle": "Middle school"},
    schools={"oak": "Oak School"},
)
LABS = Opened("physics.example", Reach.PATH, "/labs", audience={"classes": ("cls-3",)}, ends=FRIDAY)


def test_what_for_whom_and_until_when() -> None:
    assert in_words(LABS, NAMES, at=MONDAY, zone=CHICAGO) == (
        "physics.example/labs and what lies below it for 28 students of Period 3, until Friday 15:00"
    )


@pytest.mark.parametrize(
    ("opened", "words"),
    [
        (Opened("a.example"), "a.example (the whole site)"),
        (Opened("a.example", Reach.PATH, "/"), "a.example (the whole site)"),
        (Opened("a.example", Reach.PATH, "/x"), "a.example/x and what lies below it"),
        (Opened("a.example", Reach.PAGE, "/"), "the one page a.example/"),
        (Opened("a.example", Reach.PAGE, "/x", "q=1"), "the one page a.example/x?q=1"),
    ],
)
def test_how_much_of_a_site(opened: Opened, words: str) -> None:
    assert place(opened) == words


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        pytest.param({}, "nobody", id="nobody"),
        pytest.param({"subjects": ("student-1",)}, "1 person", id="one"),
        pytest.param({"subjects": ("student-1", "student-2")}, "2 persons", id="two"),
        pytest.param({"classes": ("cls-4",)}, "1 student of Reading", id="a class of one"),
        pytest.param({"classes": ("cls-9",)}, "the class cls-9", id="a class that is gone"),
        pytest.param({"grades": ("07", "KG")}, "everybody in grade 7 and everybody in grade KG", id="grades"),
        pytest.param(
            {"classes": ("cls-3",), "groups": ("middle",), "schools": ("oak", "elm")},
            "28 students of Period 3, everybody of Middle school, everybody of Oak School "
            "and everybody of elm",
            id="all sorts",
        ),
    ],
)  # fmt: skip
def test_who_is_counted_and_nobody_named(ids: dict[str, tuple[str, ...]], words: str) -> None:
    assert audience(ids, NAMES) == words


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (timedelta(hours=6), "today 15:00"),
        (timedelta(days=1), "Tuesday 9:00"),
        (timedelta(days=6), "Sunday 9:00"),
        (timedelta(days=7), "Monday 30 November 2026, 9:00"),
        (timedelta(days=-1), "Sunday 22 November 2026, 9:00"),
    ],
)
def test_days_of_the_coming_week_have_names(after: timedelta, words: str) -> None:
    assert moment(MONDAY + after, MONDAY, CHICAGO) == words


def test_times_are_the_schools() -> None:
    assert moment(FRIDAY.astimezone(UTC), MONDAY.astimezone(UTC), CHICAGO) == "Friday 15:00"


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [
        (None, None, "with no end, looked at again every year"),
        (MONDAY - timedelta(days=1), FRIDAY, "until Friday 15:00"),
        (MONDAY + timedelta(days=1), FRIDAY, "from Tuesday 9:00 until Friday 15:00"),
        (
            MONDAY + timedelta(days=1),
            None,
            "from Tuesday 9:00 with no end, looked at again every year",
        ),
    ],
)
def test_from_when_until_when(begins: datetime | None, ends: datetime | None, words: str) -> None:
    opened = Opened("a.example", audience={"schools": ("oak",)}, begins=begins, ends=ends)
    said = in_words(opened, NAMES, at=MONDAY, zone=CHICAGO)
    assert said == f"a.example (the whole site) for everybody of Oak School, {words}"


def test_where_an_audience_is_confined_to_a_school_it_says_so() -> None:
    ids = {"classes": ("cls-4",), "grades": ("07",), "groups": ("middle",), "schools": ("elm",)}

    assert audience(ids, NAMES, "oak") == (
        "1 student of Reading, everybody in grade 7 at Oak School, everybody of Middle school at Oak School "
        "and everybody of elm"
    )


def test_a_correction_says_for_whom_it_holds() -> None:
    assert correction("a.example", "games") == "a.example no longer counts as games, for everybody"
    assert correction("a.example", "games", ["Oak School"]) == (
        "a.example no longer counts as games, for everybody at Oak School alone"
    )

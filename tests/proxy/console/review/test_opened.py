from dataclasses import replace
from datetime import UTC, datetime

import pytest

from proxy.console.review.opened import Opened, audience, together, wider
from proxy.console.review.states import Reach
from proxy.decision.policy import Target

MONDAY = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
LABS = Opened("physics.example", Reach.PATH, "/labs", audience={"classes": ("p3", "p4")}, ends=FRIDAY)


@pytest.mark.parametrize(("opened", "target"), [
    (Opened("a.example", Reach.SITE, "/x"), Target("a.example")),
    (Opened("a.example", Reach.PATH, "/x"), Target("a.example", "/x")),
    (Opened("a.example", Reach.PAGE, "/x", "v=1"), Target("a.example", "/x", exact=True, query="v=1")),
])  # fmt: skip
def test_the_reach_says_how_the_path_is_meant(opened, target):
    assert opened.target == target


@pytest.mark.parametrize(
    ("less", "said"),
    [
        (LABS, []),
        (
            Opened("physics.example", Reach.PAGE, "/labs/optics", audience={"classes": ("p3",)}, ends=MONDAY),
            [],
        ),
        (
            Opened("physics.example", Reach.SITE, "/", audience={"classes": ("p3",)}, ends=MONDAY),
            ["physics.example is"],
        ),
        (Opened("physics.example", Reach.PATH, "/labsurvey", ends=MONDAY), ["physics.example/labsurvey is"]),
        (Opened("maths.example", Reach.PATH, "/labs", ends=MONDAY), ["maths.example/labs is"]),
        (
            Opened("physics.example", Reach.PATH, "/labs", audience={"schools": ("oak",)}, ends=MONDAY),
            ["nobody asked"],
        ),
        (Opened("physics.example", Reach.PATH, "/labs"), ["it ends after"]),
    ],
)
def test_what_reaches_beyond_what_was_asked_is_named(less, said):
    found = wider(less, LABS)

    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True))


def test_a_page_with_its_query_is_less_than_the_page_with_any():
    page = Opened("a.example", Reach.PAGE, "/watch")
    video = Opened("a.example", Reach.PAGE, "/watch", "v=1")

    assert wider(video, page) == []
    assert wider(page, video) != []


def test_joined_requests_ask_for_all_that_each_asks_for():
    other = Opened("physics.example", Reach.PAGE, "/labs/optics", audience={"subjects": ("s1",)}, ends=MONDAY)

    joined = together([other, LABS])

    assert joined == Opened(
        "physics.example",
        Reach.PATH,
        "/labs",
        None,
        {"classes": ("p3", "p4"), "subjects": ("s1",)},
        None,
        FRIDAY,
    )
    assert wider(other, joined) == []
    assert wider(LABS, joined) == []


def test_two_paths_of_a_site_joined_are_the_site():
    one, other = Opened("a.example", Reach.PATH, "/x"), Opened("a.example", Reach.PATH, "/y")

    assert together([one, other]).target == Target("a.example")


def test_an_audience_keeps_what_it_knows():
    assert audience({"classes": ["b", "a", "a"], "grades": [], "colour": ["red"]}) == {"classes": ("a", "b")}


@pytest.mark.parametrize("changed", [
    {"host": "maths.example"}, {"reach": Reach.SITE}, {"path": "/lab"}, {"query": "v=1"}, {"ends": None},
    {"audience": {"classes": ("p4",)}}, {"begins": MONDAY}, {"within": "oak"},
])  # fmt: skip
def test_whatever_opens_something_else_has_another_sign(changed):
    assert replace(LABS, **changed).sign != LABS.sign
    assert replace(LABS).sign == LABS.sign

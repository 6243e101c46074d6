"""Addresses as people type them, and what they ask for with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.console.portal.places import MAX_TYPED, Place, read_place
from proxy.console.review.states import Reach
from proxy.decision.names import NameProblem


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("physics.example", Place("physics.example"), id="a host"),
        pytest.param(
            " HTTP://Physics.Example./ ", Place("physics.example", scheme="http"), id="any spelling"
        ),
        pytest.param("physics.example/labs", Place("physics.example", "/labs"), id="host and path"),
        pytest.param(
            "https://u:p@physics.example/a?b=c#d", Place("physics.example", "/a", "b=c"), id="no secrets"
        ),
        pytest.param(
            "https://physics.example/a/../b/%63", Place("physics.example", "/b/c"), id="one spelling"
        ),
        pytest.param("198.51.100.7/x", Place("198.51.100.7", "/x"), id="an address"),
        pytest.param("física.example", Place("xn--fsica-zsa.example"), id="another script"),
    ],
)
def test_what_people_type_is_read(typed, expected):
    assert read_place(typed) == expected


@pytest.mark.parametrize(
    "typed",
    ["", " ", "com", "co.uk", "localhost", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd",
     "ftp://physics.example", "two words.example", "physics.example/a b", "http://", "/labs", "a." * 200,
     "physics.example/" + "a" * MAX_TYPED, "physics.example:99999", "x\x00.example",
     "physics.example/\u202elabs"],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(NameProblem):
        read_place(typed)


@given(st.text(max_size=200))
def test_any_text_is_an_address_or_refused(typed):
    try:
        place = read_place(typed)
    except NameProblem:
        return
    assert place.host
    assert place.path.startswith("/")
    assert read_place(place.url).host == place.host


@pytest.mark.parametrize(
    ("path", "query", "reach", "expected"),
    [
        pytest.param("/labs/optics.html", "", Reach.PATH, (Reach.PATH, "/labs", None), id="a file's folder"),
        pytest.param("/labs/optics", "", Reach.PATH, (Reach.PATH, "/labs/optics", None), id="a folder"),
        pytest.param(
            "/optics.html", "", Reach.PATH, (Reach.SITE, "/", None), id="the first folder is the site"
        ),
        pytest.param("/watch", "v=1", Reach.PAGE, (Reach.PAGE, "/watch", "v=1"), id="a page with its query"),
        pytest.param("/labs/", "", Reach.PAGE, (Reach.PAGE, "/labs/", None), id="a page"),
        pytest.param("/", "", Reach.PAGE, (Reach.SITE, "/", None), id="the front page is the site"),
        pytest.param("/labs", "", Reach.SITE, (Reach.SITE, "/", None), id="the site"),
    ],
)
def test_how_much_of_a_site(path, query, reach, expected):
    assert Place("physics.example", path, query).reaching(reach) == expected


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place("physics.example"), Reach.SITE),
        (Place("physics.example", "/labs"), Reach.PATH),
        (Place("physics.example", "/optics.html"), Reach.PAGE),
        (Place("video.example", "/watch", "v=1"), Reach.PAGE),
    ],
)
def test_what_is_meant_most_often(place, expected):
    assert place.usual_reach is expected

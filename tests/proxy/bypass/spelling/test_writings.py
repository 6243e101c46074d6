import base64

import pytest

from proxy.bypass.spelling.writings import MAX_DEPTH, MAX_TEXT, Read, read
from proxy.decision.urls import Url

SITE = Url("https", "example.org", 443, "/")


def wrapped(times):
    text = "https://example.org/"
    for _ in range(times):
        text = base64.b64encode(text.encode()).decode()
    return text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("https://example.org/", Read(SITE, ("plain",)), id="plain"),
        pytest.param("view-source:https://example.org", Read(SITE, ("plain",)), id="view-source"),
        pytest.param("//example.org/", Read(SITE, ("bare",)), id="no scheme, two slashes"),
        pytest.param("example.org", Read(SITE, ("bare",)), id="no scheme"),
        pytest.param("chart.js", None, id="no such suffix"),
        pytest.param("lesson.zip", None, id="a suffix that files have"),
        pytest.param("org.example.com", None, id="a package's name"),
        pytest.param("pupil@example.org", None, id="a mail address"),
        pytest.param("mailto:pupil@example.org", None, id="another scheme"),
        pytest.param("https://nowhere", None, id="a host that cannot exist"),
        pytest.param(wrapped(MAX_DEPTH), Read(SITE, ("base64",) * MAX_DEPTH), id="as deep as is read"),
        pytest.param(wrapped(MAX_DEPTH + 1), None, id="deeper"),
    ],
)
def test_a_text_is_an_address_or_nothing(text, expected):
    assert read(text) == expected


def test_no_more_than_the_bound_is_looked_at():
    found = read("https://example.org/" + "a" * 2 * MAX_TEXT)
    assert found is not None
    assert len(str(found.url)) == MAX_TEXT

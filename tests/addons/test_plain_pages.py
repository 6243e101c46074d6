"""The proxy's own short pages."""

import pytest
from mitmproxy import http

from addons.plain_pages import accepted, bad_request, no_answer, out_of_order


def asks(accept_language=""):
    fields = {"accept-language": accept_language} if accept_language else {}
    return http.Request.make("GET", "http://a.example/", headers=fields)


def test_pages_say_what_happened_and_are_not_kept():
    for made, status in ((bad_request("why", asks()), 400), (no_answer("a", "b", asks()), 502)):
        assert made.status_code == status
        assert made.headers["cache-control"] == "no-store"


def test_what_comes_from_outside_is_escaped():
    assert "<script>" not in no_answer("<script>alert(1)</script>", "x", asks()).text


def test_a_request_says_its_languages():
    assert accepted(asks()) == ""
    assert accepted(asks("es-MX,es;q=0.9")) == "es-MX,es;q=0.9"


@pytest.mark.parametrize(
    ("page", "spanish"),
    [
        pytest.param(lambda asked: bad_request("The address is too long.", asked),
                     "La dirección es demasiado larga.", id="a bad request, and why"),
        pytest.param(lambda asked: no_answer("a.example", "gone", asked),
                     "No se pudo llegar a a.example: gone.", id="no answer"),
        pytest.param(out_of_order, "Un fallo del filtro detuvo esta página.", id="a fault"),
    ],
)  # fmt: skip
def test_pages_are_in_the_language_that_the_browser_asks_for(page, spanish):
    assert spanish in page(asks("es")).text
    assert spanish not in page(asks()).text


def test_the_page_for_a_fault_is_new_each_time():
    first, second = out_of_order(asks()), out_of_order(asks())
    first.status_code = 200
    assert second.status_code == 503

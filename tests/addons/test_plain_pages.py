"""The proxy's own short pages."""

from addons.plain_pages import bad_request, login_needed, no_answer, out_of_order


def test_pages_say_what_happened_and_are_not_kept():
    for made, status in ((bad_request("why"), 400), (login_needed("Oak"), 407), (no_answer("a", "b"), 502)):
        assert made.status_code == status
        assert made.headers["cache-control"] == "no-store"


def test_what_comes_from_outside_is_escaped():
    assert "<script>" not in no_answer("<script>alert(1)</script>", "x").text


def test_a_realm_cannot_end_its_quotes():
    challenge = login_needed('Oak" evil="').headers["proxy-authenticate"]
    assert challenge == 'Basic realm="Oak evil=", charset="UTF-8"'


def test_the_page_for_a_fault_is_new_each_time():
    first, second = out_of_order(), out_of_order()
    first.status_code = 200
    assert second.status_code == 503

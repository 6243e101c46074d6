import json

import pytest

from proxy.demo.sites import MAX_MB, SITES, Asked, page_for


def body_of(page):
    return b"".join(page.body)


@pytest.mark.parametrize("host", SITES)
def test_every_site_says_its_name_and_path(host):
    page = page_for(Asked(host, "/a/page?x=1", "https"))
    text = body_of(page).decode()
    assert (page.status, page.content_type) == (200, "text/html; charset=utf-8")
    assert f"<code>{host}</code>, page <code>/a/page?x=1</code>, reached over <code>https</code>" in text
    assert page.length == len(text.encode())


def test_a_host_that_is_no_demo_site_gets_404():
    assert page_for(Asked("example.org", "/")).status == 404


def test_nothing_of_the_address_is_unescaped():
    text = body_of(page_for(Asked("learn.demo.test", "/<script>alert(1)</script>"))).decode()
    assert "<script>" not in text


def test_big_streams_as_many_bytes_as_asked_for():
    page = page_for(Asked("learn.demo.test", "/big?mb=3"))
    assert page.length == sum(map(len, page.body)) == 3 * 1024 * 1024


@pytest.mark.parametrize("mb", ["x", "-1", str(MAX_MB + 1), "9" * 400, "²"])
def test_big_refuses_what_is_no_size(mb):
    assert page_for(Asked("learn.demo.test", f"/big?mb={mb}")).status == 400


def test_headers_gives_the_request_back():
    asked = Asked("lab.demo.test", "/headers", headers=(("host", "lab.demo.test"), ("x-a", "1")))
    assert json.loads(body_of(page_for(asked))) == {
        "method": "GET",
        "scheme": "http",
        "host": "lab.demo.test",
        "target": "/headers",
        "headers": [["host", "lab.demo.test"], ["x-a", "1"]],
        "body_bytes": 0,
    }

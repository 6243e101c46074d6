import pytest

from proxy.bypass.exchange.kinds import Kind, body_limit, field_of, is_worker, kind_of, media_type
from proxy.bypass.observed import MAX_BODY, MAX_WORKER
from tests.fakes.exchanges import answered


@pytest.mark.parametrize(
    ("type_", "body", "fields", "expected"),
    [
        pytest.param("text/html; charset=utf-8", "", {}, Kind.PAGE, id="page"),
        pytest.param("Text/JavaScript", "", {}, Kind.SCRIPT, id="script"),
        pytest.param("text/javascript", "", {"service-worker": "script"}, Kind.WORKER, id="service worker"),
        pytest.param(
            "text/javascript", "", {"sec-fetch-dest": "sharedworker"}, Kind.WORKER, id="shared worker"
        ),
        pytest.param(
            "text/html", "", {"service-worker": "script"}, Kind.PAGE, id="a page where a worker was asked for"
        ),
        pytest.param("application/json", "", {}, Kind.JSON, id="JSON"),
        pytest.param("", "\ufeff <!DOCTYPE html>", {}, Kind.PAGE, id="a page by its beginning"),
        pytest.param(
            "application/octet-stream", b"\0asm\1\0\0\0", {}, Kind.WASM, id="WebAssembly by its beginning"
        ),
        pytest.param("text/plain", "hello", {}, Kind.TEXT, id="text"),
        pytest.param(
            "text/plain", "self.x=1", {"service-worker": "script"}, Kind.WORKER, id="a worker as text"
        ),
        pytest.param("image/png", b"\x89PNG", {}, Kind.OTHER, id="picture"),
        pytest.param("", "self.x=1", {}, Kind.SCRIPT, id="a script without a type"),
        pytest.param("", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", {}, Kind.OTHER, id="octets without a type"),
        pytest.param(
            "application/octet-stream", "self.x=1", {"sec-fetch-dest": "script"}, Kind.SCRIPT, id="run as one"
        ),
        pytest.param("application/octet-stream", "self.x=1", {}, Kind.OTHER, id="a file to keep"),
        pytest.param("text/css", "self.x=1", {"sec-fetch-dest": "script"}, Kind.SCRIPT, id="run as another"),
        pytest.param(
            "text/html", "self.x=1", {"sec-fetch-dest": "script"}, Kind.SCRIPT, id="a page run as one"
        ),
        pytest.param("image/png", "self.x=1", {"sec-fetch-dest": "script"}, Kind.OTHER, id="never run"),
        pytest.param("text/jscript", "", {}, Kind.SCRIPT, id="an old name of scripts"),
        pytest.param("application/rss+xml", "", {}, Kind.PAGE, id="XML may hold a page"),
        pytest.param("text/xml", "", {}, Kind.PAGE, id="XML"),
        pytest.param("*/*", "<html>", {}, Kind.PAGE, id="any type, by its beginning"),
        pytest.param("html", "<html>", {}, Kind.PAGE, id="no type, by its beginning"),
        pytest.param("image/png, text/html", "", {}, Kind.PAGE, id="two in one field"),
        pytest.param("", "<!doctype html>".encode("utf-16"), {}, Kind.PAGE, id="a page in UTF-16"),
        pytest.param("", "self.x=1".encode("utf-16-le"), {}, Kind.SCRIPT, id="a script in UTF-16"),
        pytest.param("", " " * 1400 + "<html>", {}, Kind.PAGE, id="a page behind blanks"),
        pytest.param(
            "application/octet-stream",
            ("\u6f22" * 40 + "self.x=1").encode("utf-16-le"),
            {"sec-fetch-dest": "script"},
            Kind.SCRIPT,
            id="run as one, in UTF-16 that does not begin like it",
        ),
    ],
)
def test_what_kind_a_body_is(type_, body, fields, expected):
    seen = answered("https://a.example.org/", type_, body, asked_with=fields)
    assert seen.answer is not None
    assert kind_of(seen, seen.answer) is expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(("Text/HTML; charset=x",), "text/html", id="one"),
        pytest.param(("image/png", "text/html"), "text/html", id="the last"),
        pytest.param(("text/html", "*/*"), "text/html", id="any is none"),
        pytest.param(("text/html", "nothing"), "text/html", id="no type"),
        pytest.param(("nothing",), "nothing", id="no type alone"),
        pytest.param((), "", id="none"),
    ],
)
def test_the_last_type_counts_and_parameters_are_left_out(values, expected):
    fields = tuple(("content-type", value) for value in values)
    assert media_type(fields) == expected
    assert field_of(fields, "content-type") == (values[0] if values else "")
    assert field_of(fields, "accept") == ""


def test_all_of_a_worker_counts():
    worker = answered("https://a.example.org/", "text/javascript", asked_with={"service-worker": "script"})
    script = answered("https://a.example.org/", "text/javascript")
    assert (body_limit(worker), body_limit(script)) == (MAX_WORKER, MAX_BODY)


def test_a_page_is_no_worker():
    assert not is_worker(answered("https://a.example.org/", "text/html"))

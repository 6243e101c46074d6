"""A body in which nothing was found is not looked into again; nothing else is taken for it."""

from dataclasses import replace

import pytest

from exchanges import answered, shipped
from proxy.bypass.exchange import bodies as looking
from proxy.bypass.exchange.bodies import known_body
from proxy.quiet_bodies import MIN_BODY, QuietBodies

PLAIN = b"<!doctype html><title>Maths</title>" + b"<p>A lesson.</p>" * MIN_BODY
WORKER = b"const uv = self.__uv$config;" + b" " * MIN_BODY
URL = "https://learn.example.org/x"


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """The hosts whose bodies were looked into."""
    hosts: list[str] = []
    whole = looking.kind_of

    def counted(seen, answer):
        hosts.append(seen.url.host)
        return whole(seen, answer)

    monkeypatch.setattr(looking, "kind_of", counted)
    return hosts


def test_the_same_body_is_looked_into_once_for_each_host_and_kind_and_knowledge(asked):
    quiet, page = QuietBodies(), answered(URL, "text/html", PLAIN)
    elsewhere = answered("https://other.example.org/x", "text/html", PLAIN)
    as_text = answered(URL, "text/javascript", PLAIN)
    for seen in (page, page, elsewhere, page, as_text, page):
        assert list(quiet(seen, shipped())) == []
    assert asked == ["learn.example.org", "other.example.org", "learn.example.org"]
    assert list(quiet(page, replace(shipped()))) == []
    assert len(asked) == 4


def test_what_something_was_found_in_is_looked_into_again():
    quiet, script = QuietBodies(), answered(URL, "text/javascript", WORKER)
    expected = list(known_body(script, shipped()))
    assert expected
    assert [list(quiet(script, shipped())) for _ in range(2)] == [expected, expected]


def test_a_body_that_differs_in_one_octet_is_another():
    quiet = QuietBodies()
    assert list(quiet(answered(URL, "text/javascript", WORKER.replace(b"uv", b"vu")), shipped())) == []
    assert list(quiet(answered(URL, "text/javascript", WORKER), shipped()))


def test_short_bodies_are_looked_into_each_time(asked):
    quiet, page = QuietBodies(), answered(URL, "text/html", b"<html>short")
    assert [list(quiet(page, shipped())) for _ in range(2)] == [[], []]
    assert len(asked) == 2

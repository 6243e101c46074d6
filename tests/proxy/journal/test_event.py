from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from proxy.decision.policy import LogLevel
from proxy.decision.request import Attempt, Request, Stage, Subject
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.urls import parse_url
from proxy.decision.verdict import Action, Basis, Evidence, Handling, Reason, Verdict
from proxy.journal.event import Event, as_json, event_from, microseconds, moment
from proxy.journal.kept_signs import read_signs
from recorded import NOON, PLAIN

URL = parse_url("https://play.games.example/level/3?token=abc&page=2")
REQUEST = Request(
    Attempt("192.0.2.7", Stage.HTTP, URL.host, URL, "student7", "GET", "www.example.org"),
    Subject("middle", ("middle",), id="s-7"),
    NOON.astimezone(ZoneInfo("America/Chicago")),
)


def verdict(action, reason=Reason.CATEGORY):
    return Verdict(
        action=action,
        reason=reason,
        explanation="games.example is listed under games",
        check="listed_category",
        evidence=Evidence("games", Basis.LOCAL, "starter-games", 12, "games.example", "ITSC"),
        until=None,
        handling=Handling.INSPECT,
        rewrite="",
        base=3,
        overlay=5,
    )


def test_in_full_an_event_keeps_all_but_the_credential_and_the_explanation():
    made = event_from(
        REQUEST, verdict(Action.BLOCK), LogLevel.FULL, "pseudo", ticket="7KQ29FXM", bytes_=9, duration_us=8
    )

    assert made == Event(
        time=NOON,
        stage=Stage.HTTP,
        client="192.0.2.7",
        group="middle",
        host="play.games.example",
        action=Action.BLOCK,
        reason=Reason.CATEGORY,
        subject="pseudo",
        url="https://play.games.example/level/3?token=-&page=2",
        referring_host="www.example.org",
        method="GET",
        category="games",
        list_id="starter-games",
        rule="games.example",
        base=3,
        overlay=5,
        ticket="7KQ29FXM",
        bytes=9,
        duration_us=8,
        handling=Handling.INSPECT,
    )
    assert made.time.tzinfo is UTC


KEPT_URL = "https://play.games.example/level/3?token=-&page=2"


@pytest.mark.parametrize(
    ("level", "action", "reason", "kept"),
    [
        pytest.param(LogLevel.FULL, Action.ALLOW, Reason.DEFAULT, KEPT_URL, id="full: an allowed page"),
        pytest.param(LogLevel.HOSTS, Action.ALLOW, Reason.DEFAULT, "", id="hosts: an allowed page"),
        pytest.param(LogLevel.HOSTS, Action.BLOCK, Reason.CATEGORY, "", id="hosts: a blocked page"),
        pytest.param(LogLevel.BLOCKED, Action.ALLOW, Reason.DEFAULT, None, id="blocked: an allowed page"),
        pytest.param(
            LogLevel.BLOCKED, Action.REWRITE, Reason.SAFE_SEARCH, None, id="blocked: a rewritten page"
        ),
        pytest.param(LogLevel.BLOCKED, Action.BLOCK, Reason.CATEGORY, KEPT_URL, id="blocked: a blocked page"),
        pytest.param(
            LogLevel.BLOCKED, Action.ALLOW, Reason.LOGGED_CATEGORY, "", id="blocked: a log-only rule"
        ),
    ],
)
def test_the_groups_level_decides_what_is_kept(level, action, reason, kept):
    made = event_from(REQUEST, verdict(action, reason), level, "")

    assert (made.url if made else None) == kept


SIGNS = (
    Sign(
        "webproxy.bare",
        Nature.ANONYMIZER,
        Consequence.INCIDENT,
        0.99,
        "A web proxy.",
        (("path", "/level/3"), ("fields", "x-bare-url")),
    ),
)


@pytest.mark.parametrize(
    ("level", "action", "kept"),
    [
        pytest.param(LogLevel.FULL, Action.BLOCK, [{"path": "/level/3", "fields": "x-bare-url"}], id="full"),
        pytest.param(LogLevel.HOSTS, Action.BLOCK, [{"path": "-", "fields": "x-bare-url"}], id="hosts"),
        pytest.param(
            LogLevel.BLOCKED, Action.BLOCK, [{"path": "/level/3", "fields": "x-bare-url"}], id="blocked"
        ),
        pytest.param(LogLevel.BLOCKED, Action.ALLOW, None, id="blocked: an allowed page"),
    ],
)
def test_an_event_keeps_signs_as_the_level_asks(level, action, kept):
    seen = replace(REQUEST, attempt=replace(REQUEST.attempt, signs=SIGNS))

    made = event_from(seen, verdict(action), level, "")

    assert (None if made is None else [one.evidence for one in read_signs(made.signs)]) == kept


def test_json_has_the_documented_keys_and_utc():
    spelled = as_json(PLAIN)

    assert spelled["time"] == "2024-11-25T12:00:00.000000Z"
    assert " ".join(spelled) == (
        "v id time gateway worker stage client subject group host url referring_host method category "
        "action reason list rule base overlay ticket bytes duration_us handling signs"
    )


def test_a_moment_survives_as_microseconds():
    at = datetime(2026, 11, 23, 12, 0, 0, 123_457, tzinfo=UTC)

    assert moment(microseconds(at)) == at

"""Turning judgements into events."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import policies
from proxy.decision.pipeline import decide
from proxy.decision.policy import LogLevel
from proxy.decision.request import Request, Stage
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.verdict import Verdict
from proxy.journal.kept_signs import techniques_in
from proxy.journal.pseudonym import Pseudonyms
from proxy.journal.read import Journal
from proxy.journal.spool import Spool
from proxy.recording import MAX_AROUND, MAX_ENDINGS, Recorder

REQUEST = policies.asks("https://games.example/level?token=hush")
VERDICT = decide(REQUEST, policies.policy({"games.example": ["games"]}))

BARE = Sign("webproxy.bare", Nature.ANONYMIZER, Consequence.INCIDENT, 0.99, "A web proxy.")


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spool", worker="http-1", gateway="gw-1")
    yield made
    made.close()


def pseudonyms(directory: Path) -> Pseudonyms:
    return Pseudonyms.open_or_create(directory / "keys")


def note(recorder: Recorder, request: Request, verdict: Verdict, level: LogLevel, bytes_: int = 0) -> None:
    recorder.note(request.attempt, request.subject, request.at, verdict, level, bytes_, 7)


def test_the_level_decides_how_much_is_kept(spool: Spool, tmp_path: Path) -> None:
    recorder = Recorder(spool, pseudonyms(tmp_path))
    for level in LogLevel:
        assert recorder.record(REQUEST, VERDICT, level)
    spool.close()
    events = list(Journal(tmp_path / "spool").events())
    assert [bool(event.url) for event in events] == [True, False, True]
    assert {event.subject for event in events} == {pseudonyms(tmp_path).of("p-1")}
    assert not any("hush" in repr(event) for event in events)


def test_the_same_person_has_the_same_pseudonym_in_both_ways_of_recording(
    spool: Spool, tmp_path: Path
) -> None:
    recorder = Recorder(spool, pseudonyms(tmp_path))
    template = recorder.template(REQUEST, VERDICT, LogLevel.FULL)
    assert template is not None
    recorder.record(REQUEST, VERDICT, LogLevel.FULL)
    spool.append_as(template, 1_795_000_000_000_000, recorder.client_tag("192.0.2.7", REQUEST.subject))
    spool.close()
    first, second = Journal(tmp_path / "spool").events()
    assert (first.subject, first.client) == (second.subject, second.client)


def test_nothing_is_packed_where_the_level_keeps_nothing(spool: Spool, tmp_path: Path) -> None:
    recorder = Recorder(spool, pseudonyms(tmp_path))
    request = policies.asks("learn.example")
    verdict = decide(request, policies.policy())
    assert recorder.template(request, verdict, LogLevel.BLOCKED) is None
    assert recorder.record(request, verdict, LogLevel.BLOCKED) == ""


@pytest.mark.parametrize("level", LogLevel)
@pytest.mark.parametrize("host", ["games.example", "learn.example"])
def test_a_names_template_is_the_one_of_its_whole_judgement(
    spool: Spool, tmp_path: Path, level: LogLevel, host: str
) -> None:
    recorder = Recorder(spool, pseudonyms(tmp_path))
    request = policies.asks(host, method="A" * 40)
    verdict = decide(request, policies.policy({"games.example": ["games"]}))
    for _ in range(2):
        template = recorder.name_template(request.subject, host, "A" * 40, verdict, level)
        assert template == recorder.template(request, verdict, level)


def test_what_is_kept_of_verdicts_is_bounded_and_never_mistaken(spool: Spool, tmp_path: Path) -> None:
    recorder = Recorder(spool, pseudonyms(tmp_path))
    request = policies.asks("games.example")
    rules = policies.policy({"games.example": ["games"]})
    for number in range(2 * MAX_ENDINGS):
        verdict = replace(decide(request, rules), overlay=number)
        template = recorder.name_template(request.subject, "games.example", "", verdict, LogLevel.FULL)
        assert template == recorder.template(request, verdict, LogLevel.FULL)
    assert len(recorder._endings) <= MAX_ENDINGS


def test_a_note_says_what_its_own_attempt_says(spool: Spool, tmp_path: Path) -> None:
    recorder = Recorder(spool, pseudonyms(tmp_path))
    verdict = decide(policies.asks("learn.example"), policies.policy())
    one = policies.asks("https://learn.example/a", method="GET")
    asked = [
        replace(one, subject=replace(one.subject, group="staff")),
        replace(one, attempt=replace(one.attempt, stage=Stage.TLS)),
    ]
    asked += [
        policies.asks(url, referring_host=referring, method=method)
        for url in ("https://learn.example/a", "https://learn.example/b", "https://other.example/a")
        for referring in ("", "from.example")
        for method in ("GET", "POST")
    ]
    for request in asked:
        recorder.record(request, verdict, LogLevel.FULL, duration_us=7)
        note(recorder, request, verdict, LogLevel.FULL)
    spool.close()
    events = [replace(event, id="") for event in Journal(tmp_path / "spool").events()]
    assert events[0::2] == events[1::2]
    said = {(one.url, one.referring_host, one.method, one.group, one.stage) for one in events}
    assert len(said) == len(asked)


@pytest.mark.parametrize("level", LogLevel)
@pytest.mark.parametrize("host", ["games.example", "learn.example"])
def test_a_note_is_the_event_of_a_whole_record_but_for_its_id(
    spool: Spool, tmp_path: Path, level: LogLevel, host: str
) -> None:
    recorder = Recorder(spool, pseudonyms(tmp_path))
    request = policies.asks(f"https://{host}/a,b?token=hush&q=%22")
    verdict = decide(request, policies.policy({"games.example": ["games"]}))
    for bytes_ in (0, 123_456_789_012):
        recorder.record(request, verdict, level, bytes_=bytes_, duration_us=7)
        note(recorder, request, verdict, level, bytes_)
    spool.close()
    events = [replace(event, id="") for event in Journal(tmp_path / "spool").events()]
    assert len(events) == (0 if level is LogLevel.BLOCKED and host == "learn.example" else 4)
    assert events[0::2] == events[1::2]


def test_a_note_of_an_attempt_with_signs_is_its_own(spool: Spool, tmp_path: Path) -> None:
    recorder = Recorder(spool, pseudonyms(tmp_path))
    seen = replace(REQUEST, attempt=replace(REQUEST.attempt, signs=(BARE,)))
    for request in (REQUEST, seen, REQUEST):
        recorder.record(request, VERDICT, LogLevel.FULL, bytes_=9, duration_us=7)
        note(recorder, request, VERDICT, LogLevel.FULL, 9)
    packed = recorder.packed(seen, VERDICT, LogLevel.FULL)
    template = recorder.template(seen, VERDICT, LogLevel.FULL)
    assert packed is not None
    assert template is not None
    recorder.record_packed(packed, 1_795_000_000_000_000, 9, 7)
    spool.append_as(template, 1_795_000_000_000_001, packed.tag, 7)
    spool.close()
    events = [replace(event, id="") for event in Journal(tmp_path / "spool").events()]
    told = [techniques_in(event.signs) for event in sorted(events, key=lambda event: event.time)]
    assert sorted(told) == [()] * 4 + [("webproxy.bare",)] * 4


def test_what_notes_keep_of_verdicts_is_bounded_and_never_mistaken(spool: Spool, tmp_path: Path) -> None:
    recorder = Recorder(spool, pseudonyms(tmp_path))
    rules = policies.policy({"games.example": ["games"]})
    decided = decide(REQUEST, rules)
    for number in range(2 * MAX_AROUND):
        verdict = replace(decided, overlay=number)
        note(recorder, REQUEST, verdict, LogLevel.FULL)
    spool.close()
    overlays = [event.overlay for event in Journal(tmp_path / "spool").events()]
    assert overlays == list(range(2 * MAX_AROUND))
    assert len(recorder._around) <= MAX_AROUND

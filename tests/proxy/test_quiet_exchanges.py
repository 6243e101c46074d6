"""What is known to be quiet shows nothing to any detector, whatever it is put together of."""

import json
import random
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

import policy_gateway
from known_ways import delivered
from proxy import quiet_exchanges
from proxy.bypass.observed import Answer, Exchange
from proxy.decision.urls import parse_url
from proxy.lookout import Lookout
from proxy.quiet_exchanges import MAX_BESIDE, MAX_SAID, MAX_TARGET, QuietExchanges
from proxy.replay.formats.fields import Fields
from proxy.replay.formats.request_row import read_request

ROWS = Path(__file__).parents[1] / "data/bypass/tuned/requests.jsonl"
FIELDS = (("host", "learn.example.org"), ("accept", "*/*"), ("user-agent", "Mozilla/5.0"))
PAGE = Exchange("GET", parse_url("https://learn.example.org/a/b.js?v=1"), "/a/b.js?v=1", fields=FIELDS)
RAW = ((b"Content-Type", b"text/html"), (b"Date", b"Mon, 23 Nov 2026 01:00:00 GMT"))
HEAD = object()


class Counting(Lookout):
    """Counts how often all detectors were asked."""

    looks = 0

    def request(self, exchange, known=()):
        self.looks += 1
        return super().request(exchange, known)


@pytest.fixture
def lookout(tmp_path):
    made = policy_gateway.gateway(tmp_path, policy_gateway.policy(), policy_gateway.settings())
    made.knowledge = delivered()
    return Counting(made)


def recorded():
    """The requests of a recording, without what came with them later."""
    found = []
    for line in ROWS.read_text().splitlines():
        _, seen, _ = read_request(Fields(json.loads(line)), lambda destination: False)
        found += [one for one in seen if isinstance(one, Exchange)]
    return found


def mixed(all_, count):
    """Requests with the head of one, the target of another, and the answer of a third."""
    dice = random.Random(7)
    for _ in range(count):
        head, target, answering = dice.choice(all_), dice.choice(all_), dice.choice(all_)
        url = replace(target.url, host=head.url.host) if dice.random() < 0.5 else target.url
        dest = dice.choice(["", "", "image", "document", "worker"])
        fields = (*head.fields, ("sec-fetch-dest", dest)) if dest else head.fields
        asked = replace(
            head, url=url, target=target.target, fields=fields, body=b"", answer=None, messages=()
        )
        yield asked, answering.answer


def test_requests_show_what_they_show_to_all_detectors(lookout):
    quiet, heads, last, known = QuietExchanges(lookout), {}, {}, 0
    for seen, _ in mixed(recorded(), 12_000):
        said = replace(seen, url=replace(seen.url, path="/", query=""), target="/", method="GET")
        head = heads.setdefault(said, object())
        before = lookout.looks
        signs, found = quiet.request(head, last.get(head), seen)
        known += lookout.looks == before
        last[head] = found
        assert signs == Lookout.request(lookout, seen), (seen, signs)
    assert known > 500


PARTS = b"--b\r\nContent-Type: %s\r\n\r\n"
BODIES = (PARTS % b"image/png", PARTS % b"text/html", b"<script>", b"")
TYPES = ("multipart/x-mixed-replace; boundary=b", "text/event-stream", "application/pdf", "text/xml", "")
ACCEPTS = ("text/html", "*/*")


def beside_recorded(count):
    """Requests and answers of types and bodies that stand in no recording."""
    dice = random.Random(8)
    for _ in range(count):
        fields = (*FIELDS[:1], ("accept", dice.choice(ACCEPTS)), *FIELDS[2:])
        dest = dice.choice(["", "document", "image", "worker"])
        seen = replace(PAGE, fields=(*fields, ("sec-fetch-dest", dest)) if dest else fields)
        yield seen, Answer(200, (("content-type", dice.choice(TYPES)),), dice.choice(BODIES))


def test_answers_that_are_quiet_show_nothing_to_all_detectors(lookout):
    quiet, known = QuietExchanges(lookout), 0
    answered = mixed([one for one in recorded() if one.answer is not None][::4], 12_000)
    for seen, answer in chain(answered, beside_recorded(1_000)):
        signs, head = quiet.request(seen.fields, None, seen)
        if head is None:
            assert signs or quiet._manner(seen) is None
            continue
        raw = tuple((name.encode("latin-1", "replace"), value.encode()) for name, value in answer.fields)
        reply = quiet.reply(head.manner, seen, answer.status, raw, answer.body)
        shows = lookout.answer(replace(seen, answer=answer))
        if reply is not None and quiet.is_quiet(reply):
            known += 1
            assert shows == ()
        elif reply is not None and not shows:
            quiet.was_quiet(reply)
    assert known > 500


def test_a_request_like_the_last_on_its_connection_is_not_looked_at(lookout):
    quiet = QuietExchanges(lookout)
    _, head = quiet.request(HEAD, None, PAGE)
    assert quiet.request(HEAD, head, PAGE) == ((), head)
    assert lookout.looks == 1


def test_of_another_head_only_that_is_looked_at(lookout):
    quiet = QuietExchanges(lookout)
    quiet.request(HEAD, None, PAGE)
    other = replace(PAGE, fields=(*FIELDS, ("cookie", "a=b"), ("referer", "https://learn.example.org/")))
    _, head = quiet.request(object(), None, replace(other, fields=other.fields[:-1]))
    assert (head is not None, lookout.looks) == (True, 1)
    relay = replace(PAGE, fields=(*FIELDS, ("x-bare-url", "https://example.com/")))
    signs, head = quiet.request(object(), None, relay)
    assert ([sign.technique for sign in signs], head) == (["webproxy.bare"], None)


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(("x-original-url", "/a/b.js?v=1"), id="a claim that holds for one target alone"),
        pytest.param(("upgrade", "websocket"), id="an upgrade, which begins anything"),
        pytest.param(("sec-fetch-dest", "x" * MAX_BESIDE), id="a long field that counts, kept for nobody"),
    ],
)
def test_some_heads_are_like_no_other(lookout, field):
    quiet = QuietExchanges(lookout)
    seen = replace(PAGE, fields=(*FIELDS, field, ("origin", "https://learn.example.org")))
    assert quiet.request(HEAD, None, seen) == ((), None)


def test_what_is_kept_of_a_request_is_short(lookout):
    quiet = QuietExchanges(lookout)
    for seen in (
        replace(PAGE, method="X" * (MAX_BESIDE + 1)),
        replace(PAGE, fields=(*FIELDS, *[("content-type", "")] * 50)),
    ):
        assert quiet.request(object(), None, seen) == ((), None)


def test_another_method_is_another_head(lookout):
    quiet = QuietExchanges(lookout)
    _, head = quiet.request(HEAD, None, PAGE)
    quiet.request(HEAD, head, replace(PAGE, method="POST"))
    assert lookout.looks == 2


def test_with_other_knowledge_all_is_looked_at_anew(lookout):
    quiet = QuietExchanges(lookout)
    _, head = quiet.request(HEAD, None, PAGE)
    reply = quiet.reply(head.manner, PAGE, 200, RAW, b"x")
    quiet.was_quiet(reply)
    assert quiet.is_quiet(reply)
    lookout._gateway.knowledge = replace(delivered())
    assert not quiet.is_quiet(reply)
    quiet.request(HEAD, head, PAGE)
    assert (lookout.looks, quiet.is_quiet(reply)) == (2, False)


def test_without_knowledge_nobody_looks(lookout):
    quiet = QuietExchanges(lookout)
    lookout._gateway.knowledge = None
    assert quiet.request(HEAD, None, PAGE) == ((), None)
    assert lookout.looks == 0


class TestAnswers:
    @pytest.fixture
    def quiet(self, lookout):
        quiet = QuietExchanges(lookout)
        _, self.head = quiet.request(HEAD, None, PAGE)
        quiet.was_quiet(self.reply(quiet))
        return quiet

    def reply(self, quiet, seen=PAGE, status=200, fields=RAW, body=b"<p>Welcome"):
        return quiet.reply(self.head.manner, seen, status, fields, body)

    @pytest.mark.parametrize(
        ("more", "known"),
        [
            pytest.param({}, True, id="the same"),
            pytest.param(
                {"fields": (*RAW[:1], (b"date", b"later"), (b"etag", b"1"))}, True, id="another date"
            ),
            pytest.param({"body": b"<p>welcome"}, False, id="another body"),
            pytest.param({"status": 404}, False, id="another status"),
            pytest.param({"fields": ((b"content-type", b"text/javascript"),)}, False, id="another type"),
            pytest.param({"fields": (*RAW, (b"Content-Encoding", b"gzip"))}, False, id="another coding"),
            pytest.param({"fields": (*RAW, (b"X-Bare-Status", b"200"))}, False, id="a field that says much"),
            pytest.param({"seen": replace(PAGE, target="/b")}, False, id="another target"),
        ],
    )
    def test_it_is_known_by_all_that_counts(self, quiet, more, known):
        assert quiet.is_quiet(self.reply(quiet, **more)) is known

    @pytest.mark.parametrize(
        ("more"),
        [
            pytest.param({"seen": replace(PAGE, body=b"x")}, id="a request with a body"),
            pytest.param({"seen": replace(PAGE, target="/" * (MAX_TARGET + 1))}, id="a long target"),
            pytest.param({"fields": ((b"content-type", b"x" * (MAX_SAID + 1)),)}, id="long fields"),
            pytest.param({"fields": ((b"content-type", b""),) * 100}, id="many fields"),
            pytest.param(
                {"fields": ((b"Content-Type", b"multipart/x-mixed-replace; boundary=b"),)},
                id="parts, which count where a page was asked for",
            ),
            pytest.param(
                {"fields": (*RAW, (b"content-type", b"Multipart/X-Mixed-Replace"))}, id="parts, told last"
            ),
        ],
    )
    def test_some_are_not_remembered(self, quiet, more):
        assert self.reply(quiet, **more) is None

    def test_a_picture_is_known_whatever_it_shows(self, quiet):
        picture = ((b"content-type", b"image/png"),)
        quiet.was_quiet(self.reply(quiet, fields=picture, body=b"1"))
        assert quiet.is_quiet(self.reply(quiet, fields=picture, body=b"2"))


def test_not_more_than_so_many_are_remembered(lookout, monkeypatch):
    monkeypatch.setattr(quiet_exchanges, "MAX_KEPT", 3)
    quiet = QuietExchanges(lookout)
    for number in range(10):
        seen = replace(PAGE, url=replace(PAGE.url, path=f"/{number}", query=""), target=f"/{number}")
        _, head = quiet.request(HEAD, None, seen)
        quiet.was_quiet(quiet.reply(head.manner, seen, 200, ((b"content-type", b"a/%d" % number),), b""))
        assert max(map(len, (quiet._targets, quiet._replies, quiet._looked_into))) <= 3

from dataclasses import replace

import pytest

from policies import GOOGLE, school_time
from proxy.bypass.all_detectors import Detectors
from proxy.bypass.observed import Answer, Exchange, Message, Opening, Question, Record, Transport
from proxy.bypass.surroundings import Surroundings
from proxy.decision.urls import parse_url
from proxy.replay.answers import Answered, Outcome
from proxy.replay.judging import Judging
from proxy.replay.rows import Row, Who
from proxy.replay.rules import Rules
from proxy.replay.sample_policy import SamplePolicy
from proxy.settings.bypass.reading import read_knowledge
from recorded_rows import TECHNIQUES, write_policy

PAGE = Exchange("GET", parse_url("https://www.example.org/"))
QUESTION = Question("c", "www.example.org", "A")
OPENING = Opening(Transport.UDP, 51820, "192.0.2.9")


def says(word, technique, **more):
    """A detector that sees a technique wherever a word stands in what it looks at."""

    def detector(seen, knowledge):
        if word in repr(seen):
            yield knowledge.sign(technique, evidence={"word": word}, **more)

    return detector


@pytest.fixture
def judged(tmp_path):
    """Judge one row by detectors given by kind; the answer, and what failed."""
    (tmp_path / "bypass").mkdir()
    (tmp_path / "bypass" / "test.yaml").write_text(TECHNIQUES)
    knowledge, problems = read_knowledge(tmp_path / "bypass", Surroundings())
    assert problems == ()
    sample = SamplePolicy(write_policy(tmp_path))
    policy, _ = sample.policy({"google": GOOGLE})
    faults = []

    def judge(*seen, host="www.example.org", role="student", trouble="", watch=None, **kinds):
        rules = Rules(policy, knowledge, sample.subjects(""))
        detectors = Detectors(**{kind: tuple(many) for kind, many in kinds.items()})
        judging = Judging(
            rules, detectors, watch or (lambda q, k: ()), school_time("10:00"), lambda *f: faults.append(f[0])
        )
        return judging.answer(Row("r", 1, Who(role), host, seen, trouble=trouble))

    judge.faults = faults
    return judge


def brief(answered):
    return answered.outcome.value, answered.technique


def test_what_nobody_speaks_against_is_let_through(judged):
    assert judged(PAGE) == Answered("r", Outcome.ALLOW, explanation="No list and no rule speaks against it.")


@pytest.mark.parametrize(
    ("technique", "verdict"),
    [
        ("test.proxy", "block_incident"),
        ("vpn.test", "block"),
        ("test.mirror", "block"),
        ("test.weak", "log"),
        ("test.unsafe", "rewrite"),
    ],
)
@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        pytest.param("requests", PAGE, id="a request"),
        pytest.param("answers", replace(PAGE, answer=Answer(200)), id="an answer"),
        pytest.param("messages", replace(PAGE, messages=(Message(True, True, b"x"),)), id="a message"),
        pytest.param("names", QUESTION, id="a name"),
        pytest.param("openings", OPENING, id="an opening"),
    ],
)
def test_a_sign_of_every_kind_comes_to_its_consequence(judged, technique, verdict, kind, seen):
    answered = judged(seen, **{kind: [says("", technique)]})
    assert (brief(answered), answered.evidence) == ((verdict, technique), {"word": ""})


def test_what_waits_for_an_answer_counts_where_a_recording_has_none(judged):
    kinds = {"unanswered": [says("", "vpn.test")], "answers": [says("", "test.weak")]}
    assert brief(judged(PAGE, **kinds)) == ("block", "vpn.test")
    assert brief(judged(replace(PAGE, answer=Answer(302)), **kinds)) == ("log", "test.weak")


def test_a_request_is_judged_before_its_answer_and_an_answer_before_messages(judged):
    exchange = replace(
        PAGE,
        answer=Answer(200, body=b"inside"),
        messages=(Message(False, False, b"first"), Message(True, True, b"second")),
    )
    asked = []

    def noting(kind):
        def detector(seen, knowledge):
            asked.append((kind, seen.answer is not None, len(seen.messages)))
            return ()

        return detector

    judged(exchange, **{kind: [noting(kind)] for kind in ("requests", "answers", "messages")})
    assert asked == [
        ("requests", False, 0),
        ("answers", True, 0),
        ("messages", True, 1),
        ("messages", True, 2),
    ]
    asked.clear()
    judged(exchange, requests=[says("", "vpn.test")], answers=[noting("answers")])
    assert asked == []


def test_a_message_is_judged_when_it_comes(judged):
    messages = (Message(False, False, b"plain"), Message(True, True, b"decisive"))
    seen = replace(PAGE, messages=messages)
    assert brief(judged(seen, messages=[says("decisive", "test.proxy")])) == ("block_incident", "test.proxy")


def test_what_stands_inside_a_connection_is_judged_after_it(judged):
    outer = replace(OPENING, transport=Transport.TCP)
    inner = replace(outer, first=b"SSH-2.0", is_inside=True)
    assert brief(judged(outer, inner, openings=[says("SSH", "test.proxy")])) == (
        "block_incident",
        "test.proxy",
    )


@pytest.mark.parametrize(
    ("seen", "host"),
    [
        pytest.param(
            replace(PAGE, url=parse_url("https://play.arcade.example/")), "play.arcade.example", id="page"
        ),
        pytest.param(QUESTION, "play.arcade.example", id="name"),
        pytest.param(OPENING, "play.arcade.example", id="handshake"),
    ],
)
def test_the_schools_policy_is_asked_at_every_stage(judged, seen, host):
    answered = judged(seen, host=host)
    assert brief(answered) == ("block", "policy.category")
    assert answered.evidence == {
        "rule": "arcade.example",
        "list": "policy.json",
        "line": "1",
        "category": "games",
    }


def test_a_sign_of_an_anonymizer_goes_before_a_list(judged):
    seen = replace(PAGE, url=parse_url("https://arcade.example/"))
    assert brief(judged(seen, requests=[says("", "test.proxy")])) == ("block_incident", "test.proxy")


@pytest.mark.parametrize(
    ("inner", "verdict"),
    [
        pytest.param("https://arcade.example/play", ("block", "test.wrapper"), id="blocked"),
        pytest.param("https://news.example/", ("allow", ""), id="open"),
    ],
)
def test_a_wrapper_is_judged_by_the_address_inside(judged, inner, verdict):
    answered = judged(PAGE, requests=[says("", "test.wrapper", inner=parse_url(inner))])
    assert brief(answered) == verdict


def test_a_blocked_site_with_a_wrapper_in_it_is_blocked_by_itself(judged):
    seen = replace(PAGE, url=parse_url("https://arcade.example/"))
    inner = parse_url("https://chatter.example/")
    assert brief(judged(seen, requests=[says("", "test.wrapper", inner=inner)])) == (
        "block",
        "policy.category",
    )


@pytest.mark.parametrize(("role", "verdict"), [("student", "block"), ("staff", "allow"), ("it", "allow")])
def test_what_is_permitted_is_let_through(judged, role, verdict):
    answered = judged(OPENING, host="192.0.2.9", role=role, openings=[says("", "vpn.test")])
    assert answered.outcome.value == verdict


def test_a_device_signal_has_its_own_technique(judged):
    assert brief(judged(QUESTION, host="mask.icloud.com")) == ("block", "dns.auto_signal")


@pytest.mark.parametrize(
    ("record", "verdict"),
    [
        pytest.param(Record("CNAME", "www.arcade.example."), ("block", "dns.cname_cloak"), id="an alias"),
        pytest.param(Record("HTTPS", "1 arcade.example."), ("block", "dns.cname_cloak"), id="a target"),
        pytest.param(Record("CNAME", "cdn.example."), ("allow", ""), id="an ordinary alias"),
        pytest.param(Record("A", "192.0.2.1"), ("allow", ""), id="an address"),
    ],
)
def test_names_behind_a_name_are_judged_as_the_resolver_does(judged, record, verdict):
    assert brief(judged(replace(QUESTION, answers=(record,)))) == verdict


def test_the_watch_over_names_is_asked_with_the_detectors(judged):
    assert brief(judged(QUESTION, watch=says("", "test.proxy"))) == ("block_incident", "test.proxy")
    assert brief(judged(PAGE, watch=says("", "test.proxy"))) == ("allow", "")


@pytest.mark.parametrize(
    ("seen", "technique"),
    [
        pytest.param((), "host.unreadable", id="a URL"),
        pytest.param((QUESTION,), "dns.malformed", id="a name"),
        pytest.param((OPENING,), "dns.malformed", id="no DNS on the port of DNS"),
    ],
)
def test_what_cannot_be_read_is_refused(judged, seen, technique):
    answered = judged(*seen, host="", trouble="a label is empty")
    assert answered == Answered(
        "r",
        Outcome.BLOCK,
        technique,
        {"unreadable": "a label is empty"},
        "The filter refuses what it cannot read.",
    )


def test_a_sign_outweighs_that_it_cannot_be_read(judged):
    answered = judged(QUESTION, host="", trouble="a label is empty", names=[says("", "test.proxy")])
    assert brief(answered) == ("block_incident", "test.proxy")


def test_a_detector_that_fails_refuses_and_is_named(judged):
    def broken(seen, knowledge):
        raise RuntimeError

    assert brief(judged(PAGE, requests=[broken])) == ("block", "fault.detector")
    assert judged.faults == ["broken"]

from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.urls import parse_url
from proxy.decision.verdict import Evidence
from proxy.replay.answers import Answered, Outcome, of_rule, of_sign


def test_an_answer_as_it_is_printed():
    answered = Answered("r-1", Outcome.BLOCK_INCIDENT, "a.b", {"header": "x-bare-url"}, "It is a proxy.")
    assert answered.as_json() == {
        "id": "r-1",
        "verdict": "block_incident",
        "technique": "a.b",
        "evidence": {"header": "x-bare-url"},
        "explanation": "It is a proxy.",
    }


def test_of_an_address_inside_only_the_host_is_kept():
    inner = parse_url("https://hidden.example/who?name=kim")
    sign = Sign("a.b", Nature.WRAPPER, Consequence.LOG, 1.0, "", (("parameter", "u"),), inner)
    assert of_sign(sign) == {"parameter": "u", "inner": "hidden.example"}


def test_of_a_rule_what_is_there_is_kept():
    assert of_rule(Evidence(category="games", list_id="own", line=3, rule="a.example")) == {
        "rule": "a.example",
        "list": "own",
        "line": "3",
        "category": "games",
    }
    assert of_rule(Evidence()) == {}

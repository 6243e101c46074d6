import pytest

from proxy.bypass.knowledge import KnownName
from proxy.bypass.surroundings import Surroundings
from proxy.settings.bypass.reading import read_knowledge
from proxy.settings.problem import Problem

GOOD = """\
version: 1
techniques:
  - id: dns.doh_host
    title: Encrypted resolver
    nature: anonymizer
    consequence: block
    explanation: This is a resolver outside the school.
names:
  - technique: dns.doh_host
    source: its own page
    date: 2026-11-01
    names: [dns.example, doh.example]
"""


def read(tmp_path, text, name="dns.yaml"):
    (tmp_path / name).write_text(text)
    return read_knowledge(tmp_path, Surroundings())


def said(problems: tuple[Problem, ...]):
    return [(problem.line, problem.message) for problem in problems]


def test_techniques_and_their_names_are_read(tmp_path):
    knowledge, problems = read(tmp_path, GOOD)
    assert problems == ()
    assert list(knowledge.techniques) == ["dns.doh_host"]
    assert knowledge.named("www.dns.example") == KnownName("dns.example", "dns.doh_host", "bypass/dns.yaml")


ALONE = GOOD.partition("names:")[0]
INCIDENT = "consequence: incident\n    weight: 0.5\n    innocent: [a lesson]"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        pytest.param(
            GOOD.replace("technique: dns", "technique: dnz"), 9, "no technique is called", id="unknown"
        ),
        pytest.param(
            GOOD.replace("doh.ex", "dns.ex"), 12, "already stands in bypass/dns.yaml", id="name twice"
        ),
        pytest.param(
            GOOD.replace("consequence: block", "consequence: incident"), 3, "needs a weight", id="weight"
        ),
        pytest.param(
            GOOD.replace("title:", "weight: 1\n    title:"), 3, "is not 'incident'", id="idle weight"
        ),
        pytest.param(
            GOOD.replace("id: dns.doh_host", "id: fault.x").split("names:\n  -")[0], 3, "failed", id="fault"
        ),
        pytest.param("version: 1\nnames: 5\n", 2, "", id="no list"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, text, line, message):
    _, problems = read(tmp_path, text)
    assert any(at == line and message in words for at, words in said(problems)), said(problems)


def test_what_can_raise_an_incident_has_weight_and_innocent_causes(tmp_path):
    knowledge, problems = read(tmp_path, GOOD.replace("consequence: block", INCIDENT))
    assert problems == ()
    assert knowledge.techniques["dns.doh_host"].innocent == ("a lesson",)


def test_an_empty_directory_is_a_problem(tmp_path):
    assert [p.message for p in read_knowledge(tmp_path, Surroundings())[1]] == [
        "no *.yaml file stands in this directory"
    ]


def test_what_is_said_in_other_languages_is_read(tmp_path):
    (tmp_path / "languages").mkdir()
    (tmp_path / "languages" / "es.yaml").write_text('version: 1\ntexts:\n  "Encrypted resolver": Cifrado\n')
    knowledge, problems = read(tmp_path, GOOD)
    assert problems == ()
    assert knowledge.languages == {"es": {"Encrypted resolver": "Cifrado"}}


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        pytest.param("es.yaml", "version: 1\ntexts: [a]\n", 2, "a block of", id="no texts"),
        pytest.param("es.yaml", 'version: 1\ntexts:\n  a: ""\n', 3, "", id="an empty text"),
        pytest.param("es.yaml", "version: 1\ntexts: {a: b, a: c}\n", 2, "twice", id="one twice"),
        pytest.param("es.yaml", "version: 1\ntext: {}\n", 2, "there is no setting", id="unknown key"),
        pytest.param("Spanish.yaml", "version: 1\n", 0, "es.yaml", id="no language"),
    ],
)
def test_what_is_wrong_in_a_language_is_said_with_its_line(tmp_path, name, text, line, message):
    (tmp_path / "languages").mkdir()
    (tmp_path / "languages" / name).write_text(text)
    _, problems = read(tmp_path, GOOD)
    assert any(at == line and message in words for at, words in said(problems)), said(problems)

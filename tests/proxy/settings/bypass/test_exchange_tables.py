import pytest

from proxy.bypass.exchange.body_rules import BodyRule
from proxy.bypass.exchange.heads import known_request
from proxy.bypass.exchange.kinds import Kind
from proxy.bypass.exchange.tables import Extension
from proxy.bypass.surroundings import Surroundings
from proxy.settings.bypass.reading import read_knowledge
from tests.fakes.exchanges import asked

TECHNIQUE = """\
version: "1"
techniques:
  - id: webproxy.x
    title: X
    nature: anonymizer
    consequence: block
    explanation: This is X.
"""
HEAD = "  - technique: {}\n    source: seen\n    date: 2026-11-22\n"
WHOLE = (
    TECHNIQUE
    + "heads:\n"
    + HEAD.format("webproxy.x")
    + '    address: "^/x/"\n    consequence: log\n'
    + "bodies:\n"
    + HEAD.format("webproxy.x")
    + "    kinds: [page]\n    some: [Alpha]\n    shared: true\n"
    + "coded:\n"
    + HEAD.format("webproxy.x")
    + "    ways: [xor]\n"
    + "weakenings:\n"
    + HEAD.format("webproxy.x")
    + '    hosts: "find\\\\.example"\n    parameters: {SAFE: ["OFF"]}\n'
    + "extensions:\n"
    + HEAD.format("webproxy.x")
    + "    ids: {ABCD: The extension}\n"
    + "shared_hosts:\n  - source: seen\n    date: 2026-11-22\n    names: [pages.example]\n"
)


def read(tmp_path, text):
    (tmp_path / "x.yaml").write_text(text)
    return read_knowledge(tmp_path, Surroundings())


def test_each_section_fills_its_table(tmp_path):
    knowledge, problems = read(tmp_path, WHOLE)

    assert problems == ()
    tables = knowledge.exchange
    (sign,) = known_request(asked("https://a.example/x/y"), knowledge)
    assert (sign.technique, sign.consequence.value) == ("webproxy.x", "log")
    assert tables.bodies.rules == (
        BodyRule("webproxy.x", frozenset({Kind.PAGE}), some=("Alpha",), is_shared=True),
    )
    assert tables.bodies.shared == {"pages.example"}
    assert tables.coded.rules[0].ways == {"xor"}
    assert tables.weakenings.of("find.example")[0].parameters == (("safe", frozenset({"off"})),)
    assert tables.extensions == {"abcd": Extension("abcd", "The extension", "webproxy.x", "bypass/x.yaml")}


@pytest.mark.parametrize(
    ("section", "message"),
    [
        pytest.param(
            "heads:\n" + HEAD.format("webproxy.y") + '    address: "/x"\n',
            "no technique is called",
            id="unknown",
        ),
        pytest.param("heads:\n" + HEAD.format("webproxy.x"), "names nothing to look for", id="empty head"),
        pytest.param(
            "bodies:\n" + HEAD.format("webproxy.x") + "    kinds: [page]\n",
            "nothing to look for",
            id="empty body",
        ),
        pytest.param(
            "bodies:\n" + HEAD.format("webproxy.x") + "    kinds: [page]\n    some: [alpha]\n    least: 2\n",
            "have fewer than that",
            id="more than there are",
        ),
        pytest.param(
            "bodies:\n"
            + HEAD.format("webproxy.x")
            + "    kinds: [page]\n    some: [alpha]\n    titled: true\n",
            "has none",
            id="no title to be met",
        ),
        pytest.param("coded:\n" + HEAD.format("webproxy.x"), "neither ways nor an address", id="empty form"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, section, message):
    _, problems = read(tmp_path, TECHNIQUE + section)

    (problem,) = problems
    assert message in problem.message
    assert problem.line > TECHNIQUE.count("\n")

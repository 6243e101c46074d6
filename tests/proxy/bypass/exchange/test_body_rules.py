import pytest

from proxy.bypass.exchange.body_rules import Bodies, BodyRule, Met
from proxy.bypass.exchange.kinds import Kind

PAGE = frozenset({Kind.PAGE})


@pytest.mark.parametrize(
    ("rule", "host", "title", "body", "marks"),
    [
        pytest.param({"some": ("alpha",)}, "a.example", b"", b"x ALPHA y", ("alpha",), id="one, in any case"),
        pytest.param({"every": ("alpha", "beta")}, "a.example", b"", b"alpha", None, id="not all"),
        pytest.param({"every": ("alpha", "beta")}, "a.example", b"", b"betalph", None, id="not quite all"),
        pytest.param(
            {"every": ("alpha", "beta")}, "a.example", b"", b"beta alpha", ("alpha", "beta"), id="all"
        ),
        pytest.param(
            {"some": ("alpha", "beta"), "least": 2}, "a.example", b"", b"alpha alpha", None, id="too few"
        ),
        pytest.param(
            {"some": ("alpha",), "titles": ("^ho?me$",), "least": 2},
            "a.example",
            b"Home",
            b"alpha",
            ("alpha", "^ho?me$"),
            id="a title counts",
        ),
        pytest.param(
            {"some": ('id="a-form"', 'id="b-form"', "Run('x')"), "least": 3},
            "a.example",
            b"",
            b"<form id='a-form'><input ID = b-form><script>run(`x`)",
            ('id="a-form"', 'id="b-form"', "Run('x')"),
            id="other quotation marks, or none",
        ),
        pytest.param(
            {"some": ('id="a-form"',)},
            "a.example",
            b"",
            b"<form id=a-formula>",
            None,
            id="the beginning of another value",
        ),
        pytest.param(
            {"some": ("alpha", "Alpha"), "least": 2},
            "a.example",
            b"",
            b"alpha",
            None,
            id="one mark in two spellings",
        ),
        pytest.param(
            {"some": ("alpha", "beta"), "titles": ("^home$",), "is_titled": True},
            "a.example",
            b"Away",
            b"alpha beta",
            None,
            id="a title is wanted",
        ),
        pytest.param(
            {"some": ("alpha",), "patterns": ("a.pha [0-9]+",)},
            "a.example",
            b"",
            b"alpha 12",
            ("alpha", "a.pha [0-9]+"),
            id="a pattern",
        ),
        pytest.param(
            {"some": ("alpha",), "patterns": ("a.pha [0-9]+",)},
            "a.example",
            b"",
            b"alpha",
            None,
            id="no pattern",
        ),
        pytest.param(
            {"some": ("alpha",), "unless": ("news",)}, "a.example", b"", b"alpha News", None, id="excused"
        ),
        pytest.param(
            {"some": ("alpha",), "hosts": frozenset({"b.example"})},
            "a.example",
            b"",
            b"alpha",
            None,
            id="host",
        ),
        pytest.param(
            {"some": ("alpha",), "hosts": frozenset({"b.example"})},
            "x.b.example",
            b"",
            b"alpha",
            ("alpha",),
            id="below a host",
        ),
        pytest.param(
            {"some": ("alpha",), "unless_hosts": frozenset({"a.example"})},
            "w.a.example",
            b"",
            b"alpha",
            None,
            id="not there",
        ),
        pytest.param(
            {"some": ("alpha",), "is_shared": True}, "a.example", b"", b"alpha", None, id="its own host"
        ),
        pytest.param(
            {"some": ("alpha",), "is_shared": True},
            "me.pages.example",
            b"",
            b"alpha",
            ("alpha",),
            id="a shared host",
        ),
    ],
)
def test_a_rule_is_met(rule, host, title, body, marks):
    made = BodyRule("webproxy.x", PAGE, **rule)
    expected = [] if marks is None else [Met(made, marks)]
    assert Bodies([made], frozenset({"pages.example"})).met_by(Kind.PAGE, host, title, body) == expected


def test_rules_for_other_kinds_are_not_asked():
    made = BodyRule("webproxy.x", PAGE, some=("alpha",))
    assert Bodies([made]).met_by(Kind.SCRIPT, "a.example", b"", b"alpha") == []


def test_no_rules_meet_nothing():
    assert Bodies().met_by(Kind.PAGE, "a.example", b"", b"alpha") == []

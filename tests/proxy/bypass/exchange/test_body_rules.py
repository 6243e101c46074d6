import pytest

from proxy.bypass.exchange.body_rules import Bodies, BodyRule, Marks, Met
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
    bodies = Bodies([made], frozenset({"pages.example"}))
    assert bodies.met_by(Kind.PAGE, host, bodies.marks_in(Kind.PAGE, title, body)) == expected


def test_rules_for_other_kinds_are_not_asked():
    made = BodyRule("webproxy.x", PAGE, some=("alpha",))
    bodies = Bodies([made])
    assert bodies.marks_in(Kind.SCRIPT, b"", b"alpha") == Marks()
    assert bodies.met_by(Kind.SCRIPT, "a.example", bodies.marks_in(Kind.PAGE, b"", b"alpha")) == []


def test_no_rules_meet_nothing():
    assert Bodies().marks_in(Kind.PAGE, b"", b"alpha") == Marks()
    assert Bodies().met_by(Kind.PAGE, "a.example", Marks(frozenset({"alpha"}))) == []


SPREAD = BodyRule(
    "webproxy.x",
    PAGE,
    every=("open(", "alpha"),
    some=("beta", "gamma"),
    titles=("^home$",),
    least=2,
    patterns=("open[(]\\s*alpha", "do[(]x"),
    unless=("news",),
)
FIRST, SECOND, THIRD = (b"", b"open( alpha"), (b"Home", b"beta"), (b"", b"x; OPEN(; do(x")


@pytest.mark.parametrize(
    ("pieces", "is_met"),
    [
        pytest.param((FIRST, SECOND, THIRD), True, id="each piece has something"),
        pytest.param((THIRD, SECOND, FIRST), True, id="in another order"),
        pytest.param((FIRST, SECOND), False, id="a pattern lacks"),
        pytest.param((FIRST, THIRD), False, id="too few marks"),
        pytest.param(((b"", b"open("), (b"", b"alpha"), SECOND, THIRD), False, id="a pattern across pieces"),
        pytest.param((FIRST, (b"", b"News"), SECOND, THIRD), False, id="excused by another piece"),
    ],
)
def test_marks_of_several_pieces_count_together(pieces, is_met):
    bodies = Bodies([SPREAD])
    found = Marks()
    for title, body in pieces:
        found |= bodies.marks_in(Kind.PAGE, title, body)
    assert bool(bodies.met_by(Kind.PAGE, "a.example", found)) is is_met

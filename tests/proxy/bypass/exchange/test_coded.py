import pytest

from proxy.bypass.exchange.coded import Coded, CodedRule

XOR = CodedRule(
    "webproxy.ultraviolet.url", ways=frozenset({"xor"}), unless_hosts=frozenset({"lesson.example"})
)
PAIR = CodedRule("webproxy.glype.query", places=frozenset({"u"}), address=r"\.php\?(?:.*&)?b=[0-9]+")
KNOWN = Coded([XOR, PAIR])


@pytest.mark.parametrize(
    ("host", "ways", "place", "outer", "expected"),
    [
        pytest.param("a.example", ("xor", "percent"), "path", "/s/x", XOR, id="among its ways"),
        pytest.param("w.lesson.example", ("xor",), "path", "/s/x", None, id="excused"),
        pytest.param("a.example", ("plain",), "u", "/go.php?u=x&b=4", PAIR, id="with what stands beside it"),
        pytest.param("a.example", ("plain",), "url", "/go.php?url=x&b=4", None, id="another parameter"),
        pytest.param("a.example", ("plain",), "u", "/go.php?u=x", None, id="alone"),
    ],
)
def test_the_first_rule_that_is_met(host, ways, place, outer, expected):
    assert KNOWN.rule_for(host, ways, place, outer) == expected

from proxy.bypass.spelling.table import Spellings


def test_a_name_below_a_wildcard_belongs_to_it():
    known = Spellings(frozenset({"dots.example.net"}))
    assert known.wildcard("a.b.dots.example.net") == "dots.example.net"
    assert known.wildcard("mydots.example.net") == ""

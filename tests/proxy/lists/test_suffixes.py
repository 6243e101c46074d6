"""Public suffixes."""

import pytest

from proxy.lists.suffixes import parse_suffixes, public_suffixes


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("com", True),
        ("co.uk", True),
        ("xn--p1ai", True),
        ("intranet", True),
        ("k12.ca.us", True),
        ("kobe.jp", True),
        ("any.kobe.jp", True),
        ("city.kobe.jp", False),
        ("example.com", False),
        ("duckdns.org", False),
        ("github.io", False),
    ],
)
def test_bare_and_icann_suffixes_are_public_and_private_ones_are_not(name, held):
    assert public_suffixes().holds(name) is held


def test_rules_are_read_with_wildcards_exceptions_and_other_scripts():
    suffixes = parse_suffixes("// note\nexample\n*.wild\n!free.wild\nбг // xn\n")

    assert [suffixes.holds(name) for name in ("a.wild", "free.wild", "wild", "b.a.wild", "xn--90ae")] == [
        True,
        False,
        True,
        False,
        True,
    ]

"""Of which hosts do the lists say something else?"""

from ipaddress import ip_network

import pytest

from proxy.lists.relisted import MOST_NAMES, MOST_RANGES, PIECE, Relisted, bounded

SOME = Relisted(
    frozenset({"games.example", "a.b.example"}),
    frozenset(map(ip_network, ("192.0.2.0/25", "192.0.2.128/26", "198.51.100.7/32", "2001:db8:7::/48"))),
)


@pytest.mark.parametrize(
    ("host", "touched"),
    [
        ("games.example", True),
        ("cdn.games.example", True),
        ("mygames.example", False),
        ("example", False),
        ("b.example", False),
        ("192.0.2.0", True),
        ("192.0.2.191", True),
        ("192.0.2.192", False),
        ("192.0.1.255", False),
        ("198.51.100.7", True),
        ("198.51.100.8", False),
        ("2001:db8:7::1", True),
        ("2001:db8:8::1", False),
        ("192.0.2.1.example", False),
    ],
)
def test_a_name_what_lies_below_it_and_addresses_in_a_range_are_touched(host: str, touched: bool) -> None:
    assert SOME.touches(host) is touched


def test_nothing_touches_nobody() -> None:
    assert not Relisted().touches("games.example")
    assert not Relisted().touches("192.0.2.1")


def test_two_refreshes_touch_what_either_touches() -> None:
    both = SOME.joined(Relisted(frozenset({"new.example"}), frozenset({ip_network("203.0.113.0/24")})))
    assert both is not None
    assert all(map(both.touches, ("games.example", "new.example", "192.0.2.5", "203.0.113.9")))
    assert not both.touches("else.example")


def test_too_much_is_of_no_use() -> None:
    assert bounded((f"n{n}.example" for n in range(MOST_NAMES)), ()) is not None
    assert bounded((f"n{n}.example" for n in range(MOST_NAMES + 1)), ()) is None
    assert bounded((), (ip_network(n << 8) for n in range(MOST_RANGES + 1))) is None
    many = bounded((f"n{n}.example" for n in range(MOST_NAMES)), ())
    assert many is not None
    assert many.joined(SOME) is None


@pytest.mark.parametrize("names", [0, 1, PIECE // 4, PIECE])
def test_it_passes_through_a_file(names: int) -> None:
    whole = Relisted(frozenset(f"n{n}.example" for n in range(names)), SOME.ranges)
    assert Relisted.from_bytes(whole.to_bytes()) == whole
    assert Relisted.from_bytes(b"") == Relisted()


@pytest.mark.parametrize("octets", [b"games.example", b"a.example\n=10.0.0.0/99\n", b"\xff\xfe\n"])
def test_another_file_is_refused(octets: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (whatever kind of it: the base is refused as a whole)
        Relisted.from_bytes(octets)

"""Coded names below many domains."""

import random

import pytest

from proxy.bypass.dns.breadth import BITS, COUNTED, Breadth, is_coded, with_one_more
from proxy.bypass.dns.payload import Payload


def zone(number: int) -> bytes:
    return number.to_bytes(4)


def found_at(zones: int, names: int) -> int | None:
    """How many names below domains in turn are met before they are found out."""
    dice, breadth = random.Random(zones), Breadth()
    for number in range(names):
        breadth.add(f"{dice.getrandbits(96):024x}.d{number % zones}.net", zone(number % zones))
        if breadth.is_found:
            return number + 1
    return None


@pytest.mark.parametrize(
    ("zones", "most"),
    [
        pytest.param(5, 5 * 48, id="one more than have rows of their own"),
        pytest.param(11, 11 * 50, id="eleven"),
        pytest.param(12, 12 * 10, id="twelve"),
        pytest.param(17, 17 * 10, id="one more than are kept"),
        pytest.param(80, 80 * 12, id="eighty"),
    ],
)
def test_domains_in_turn_are_found(zones: int, most: int) -> None:
    found = found_at(zones, 2000)
    assert found is not None
    assert 90 < found <= most


def test_a_few_domains_with_very_many_names_are_a_page_s_own() -> None:
    assert found_at(4, 2000) is None


def test_browsing_has_many_names_below_few_domains_and_few_below_many() -> None:
    dice, breadth = random.Random(2), Breadth()
    for number in range(5000):
        at = dice.randrange(4) if number % 3 else 10 + dice.randrange(600)
        breadth.add(f"{dice.getrandbits(96):024x}.d{at}.net", zone(at))
        assert not breadth.is_found, number


def test_a_name_counts_once() -> None:
    breadth = Breadth()
    for number in range(5000):
        breadth.add(f"n{number % 3}.d{number % 40}.net", zone(number % 40))
    assert not breadth.is_found


def test_what_was_found_stays_found_however_many_names_follow() -> None:
    dice, breadth = random.Random(3), Breadth()
    for number in range(3 * BITS):
        breadth.add(f"{dice.getrandbits(96):024x}.d{number % 12}.net", zone(number % 12))
    assert breadth.is_found


def test_one_domain_too_many_takes_the_place_of_the_newest_of_the_least_seen() -> None:
    counts = b""
    for number in (1, 2, 3, 1, 4, 2):
        counts = with_one_more(counts, zone(number), 3)
    places = range(0, len(counts), COUNTED)
    assert [(counts[at + 3], counts[at + 4]) for at in places] == [(1, 2), (2, 2), (4, 1)]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        pytest.param(("a1b2c3d4e5f6g7",), True, id="coded"),
        pytest.param(("a7k2x",), True, id="a short code"),
        pytest.param(("content-autofill",), False, id="words"),
        pytest.param(("lh3", "cdn12"), False, id="a server's number"),
    ],
)
def test_which_names_count(labels: tuple[str, ...], expected: bool) -> None:
    assert is_coded(Payload("foo.net", labels)) is expected

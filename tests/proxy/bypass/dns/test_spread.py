"""Coded names over several domains."""

import random

import pytest

from proxy.bypass.dns.payload import Payload
from proxy.bypass.dns.spread import EACH_RARE, MANY_VAST, MAX_ZONES, Spread, is_data
from proxy.decision.signs import Consequence


def data(dice: random.Random, zone: str, size: int = 45) -> Payload:
    return Payload(zone, ("".join(dice.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(size)),))


def counted(zones: int, names: int, *, is_rare: bool = True, size: int = 45) -> Spread:
    dice, spread = random.Random(zones * names), Spread(0.0)
    for number in range(names):
        payload = data(dice, f"d{number % zones}.net", size)
        spread.add(payload, float(number), is_rare=is_rare, is_echo=False)
    return spread


@pytest.mark.parametrize(
    ("spread", "expected"),
    [
        pytest.param(counted(8, 40), Consequence.INCIDENT, id="eight domains, rare records"),
        pytest.param(counted(8, 60, is_rare=False), Consequence.BLOCK, id="for addresses"),
        pytest.param(counted(8, 30, is_rare=False), None, id="few for addresses"),
        pytest.param(counted(8, 60, is_rare=False, size=31), None, id="short ones for addresses"),
        pytest.param(counted(8, 20), None, id="few"),
        pytest.param(counted(1, 60), None, id="one domain has a row of its own"),
        pytest.param(counted(14, 40), None, id="few below each"),
        pytest.param(counted(200, 400), None, id="browsing"),
    ],
)
def test_what_figures_come_to(spread: Spread, expected: Consequence | None) -> None:
    assert spread.consequence is expected


def test_more_domains_than_a_tunnel_has_begin_anew() -> None:
    spread = counted(MAX_ZONES, MAX_ZONES * 2)
    spread.add(data(random.Random(1), "one-more.net"), 99.0, is_rare=True, is_echo=False)
    assert (spread.zones, spread.distinct) == (1, 1)


def first_stopped(zones: int, size: int, *, is_rare: bool, names: int = 1000) -> tuple[int, str] | None:
    dice, spread = random.Random(zones * size), Spread(0.0)
    for number in range(names):
        payload = data(dice, f"d{number % zones}.net", size)
        spread.add(payload, float(number), is_rare=is_rare, is_echo=False)
        found = spread.verdict(payload, is_rare=is_rare)
        if found is not None:
            return number + 1, found.value
    return None


@pytest.mark.parametrize("zones", [17, 40, 400])
@pytest.mark.parametrize(
    ("size", "is_rare", "expected"),
    [
        pytest.param(90, True, "incident", id="for rare records"),
        pytest.param(105, False, "block", id="for addresses"),
    ],
)
def test_names_longer_than_any_of_browsing_are_stopped_below_whatever_domains(
    zones: int, size: int, is_rare: bool, expected: str
) -> None:
    found = first_stopped(zones, size, is_rare=is_rare)
    assert found is not None
    assert found[0] <= MANY_VAST + 2, "two names may share a bit"
    assert found[1] == expected


@pytest.mark.parametrize("zones", [17, 40])
def test_shorter_ones_for_rare_records_are_stopped_below_more_domains_than_are_kept(zones: int) -> None:
    found = first_stopped(zones, 45, is_rare=True)
    assert found is not None
    assert MAX_ZONES * EACH_RARE < found[0] < (EACH_RARE + 5) * zones
    assert found[1] == "block"


def test_selectors_of_mails_keys_below_very_many_domains_are_let_be() -> None:
    dice, spread = random.Random(3), Spread(0.0)
    for number in range(400):
        payload = data(dice, f"d{number // 3}.net", 32)
        payload = Payload(payload.zone, (*payload.labels, "_domainkey"))
        spread.add(payload, float(number), is_rare=True, is_echo=False)
        assert spread.verdict(payload, is_rare=True) is None


def test_what_is_longest_does_not_stop_names_of_browsing() -> None:
    dice, spread = random.Random(4), Spread(0.0)
    for number in range(60):
        spread.add(data(dice, f"d{number}.net", 105), float(number), is_rare=False, is_echo=False)
    assert spread.verdict(data(dice, "video.net", 40), is_rare=False) is None
    assert spread.verdict(data(dice, "video.net", 105), is_rare=False) is Consequence.BLOCK


@pytest.mark.parametrize(
    ("labels", "is_rare", "expected"),
    [
        pytest.param(("a1b2c3d4e5f6g7h8",), True, True, id="coded, rare"),
        pytest.param(("a1b2c3d4e5f6g7h8",), False, False, id="coded, and short for an address"),
        pytest.param(("k3v9x2m1q8r7t6w5z4y3n2b1p0s9d8f7",), False, True, id="coded and long"),
        pytest.param(("class", "pictures", "library", "worksheets"), True, False, id="words"),
    ],
)
def test_what_carries_data(labels: tuple[str, ...], is_rare: bool, expected: bool) -> None:
    assert is_data(Payload("foo.net", labels), is_rare=is_rare) is expected

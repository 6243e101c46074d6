"""What acts add up to."""

from datetime import UTC, datetime, timedelta

import pytest

from known_ways import delivered
from proxy.incidents.scoring import Act, Rules, is_enough, left, score
from proxy.settings.schema.incidents import IncidentSettings

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = Rules(opens_at=0.8, half_life=7 * DAY, window=HOUR)


def act(
    weight: float,
    first: datetime = NOON,
    last: datetime | None = None,
    site: str = "one.example",
    technique: str = "x",
) -> Act:
    return Act(technique, site, weight, first, last or first)


def test_an_act_counts_half_after_its_half_life_and_nothing_in_the_end() -> None:
    one = act(0.8)
    assert left(one, NOON, RULES) == 0.8
    assert left(one, NOON + 7 * DAY, RULES) == pytest.approx(0.4)
    assert left(one, NOON + 14 * DAY, RULES) == pytest.approx(0.2)
    assert left(one, NOON + 43 * DAY, RULES) == 0
    assert left(one, NOON - HOUR, RULES) == 0.8


def test_it_fades_from_when_it_was_last_seen() -> None:
    assert left(act(0.8, NOON - 7 * DAY, NOON), NOON, RULES) == 0.8


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        pytest.param([], 0, id="nothing"),
        pytest.param([act(0.5), act(0.5, site="two.example")], 1.0, id="two sites are two acts"),
        pytest.param([act(0.5), act(0.6, technique="y")], 0.6, id="two signs of one act: the heaviest"),
        pytest.param(
            [
                act(0.5, NOON - 2 * HOUR, NOON),
                act(0.6, NOON - HOUR, technique="y"),
                act(0.3, NOON + HOUR / 2),
            ],
            pytest.approx(0.6, abs=0.01),
            id="a chain without a pause is one act",
        ),
        pytest.param(
            [act(0.5), act(0.5, NOON - 2 * HOUR)], pytest.approx(1.0, abs=0.01), id="a pause: two acts"
        ),
        pytest.param(
            [act(0.4, NOON - n * DAY) for n in range(3)],
            pytest.approx(0.4 * (1 + 0.5 ** (1 / 7) + 0.5 ** (2 / 7))),
            id="three days",
        ),
    ],
)
def test_what_acts_come_to(acts: list[Act], expected: float) -> None:
    assert score(acts, NOON, RULES) == expected


class TestWhatDevicesDoByThemselves:
    """A setting that nobody chose is seen day after day, at one site after the other."""

    rules = Rules(0.8, 7 * DAY, HOUR, frozenset({"x"}))

    def test_it_opens_none_however_often(self) -> None:
        acts = [act(0.5, NOON - n * DAY, site=f"{m}.example") for n in range(7) for m in range(9)]
        assert is_enough(acts, NOON, RULES)
        assert not is_enough(acts, NOON, self.rules)
        assert 0.79 < score(acts, NOON, self.rules) < 0.8

    def test_it_counts_beside_something_else(self) -> None:
        acts = [act(0.5), act(0.4, technique="y", site="two.example")]
        assert score(acts, NOON, self.rules) == 0.9

    def test_something_else_at_the_same_site_and_time_is_an_act_as_heavy_as_the_heaviest(self) -> None:
        acts = [act(0.5), act(0.4, technique="y"), act(0.3, site="two.example")]
        assert score(acts, NOON, self.rules) == 0.8

    def test_which_of_the_delivered_techniques_it_is(self) -> None:
        alone = {each.id for each in delivered().techniques.values() if each.by_itself}
        assert alone == {"dns.doh", "dns.dnscrypt", "tls.fronting", "vpn.app_api"}


def test_an_incident_opens_exactly_at_its_score() -> None:
    assert is_enough([act(0.8)], NOON, RULES)
    assert not is_enough([act(0.79)], NOON, RULES)


def test_by_default_no_act_of_a_technique_that_weighs_little_opens_one_alone() -> None:
    """One sure sign is enough only of what nobody does by mistake; the rest takes a second act."""
    settings = IncidentSettings()
    rules = Rules(
        settings.opens_at, timedelta(days=settings.half_life_days), timedelta(minutes=settings.fold_minutes)
    )
    alone = {
        each.id for each in delivered().techniques.values() if is_enough([act(each.weight)], NOON, rules)
    }
    assert "dns.tunnel.iodine" in alone
    assert alone.isdisjoint({"vpn.wireguard", "dns.doh", "tunnel.ssh", "tls.sni_mismatch", "vpn.tailscale"})
    assert all(delivered().techniques[each].consequence.value == "incident" for each in alone)

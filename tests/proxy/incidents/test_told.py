"""What counts of the signs on an event."""

import pytest

from known_ways import delivered
from proxy.bypass.knowledge import Technique
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.incidents.told import counted, counts
from proxy.journal.kept_signs import kept_signs

WEIGHTS = {technique.id: technique.weight for technique in delivered().techniques.values()}


def as_event(*signs: Sign) -> str:
    """Signs as an event tells of them."""
    return kept_signs(signs, with_url=True)


@pytest.mark.parametrize("technique", delivered().techniques.values(), ids=lambda technique: technique.id)
@pytest.mark.parametrize("consequence", Consequence, ids=lambda consequence: consequence.value)
def test_no_sign_that_only_marks_changes_or_stops_counts_and_none_of_a_device(
    technique: Technique, consequence: Consequence
) -> None:
    """Over all that is delivered: each technique, with its own consequence and with every other one."""
    told = counted(as_event(delivered().sign(technique.id, consequence=consequence)), technique.id, WEIGHTS)

    is_act = consequence is Consequence.INCIDENT and technique.nature not in (Nature.AUTOMATIC, Nature.FAULT)
    assert (told is not None) == (is_act and technique.weight > 0)


def test_what_is_delivered_weighs_only_what_may_open_an_incident() -> None:
    for technique in delivered().techniques.values():
        is_act = counts(technique.nature, technique.consequence)
        assert (technique.weight > 0) == is_act, technique.id


def test_an_attempt_counts_once_by_the_sign_that_it_was_stopped_for() -> None:
    weights = {"vpn.wireguard": 0.7, "tunnel.websocket": 0.9}
    signs = as_event(
        Sign("tunnel.websocket", Nature.ANONYMIZER, Consequence.INCIDENT, 1.0, ""),
        Sign("vpn.wireguard", Nature.ANONYMIZER, Consequence.INCIDENT, 0.9, "", (("first", "01 00"),)),
    )
    told = counted(signs, "vpn.wireguard", weights)
    assert told is not None
    assert (told.technique, told.evidence) == ("vpn.wireguard", {"first": "01 00"})
    assert told.weight == pytest.approx(0.63)
    assert counted(signs, "host.ip_literal", weights) is None


def test_a_technique_that_no_file_describes_adds_nothing() -> None:
    signs = as_event(Sign("vpn.gone", Nature.ANONYMIZER, Consequence.INCIDENT, 1.0, ""))
    assert counted(signs, "vpn.gone", {}) is None


@pytest.mark.parametrize(
    "signs",
    [
        "",
        "[]",
        "{}",
        "null",
        "[1, null, []]",
        "[" * 100_000,
        '[{"technique": "vpn.wireguard"}]',
        '[{"technique":"vpn.wireguard","nature":"anonymizer","consequence":"incident","confidence":7,'
        '"evidence":{}}]',
        '[{"technique":"vpn.wireguard","nature":"anonymizer","consequence":"incident","confidence":NaN,'
        '"evidence":{}}]',
    ],
)
def test_what_holds_no_signs_counts_as_none(signs: str) -> None:
    assert counted(signs, "vpn.wireguard", WEIGHTS) is None

"""Which id, port and spelling does a question to an upstream get?"""

from proxy.dns.dice import LOWEST_PORT, Dice
from proxy.dns.labels import to_wire


def test_ids_ports_and_spellings_do_not_repeat_themselves() -> None:
    dice = Dice()
    name = to_wire("a-rather-long-name.school.example")

    assert len({dice.ident() for _ in range(300)}) > 280
    assert len({dice.port() for _ in range(300)}) > 280
    assert len({dice.spelling(name) for _ in range(300)}) == 300


def test_ports_stay_clear_of_services() -> None:
    dice = Dice()

    assert all(LOWEST_PORT <= dice.port() <= 65_535 for _ in range(2000))


def test_a_spelling_differs_in_case_only_and_leaves_lengths_alone() -> None:
    dice = Dice()
    name = to_wire("abc-1_z.example") + b"\x41"

    for _ in range(200):
        assert dice.spelling(name[:-1]).lower() == name[:-1]


def test_blocks_are_renewed_without_an_end() -> None:
    dice = Dice()

    assert len({dice.octets(1000) for _ in range(50)}) == 50

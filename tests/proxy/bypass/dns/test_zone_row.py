import pytest

from proxy.bypass.dns.payload import Payload
from proxy.bypass.dns.zone_row import ZoneRow
from proxy.decision.signs import Consequence


def row_of(*names, is_echo=False):
    row = ZoneRow(0.0)
    for at, name in enumerate(names):
        row.add(
            Payload("foo.com", tuple(name.split("."))),
            float(at),
            is_rare=True,
            is_tunnel=False,
            is_echo=is_echo,
        )
    return row


def test_a_row_counts_names_once_and_questions_always():
    row = row_of("abcdef", "ghijkl", "abcdef")
    assert (row.distinct, row.asked, row.chars, row.rare, row.repeated) == (2, 3, 12, 2, 1)
    again = Payload("foo.com", ("abcdef",))
    row.add(again, 9.0, is_rare=True, is_tunnel=False, is_echo=False)
    assert (row.asked, row.repeated, row.is_single(again)) == (4, 1, False)
    assert row.is_single(Payload("foo.com", ("ghijkl",)))


def test_an_echo_is_no_second_visit():
    assert row_of("abcdef", "abcdef", is_echo=True).asked == 1


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["77aa01", "77bb02", "77cc03"], 3, id="a number at one place"),
        pytest.param(["0f.av", "9c.av", "3a.av"], 0, id="the same label in all is a service's name"),
        pytest.param(["a-b", "c-d"], 0, id="hyphens do not count"),
        pytest.param(["abc", "xyz"], 0, id="nothing"),
    ],
)
def test_what_names_share(names, expected):
    assert row_of(*names).shared == expected


def test_what_was_found_out_is_worth_most():
    few, many = row_of("abcdef"), row_of("abcdef", "ghijkl")
    assert many.worth > few.worth
    few.verdict = ("dns.tunnel.iodine", Consequence.INCIDENT)
    assert few.worth > many.worth


def test_numbers_that_count_up_are_steps():
    assert row_of("0.ax", "1.bx", "2.cx", "7.dx").steps == 2


def test_distinct_names_are_counted_nearly_exactly_at_first():
    row = row_of(*(f"name{at:04}" for at in range(80)))
    assert 70 <= row.distinct <= 80

"""The list, a page of it at a time."""

import pytest

from found_incidents import Act
from proxy.console.incidents.listing import MOST_COUNTED, Chosen, Show, page, waiting
from proxy.console.incidents.models import Incident
from proxy.console.incidents.states import State
from review_office import MONDAY

WAITING = Chosen()


def numbers(chosen=WAITING, after="", size=50):
    return [one.pk for one in page(Incident.objects.all(), chosen, after, size).incidents]


@pytest.fixture
def five(school):
    """Two under review, older and newer than three that wait."""
    found = [school.taken(client="192.0.2.1")]
    found += [school.incident(client=f"192.0.2.{number}") for number in (2, 3, 4)]
    found.append(school.taken(client="192.0.2.5"))
    return [one.pk for one in found]


def test_what_nobody_has_taken_up_comes_first_and_the_newest_first(five):
    taken_1, open_1, open_2, open_3, taken_2 = five
    assert numbers() == [open_3, open_2, open_1, taken_2, taken_1]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_pages_follow_each_other_without_gap_or_double(five, size):
    found, after = [], ""
    while True:
        shown = page(Incident.objects.all(), Chosen(), after, size)
        found += [one.pk for one in shown.incidents]
        after = shown.after
        if not after:
            break
    assert found == numbers()


@pytest.mark.parametrize("after", ["x", "0-", "2-5", "0-²", "-", "0-" + "9" * 40])
def test_a_place_that_there_is_not_is_the_beginning(five, after):
    assert numbers(after=after) == numbers()


def test_filters_choose_by_state_school_and_kind(school):
    found = {
        state: school.ended(state, client=f"192.0.2.{number}").pk
        for number, state in enumerate((State.CONFIRMED, State.INNOCENT, State.UNCLEAR), 1)
    }
    vpn = school.incident(Act(technique="vpn.wireguard"), client="192.0.2.8").pk
    proxy = school.incident(client="192.0.2.9", school="maple-elementary").pk

    assert numbers(Chosen(Show.ENDED)) == [*reversed(found.values())]
    for show in (Show.CONFIRMED, Show.INNOCENT, Show.UNCLEAR):
        assert numbers(Chosen(show)) == [found[State(show.value)]]
    assert numbers(Chosen(family="vpn")) == [vpn]
    assert numbers(Chosen(family="vp")) == []
    assert numbers(Chosen(school="maple-elementary")) == [proxy]
    assert numbers(Chosen(school="")) == []


def test_what_waits_is_counted_so_far_and_no_further(school, five, django_assert_num_queries):
    assert waiting(Incident.objects.all()) == 3
    Incident.objects.bulk_create(
        [
            Incident(
                who=f"w{number}", technique="vpn.wireguard", score=1, opened_at=MONDAY,
                first_at=MONDAY, last_at=MONDAY,
            )
            for number in range(MOST_COUNTED)
        ]
    )  # fmt: skip
    with django_assert_num_queries(1):
        assert waiting(Incident.objects.all()) == MOST_COUNTED + 1

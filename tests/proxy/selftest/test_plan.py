from proxy.decision.policy import FLOOR, BlockAnswer
from proxy.identity.identities import Identities
from proxy.selftest.plan import Seat, can_bind, floor_names, reserved_name, seats
from small_school import school, written


def seats_of(settings, chosen=None, is_ours=lambda address: True):
    return list(seats(settings, Identities.from_settings(settings), chosen, is_ours=is_ours))


def test_reserved_names_stand_in_the_starter_lists():
    for category, name in floor_names().items():
        with open(f"blocklists/{category}/starter.txt") as file:
            assert name in file.read().split()


def test_every_category_of_the_floor_is_tested():
    assert tuple(floor_names()) == FLOOR
    assert reserved_name("child_abuse") == "child-abuse.schoolgate-test.example"


def test_each_group_with_a_network_gets_an_address_of_its_own():
    assert seats_of(school()) == [
        Seat("middle", "127.0.1.2", BlockAnswer.PAGE),
        Seat("staff", "127.0.1.4", BlockAnswer.PAGE),
        Seat("guest", "127.0.1.5", BlockAnswer.NXDOMAIN),
    ]


def test_an_address_that_a_device_entry_gives_to_another_group_is_passed_over():
    networks = [{"id": "room", "addresses": "198.51.100.0/29", "group": "middle"}]
    devices = [{"id": "desk", "addresses": "198.51.100.1", "group": "staff"}]
    seated = seats_of(school(networks=networks, devices=devices))
    assert [(seat.group, seat.source) for seat in seated] == [("middle", "198.51.100.2")]


def test_an_address_that_reaches_the_proxy_goes_before_a_narrower_range():
    networks = [{"id": "room", "addresses": ["2001:db8::1/128", "198.51.100.0/29"], "group": "staff"}]
    (four,) = seats_of(school(networks=networks))
    (six,) = seats_of(school(networks=networks, proxy={"listen": "[::1]:8080"}))
    assert (four.source, six.source) == ("198.51.100.1", "2001:db8::1")


def test_without_an_address_it_says_which_one_is_missing():
    networks = [{"id": "room", "addresses": "198.51.100.0/24", "group": "staff"}]
    assert seats_of(school(networks=networks), is_ours=lambda address: False) == [
        Seat(
            "staff",
            missing="this machine has no address in 198.51.100.0/24; lend it one "
            "(`ip address add 198.51.100.1 dev lo`) or name one with --source staff=ADDRESS",
        )
    ]


def test_a_large_network_is_not_searched_to_its_end():
    tried = []

    def is_ours(address):
        tried.append(address)
        return False

    networks = [{"id": "district", "addresses": ["10.0.0.0/8", "2001:db8::/32"], "group": "staff"}]
    seats_of(school(networks=networks), is_ours=is_ours)
    assert 256 <= len(tried) <= 514


def test_a_chosen_address_is_used_when_the_filter_takes_it_for_the_group():
    networks = [*written()["networks"], {"id": "desk", "addresses": "127.0.1.9", "group": "staff"}]
    seated = seats_of(school(networks=networks), {"staff": "127.0.1.9"})
    assert Seat("staff", "127.0.1.9", BlockAnswer.PAGE) in seated


def test_a_chosen_address_of_another_group_is_not_tested():
    seated = seats_of(school(), {"staff": "127.0.1.2"})
    assert Seat("staff", missing="a client at 127.0.1.2 is not of this group but of 'middle'") in seated


def test_a_chosen_address_of_no_network_is_not_tested():
    (seat,) = (s for s in seats_of(school(), {"middle": "203.0.113.7"}) if s.group == "middle")
    assert (seat.source, seat.missing) == ("", "a client at 203.0.113.7 is in none of the networks")


def test_this_machine_has_its_loopback_address_and_no_documentation_address():
    assert can_bind("127.0.0.1")
    assert not can_bind("203.0.113.1")

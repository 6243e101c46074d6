"""Hosts files: names that are sent nowhere."""

import pytest

from list_world import complaints, entries
from proxy.lists.formats import Format

HOSTS = Format.HOSTS


def test_names_behind_a_sink_address_are_listed():
    text = "# head\n\n0.0.0.0 Ads.Example.org # why\n127.0.0.1\tgames.example\n:: six.example\n"

    assert entries(HOSTS, text) == [
        (3, "name", "ads.example.org"),
        (4, "name", "games.example"),
        (5, "name", "six.example"),
    ]


def test_a_line_can_list_several_names():
    assert entries(HOSTS, "0.0.0.0 a.example b.example\n") == [
        (1, "name", "a.example"),
        (1, "name", "b.example"),
    ]


def test_the_usual_head_is_counted_as_local_names():
    head = (
        "127.0.0.1 localhost\n127.0.0.1 localhost.localdomain\n255.255.255.255 broadcasthost\n"
        "::1 ip6-localhost ip6-loopback\nfe80::1%lo0 localhost\nff02::1 ip6-allnodes\n0.0.0.0 0.0.0.0\n"
    )

    assert {why for _, why in complaints(HOSTS, head)} == {"local name"}
    assert [line for line, _ in complaints(HOSTS, head)] == [1, 2, 3, 4, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param("192.0.2.7 www.example.org", "redirect", id="a real address is no block"),
        pytest.param("0.0.0.0", "cannot be read", id="a lone address"),
        pytest.param("0.0.0.0 a..b", "not a name", id="an empty label"),
    ],
)
def test_other_lines_are_reported(line, why):
    assert complaints(HOSTS, line) == [(1, why)]

"""dnsmasq configurations: names that get no true answer."""

import pytest

from list_world import complaints, entries, says
from proxy.lists.formats import Exemption, Format

DNSMASQ = Format.DNSMASQ


@pytest.mark.parametrize(
    "line",
    [
        "address=/ads.example/0.0.0.0",
        "address=/ads.example/::",
        "address=/ads.example/127.0.0.1",
        "address=/ads.example/#",
        "address=/ads.example/",
        "server=/ads.example/",
        "local=/ads.example/",
        " server = /.Ads.Example/ # why",
        "address=/ads.example/\t# why",
    ],
)
def test_a_name_without_a_true_answer_is_listed(line):
    assert entries(DNSMASQ, line) == [(1, "name", "ads.example")]


def test_a_line_can_list_several_names():
    assert entries(DNSMASQ, "address=/a.example/b.example/0.0.0.0") == [
        (1, "name", "a.example"),
        (1, "name", "b.example"),
    ]


def test_a_name_sent_to_the_usual_servers_is_an_exception_from_wider_lines():
    (item,) = says(DNSMASQ, "server=/ok.example/#")

    assert (item.text, item.exemption) == ("ok.example", Exemption.SPECIFIC)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param("address=/a.example/192.0.2.7", "redirect", id="a real address"),
        pytest.param("server=/a.example/192.0.2.53", "forwarding", id="a server of its own"),
        pytest.param("server=192.0.2.53", "other setting", id="an upstream"),
        pytest.param("cache-size=1000", "other setting", id="another setting"),
        pytest.param("address=/#/0.0.0.0", "pattern", id="every name"),
        pytest.param("address=/*ads.example/0.0.0.0", "pattern", id="a pattern"),
        pytest.param("address=/", "cannot be read", id="no name"),
    ],
)
def test_other_lines_are_reported(line, why):
    assert complaints(DNSMASQ, line) == [(1, why)]

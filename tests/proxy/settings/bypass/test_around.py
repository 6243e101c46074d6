from ipaddress import ip_network

from proxy.settings import load
from proxy.settings.bypass.around import surroundings_of
from small_settings import changed, write_settings


def around(tmp_path, text):
    loaded = load(write_settings(tmp_path, text))
    assert loaded.settings is not None, loaded.problems
    return surroundings_of(loaded.settings)


def test_networks_zones_resolvers_and_proxies_are_those_of_the_settings(tmp_path):
    text = changed("system: true", "system: true\n  local_zones: [school.example]")
    found = around(tmp_path, text + "proxy: {private_destinations: 203.0.113.0/24}\n")
    assert found.networks == (ip_network("192.0.2.0/24"), ip_network("203.0.113.0/24"))
    assert found.zones == {"school.example", "schoolgate.internal"}
    assert found.resolvers == {"127.0.0.1"}
    assert found.proxies == {"127.0.0.1:8080"}


def test_a_resolver_on_every_address_names_none(tmp_path):
    text = changed("listen: 127.0.0.1:5399", "listen: [192.0.2.53:53, '0.0.0.0:5399', '[::]:5399']")
    assert around(tmp_path, text).resolvers == {"192.0.2.53"}


def test_a_network_that_holds_everything_makes_nothing_the_schools_own(tmp_path):
    found = around(tmp_path, changed("addresses: 192.0.2.0/24", "addresses: 0.0.0.0/0"))
    assert found.is_public("192.0.2.7")


def test_a_zone_with_resolvers_of_its_own_is_the_schools_where_private_answers_are(tmp_path):
    zones = (
        "system: true\n  forward_zones:\n"
        "    - {zone: inside.example, upstreams: [{address: 192.0.2.9}]}\n"
        "    - {zone: outside.example, upstreams: [{address: 192.0.2.9}], allow_private: false}"
    )
    found = around(tmp_path, changed("system: true", zones))
    assert found.is_own_name("printer.inside.example")
    assert not found.is_own_name("www.outside.example")


def test_networks_of_adults_are_privileged(tmp_path):
    office = "group: students}\n  - {id: office, addresses: 198.51.100.0/24, group: staff}"
    found = around(tmp_path, changed("group: students}", office))
    assert found.privileged == (ip_network("198.51.100.0/24"),)

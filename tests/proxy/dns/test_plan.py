"""What do the settings ask of the resolver?"""

from proxy.dns.plan import Endpoint


def test_an_endpoint_is_written_as_settings_write_it() -> None:
    assert str(Endpoint("192.0.2.1", 53)) == "192.0.2.1:53"
    assert str(Endpoint("2001:db8::1", 53)) == "[2001:db8::1]:53"


def test_an_endpoint_knows_its_family() -> None:
    assert not Endpoint("192.0.2.1", 53).is_ipv6
    assert Endpoint("2001:db8::1", 53).is_ipv6

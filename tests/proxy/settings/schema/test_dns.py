"""The resolver's settings."""

import pytest
from pydantic import ValidationError

from proxy.settings.schema.dns import DnsSettings, LocalRecord, RecordType, Upstream, UpstreamProtocol


@pytest.mark.parametrize(
    ("written", "port"),
    [
        ({"address": "192.0.2.53"}, 53),
        ({"address": "192.0.2.53", "protocol": "tcp"}, 53),
        ({"address": "192.0.2.53", "protocol": "dot", "tls_name": "dns.example"}, 853),
        ({"address": "192.0.2.53", "protocol": "dot", "tls_name": "dns.example", "port": "8853"}, 8853),
    ],
)
def test_an_upstream_has_the_usual_port_of_its_protocol(written: dict[str, str], port: int) -> None:
    upstream = Upstream.model_validate(written)
    assert upstream.port == port
    assert Upstream.model_validate_json(upstream.model_dump_json()) == upstream


def test_an_upstream_over_tls_needs_a_name() -> None:
    with pytest.raises(ValidationError):
        Upstream(address="192.0.2.53", protocol=UpstreamProtocol.DOT)


def test_a_local_record_is_brought_to_one_spelling() -> None:
    record = LocalRecord(name="Printer.Example.", type=RecordType.CNAME, value="P1.Example.")
    assert (record.name, record.value) == ("printer.example", "p1.example")


@pytest.mark.parametrize(
    ("type_", "value"), [("A", "::1"), ("AAAA", "192.0.2.1"), ("CNAME", "a b"), ("PTR", "")]
)
def test_a_value_must_fit_its_type(type_: str, value: str) -> None:
    with pytest.raises(ValidationError):
        LocalRecord.model_validate({"name": "a.example", "type": type_, "value": value})


def test_a_resolver_asks_somebody() -> None:
    with pytest.raises(ValidationError):
        DnsSettings()
    assert DnsSettings(system=True).upstreams == ()

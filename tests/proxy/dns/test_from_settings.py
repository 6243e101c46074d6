"""Which plan do the settings make?"""

from ipaddress import ip_network
from pathlib import Path

import policy_gateway
from proxy.dns.from_settings import plan_from
from proxy.dns.plan import (
    CachePlan,
    Endpoint,
    ForwardZone,
    LocalRecord,
    Plan,
    Protocol,
    RateLimit,
    UpstreamServer,
)


def test_every_setting_finds_its_place(tmp_path: Path) -> None:
    resolv = tmp_path / "resolv.conf"
    resolv.write_text("nameserver 192.0.2.1\n")
    settings = policy_gateway.settings(
        listen=["127.0.0.1:5300", "[::1]:5300"],
        system=True,
        upstreams=[{"address": "192.0.2.2", "protocol": "dot", "tls_name": "dns.example"}],
        timeout_ms=1500,
        forward_zones=[
            {"zone": "school.example", "upstreams": [{"address": "10.0.0.1"}], "allow_private": False}
        ],
        local_zones=["lab.example"],
        local_records=[{"name": "a.lab.example", "type": "A", "value": "10.0.0.9", "ttl_s": 9}],
        block_ttl_s=3,
        cache={"max_entries": 1000, "min_ttl_s": 1, "max_ttl_s": 2, "negative_max_ttl_s": 3, "stale_s": 4},
        rate_limit={"per_client_qps": 5, "burst": 6},
        forwarders=[{"addresses": ["10.0.0.2/32"], "qps": 7, "group": "staff"}],
        max_tcp=8,
        max_inflight=9,
    )

    assert plan_from(settings, resolv) == Plan(
        listen=(Endpoint("127.0.0.1", 5300), Endpoint("::1", 5300)),
        upstreams=(
            UpstreamServer(Endpoint("192.0.2.2", 853), Protocol.DOT, "dns.example"),
            UpstreamServer(Endpoint("192.0.2.1", 53)),
        ),
        timeout_s=1.5,
        forward_zones=(ForwardZone("school.example", (UpstreamServer(Endpoint("10.0.0.1", 53)),), False),),
        local_records=(LocalRecord("a.lab.example", "A", "10.0.0.9", 9),),
        local_zones=("lab.example",),
        block_ttl_s=3,
        block_addresses=("192.0.2.80", "2001:db8::80"),
        block_host="block.school.example",
        cache=CachePlan(1000, 1, 2, 3, 4),
        rate_limit=RateLimit(5, 6),
        forwarders=((ip_network("10.0.0.2/32"), RateLimit(7, 7)),),
        max_tcp=8,
        max_inflight=9,
    )

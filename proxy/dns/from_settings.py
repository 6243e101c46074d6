"""Which plan do the settings make for the resolver?"""

from ipaddress import ip_network
from pathlib import Path

from proxy.dns.plan import (
    CachePlan,
    Endpoint,
    Forwarders,
    ForwardZone,
    LocalRecord,
    Plan,
    Protocol,
    RateLimit,
    UpstreamServer,
)
from proxy.dns.system_resolvers import system_resolvers
from proxy.settings.schema import Settings
from proxy.settings.schema.dns import Upstream

RESOLV_CONF = Path("/etc/resolv.conf")


def plan_from(settings: Settings, resolv_conf: Path = RESOLV_CONF) -> Plan:
    """Read the resolver's plan out of the settings.

    resolv_conf   read only when `dns.system` is true
    """
    dns = settings.dns
    listen = tuple(Endpoint(one.host, one.port) for one in dns.listen)
    upstreams = tuple(_server(one) for one in dns.upstreams)
    if dns.system:
        upstreams += system_resolvers(resolv_conf, own=listen)
    return Plan(
        listen=listen,
        upstreams=upstreams,
        timeout_s=dns.timeout_ms / 1000,
        forward_zones=tuple(
            ForwardZone(zone.zone, tuple(_server(one) for one in zone.upstreams), zone.allow_private)
            for zone in dns.forward_zones
        ),
        local_records=tuple(
            LocalRecord(one.name, one.type.value, one.value, one.ttl_s) for one in dns.local_records
        ),
        local_zones=tuple(dns.local_zones),
        block_ttl_s=dns.block_ttl_s,
        block_addresses=tuple(settings.block_page.addresses),
        block_host=settings.block_page.host,
        cache=CachePlan(
            dns.cache.max_entries,
            dns.cache.min_ttl_s,
            dns.cache.max_ttl_s,
            dns.cache.negative_max_ttl_s,
            dns.cache.stale_s,
        ),
        rate_limit=RateLimit(dns.rate_limit.per_client_qps, dns.rate_limit.burst),
        forwarders=_forwarders(settings),
        max_tcp=dns.max_tcp,
        max_inflight=dns.max_inflight,
    )


def _forwarders(settings: Settings) -> Forwarders:
    return tuple(
        (ip_network(range_), RateLimit(forwarder.qps, forwarder.qps))
        for forwarder in settings.dns.forwarders
        for range_ in forwarder.addresses
    )


def _server(upstream: Upstream) -> UpstreamServer:
    return UpstreamServer(
        Endpoint(upstream.address, upstream.port),
        Protocol(upstream.protocol.value),
        upstream.tls_name or "",
    )

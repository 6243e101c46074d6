"""How do all probes of a self-test go, against the filter that runs?"""

import asyncio
import ssl
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address
from pathlib import Path

from proxy.selftest import dns_probe, web_probe
from proxy.selftest.expect import (
    Grade,
    Graded,
    name_is_blocked,
    own_name_is_answered,
    page_is_blocked,
)
from proxy.selftest.plan import Seat, floor_names
from proxy.settings.fields import Endpoint
from proxy.settings.schema import Settings

HTTPS_PORT = 443


class Way(Enum):
    """How a probe reached the filter."""

    CONTROL = "dns, own name"
    DNS = "dns"
    HTTP = "http"
    HTTPS = "https"
    NONE = "-"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    group: str
    source: str
    way: Way
    name: str
    graded: Graded


@dataclass(frozen=True, slots=True)
class Target:
    """The filter that is tested.

    dns          where the resolver listens
    own_name     the block page's name, and `page` its addresses
    timeout_s    for one probe of the resolver; the proxy gets three times as long
    """

    dns: tuple[Endpoint, ...]
    proxy: web_probe.ProxyAt
    connect_port: int
    own_name: str
    page: tuple[str, ...]
    timeout_s: float = 3.0


def target_of(settings: Settings, timeout_s: float = 3.0) -> Target:
    """Find the running filter by its settings.

    Raises OSError (ssl.SSLError among them) when the school's certificate cannot be read.
    """
    authority = certificate_of(settings.gateway.state)
    trust = ssl.create_default_context(cafile=authority) if authority.exists() else None
    listen, ports = settings.proxy.listen, settings.proxy.connect_ports
    return Target(
        dns=settings.dns.listen,
        proxy=web_probe.ProxyAt(listen.host, listen.port, trust),
        connect_port=HTTPS_PORT if HTTPS_PORT in ports else ports[0],
        own_name=settings.block_page.host,
        page=settings.block_page.addresses,
        timeout_s=timeout_s,
    )


def certificate_of(state: Path) -> Path:
    """Where the school's certificate stands, which the probes trust."""
    return state / "ca" / "schoolgate-ca-cert.pem"


async def run_probes(target: Target, seats: Iterable[Seat]) -> list[Row]:
    """Ask everything: groups one after the other, a group's probes side by side."""
    rows: list[Row] = []
    for seat in seats:
        if seat.source:
            rows.extend(await asyncio.gather(*_probes(target, seat)))
        else:
            graded = Graded(Grade.NOT_TESTED, seat.missing)
            rows.append(Row(seat.group, "", Way.NONE, "", graded))
    return rows


def _probes(target: Target, seat: Seat) -> Iterable[Awaitable[Row]]:
    yield _row(seat, Way.CONTROL, target.own_name, _control(target, seat))
    for name in floor_names().values():
        yield _row(seat, Way.DNS, name, _dns(target, seat, name))
        yield _row(seat, Way.HTTP, name, _http(target, seat, name))
        yield _row(seat, Way.HTTPS, name, _https(target, seat, name))


async def _row(seat: Seat, way: Way, name: str, grading: Awaitable[Graded]) -> Row:
    try:
        graded = await grading
    except (dns_probe.NoAnswer, web_probe.Unreached) as problem:
        graded = Graded(Grade.UNREACHED, str(problem))
    return Row(seat.group, seat.source, way, name, graded)


async def _control(target: Target, seat: Seat) -> Graded:
    qtype, page = _question(target.page)
    answer = await _asked(target, seat, target.own_name, qtype)
    return own_name_is_answered(answer, page)


async def _dns(target: Target, seat: Seat, name: str) -> Graded:
    qtype, page = _question(target.page)
    return name_is_blocked(await _asked(target, seat, name, qtype), seat, page)


async def _http(target: Target, seat: Seat, name: str) -> Graded:
    proxy = _reachable(target.proxy, seat.source)
    answer = await web_probe.get_in_clear(proxy, seat.source, name, timeout_s=3 * target.timeout_s)
    return page_is_blocked(answer, name)


async def _https(target: Target, seat: Seat, name: str) -> Graded:
    proxy = _reachable(target.proxy, seat.source)
    port, limit_s = target.connect_port, 3 * target.timeout_s
    answer = await web_probe.get_in_tunnel(proxy, seat.source, name, port, timeout_s=limit_s)
    return page_is_blocked(answer, name)


async def _asked(target: Target, seat: Seat, name: str, qtype: int) -> dns_probe.DnsAnswer:
    server = _resolver(target.dns, seat.source)
    return await dns_probe.ask(server, seat.source, name, qtype, timeout_s=target.timeout_s)


def _question(page: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """Which type to ask for, so that the block page's address can be the answer; IPv4 before IPv6."""
    four = tuple(address for address in page if ":" not in address)
    if four or not page:
        return dns_probe.A, four
    return dns_probe.AAAA, tuple(page)


def _resolver(listen: Sequence[Endpoint], source: str) -> tuple[str, int]:
    """The resolver's address that a client at `source` reaches: one of the same family."""
    for endpoint in listen:
        if (":" in endpoint.host) == (":" in source):
            return _own(endpoint.host, source), endpoint.port
    raise dns_probe.NoAnswer(f"the resolver does not listen on an address that {source} can reach")


def _reachable(proxy: web_probe.ProxyAt, source: str) -> web_probe.ProxyAt:
    if (":" in proxy.host) != (":" in source):
        raise web_probe.Unreached(f"the proxy does not listen on an address that {source} can reach")
    return web_probe.ProxyAt(_own(proxy.host, source), proxy.port, proxy.trust)


def _own(host: str, source: str) -> str:
    """A wildcard address stands for each of this machine's addresses, the source among them."""
    return source if ip_address(host).is_unspecified else host

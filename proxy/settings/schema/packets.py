"""What may leave the school past resolver and proxy, and what is written down of the rest?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, model_validator

from proxy.settings.fields import Address, Called, Id, Range, Text, wrong
from proxy.settings.schema.part import Part

REDIRECTED = (53, 80, 443)
"""Ports whose packets are turned to resolver and proxy over TCP."""
NOT_BY_UDP = {53: "it is turned to the resolver", 443: "QUIC would pass the proxy unread"}
NEVER_TCP = (853, 1080, 1194, 1701, 1723, 3128, 8853, 9001, 9030, 9050, 9150)
NEVER_UDP = (500, 784, 853, 1194, 1701, 4500, 8853, 9993, 41641, 51820)
"""DNS over TLS and QUIC, proxies, VPNs, Tor (IANA's registry of ports, their own documentation, 2026-11-22):
for single networks only, and refused for connections that began before the rules, too."""
MEET = ("74.125.250.0/24", "142.250.82.0/24", "2001:4860:4864:5::/64", "2001:4860:4864:6::/64")
"""Google, "Prepare your network for Meet meetings & live streams" (support.google.com/a/answer/1279090),
2026-11-22."""
TEAMS = ("52.112.0.0/14", "52.122.0.0/15", "2603:1063::/38")
"""Microsoft, "Microsoft 365 URLs and IP address ranges", id 11, 2026-11-22."""


@dataclass(frozen=True, slots=True, order=True)
class Ports:
    """Ports from the first to the last, written `5223` or `5228-5230`."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def __contains__(self, port: int) -> bool:
        return self.first <= port <= self.last


def _ports(value: Any) -> Ports:
    if isinstance(value, Ports):
        return value
    words = [word.strip() for word in str(value).split("-")]
    if len(words) <= 2 and all(word.isascii() and word.isdigit() and len(word) < 6 for word in words):
        first, last = int(words[0]), int(words[-1])
        if 1 <= first <= last <= 65535:
            return Ports(first, last)
    raise wrong(
        f"'{str(value)[:40]}' is neither a port nor a range of ports", "for example 5223 or 5228-5230"
    )


def _interface(text: str) -> str:
    if not (0 < len(text) < 16) or not text.isascii() or not all(c.isalnum() or c in "-_.@" for c in text):
        raise wrong(f"'{text[:40]}' is not the name of a network interface", "`ip -brief link` shows them")
    return text


PortRange = Annotated[
    Ports,
    BeforeValidator(_ports),
    PlainSerializer(str, return_type=str),
    Called("a port, or a range as `5228-5230`"),
]
Interface = Annotated[str, AfterValidator(_interface), Called("the name of a network interface")]


class MediaSettings(Part):
    """Sound and pictures of meetings, which need UDP."""

    ports: tuple[PortRange, ...] = (Ports(3478, 3481),)
    """UDP ports that are open to `ranges`."""
    ranges: tuple[Range, ...] = (*MEET, *TEAMS)
    """Addresses of the meeting services in use; none: nothing leaves by these ports."""


class FurtherSettings(Part):
    """More that may leave from one network, with who answers for it: the VPN of the staff."""

    network: Id
    """Id of one of the `networks`."""
    tcp: tuple[PortRange, ...] = ()
    """TCP ports."""
    udp: tuple[PortRange, ...] = ()
    """UDP ports."""
    protocols: tuple[Literal["ah", "esp", "gre"], ...] = ()
    """Protocols beside TCP and UDP."""
    to: tuple[Range, ...] = ()
    """Where it may lead; not written: anywhere."""
    decided_by: Text
    """Who answers for it: a role or office rather than a person's name."""
    reason: Text
    """What it is for."""

    @model_validator(mode="after")
    def _opens_something(self) -> Self:
        if not (self.tcp or self.udp or self.protocols):
            raise wrong("this opens nothing", "write `tcp`, `udp` or `protocols`")
        return _closed_to_the_web(self, self.tcp, self.udp)


class PacketSettings(Part):
    """What the packet filter of this gateway lets out, beside what resolver and proxy fetch themselves."""

    lan: Annotated[tuple[Interface, ...], Field(min_length=1)]
    """Interfaces towards the devices."""
    gateway: tuple[Address, ...] = ()
    """Addresses at which the resolver gets redirected questions, one for IPv4 and one for IPv6; not written:
    the first of `dns.listen` of each that is no loopback address."""
    tcp: tuple[PortRange, ...] = (Ports(5223, 5223), Ports(5228, 5230))
    """TCP ports that are open to everybody; at first the push services of Apple and Google."""
    udp: tuple[PortRange, ...] = (Ports(123, 123),)
    """UDP ports that are open to everybody; at first the time of day."""
    media: MediaSettings = MediaSettings()
    """Meetings."""
    local: tuple[Range, ...] = ()
    """The school's own ranges: what leads there is neither redirected nor refused."""
    further: tuple[FurtherSettings, ...] = ()
    """More for single networks."""
    ping_octets: Annotated[int, Field(ge=0, le=1500)] = 200
    """Longest ping that passes, in octets with its headers; 0: none does."""
    log_group: Annotated[int, Field(ge=1, le=65535)] = 40
    """Netfilter log group that refused packets are told to."""
    log_octets: Annotated[int, Field(ge=64, le=1024)] = 256
    """So much of each is told; a WireGuard handshake takes 196 over IPv6."""
    log_per_client_s: Annotated[int, Field(ge=1, le=1000)] = 5
    """So many refused packets of one client are told in a second; all are refused."""
    log_per_s: Annotated[int, Field(ge=1, le=100_000)] = 200
    """So many of all clients together."""

    @model_validator(mode="after")
    def _keeps_the_web(self) -> Self:
        for version in (4, 6):
            if sum((":" in address) == (version == 6) for address in self.gateway) > 1:
                raise wrong(f"`gateway` has more than one IPv{version} address", "write one of each")
        open_udp = (*self.udp, *self.media.ports)
        for word, opened, never in (("TCP", self.tcp, NEVER_TCP), ("UDP", open_udp, NEVER_UDP)):
            for ports in opened:
                if closed := [str(port) for port in never if port in ports]:
                    raise wrong(
                        f"{word} {ports} cannot be open to everybody: {', '.join(closed)} leads around us",
                        "open it to one network, in `further`",
                    )
        return _closed_to_the_web(self, self.tcp, open_udp)


def _closed_to_the_web[P: Part](part: P, tcp: Iterable[Ports], udp: Iterable[Ports]) -> P:
    """Refuse settings that would let out what has to pass the resolver or the proxy."""
    for ports in tcp:
        for port in REDIRECTED:
            if port in ports:
                raise wrong(
                    f"TCP {ports} cannot be opened: {port} is turned to this filter", "leave that port out"
                )
    for ports in udp:
        for port, why in NOT_BY_UDP.items():
            if port in ports:
                raise wrong(f"UDP {ports} cannot be opened: {why} ({port})", "leave that port out")
    return part

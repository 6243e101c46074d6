"""Where things are in the school behind a gateway that redirects.

device  198.51.100.0/24, 2001:db8:1::/64   trusts the school's certificate
        203.0.113.0/24,  2001:db8:2::/64   does not: judged by name
  | eth0 - lan
gateway .1 and ::1 on either side; forwards what it does not redirect; the filter runs here
  | wan - eth0
origin  192.31.196.0/24, 2620:4f:8000::/48 (AS112, RFC 7534 and 7535: public, and nobody's web sites)
"""

from namespaces import Namespace, cable

FAMILIES = (4, 6)
LAN = {4: "198.51.100.1", 6: "2001:db8:1::1"}
PUPIL = {4: "198.51.100.2", 6: "2001:db8:1::2"}
CLASSROOM = {
    4: [f"198.51.100.{n}" for n in range(32, 56)],
    6: [f"2001:db8:1::{n:x}" for n in range(32, 56)],
}
VISITOR = {4: "203.0.113.2", 6: "2001:db8:2::2"}
WAN = {4: "192.31.196.1", 6: "2620:4f:8000::1"}
SITE = {4: "192.31.196.10", 6: "2620:4f:8000::10"}
TWIN = {4: "192.31.196.11", 6: "2620:4f:8000::11"}
ELSEWHERE = {4: "192.31.196.66", 6: "2620:4f:8000::66"}
NAMES = "192.31.196.53"
METADATA = "169.254.169.254"
CLOSED = {4: "192.0.2.10", 6: "2001:db8:ffff::10"}
NOT_REDIRECTED = 7
ALLOWED, TWICE, BLOCKED = "learn.example", "twice.example", "play.example"
LEADING_ASTRAY = {
    "loopback.example": {4: "127.0.0.1", 6: "::1"},
    "linklocal.example": {4: METADATA, 6: "fe80::1"},
    "lan.example": LAN,
    "wan.example": WAN,
    "closed.example": CLOSED,
}


def lay_cables(device: Namespace, gateway: Namespace, origin: Namespace) -> None:
    """Join the three, give them their addresses and routes."""
    cable(device, "eth0", gateway, "lan")
    cable(gateway, "wan", origin, "eth0")
    gateway.address("lan", f"{LAN[4]}/24", "203.0.113.1/24", f"{LAN[6]}/64", "2001:db8:2::1/64")
    gateway.address("wan", f"{WAN[4]}/24", f"{WAN[6]}/64")
    device.address(
        "eth0", *(f"{one}/24" for one in (PUPIL[4], *CLASSROOM[4], VISITOR[4])),
        *(f"{one}/64" for one in (PUPIL[6], *CLASSROOM[6], VISITOR[6])),
    )  # fmt: skip
    origin.address(
        "eth0", *(f"{one}/24" for one in (SITE[4], TWIN[4], ELSEWHERE[4], NAMES)),
        *(f"{one}/64" for one in (SITE[6], TWIN[6], ELSEWHERE[6])),
        f"{METADATA}/32", f"{CLOSED[4]}/32", f"{CLOSED[6]}/128",
    )  # fmt: skip
    for namespace, routers in ((device, LAN), (origin, WAN)):
        for family in FAMILIES:
            namespace.ip("route", "add", "default", "via", routers[family])
    for address, way in ((METADATA, SITE[4]), (CLOSED[4], SITE[4]), (CLOSED[6], SITE[6])):
        gateway.ip("route", "add", address, "via", way)
    gateway.forwards()

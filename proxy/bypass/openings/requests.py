"""Does the first request of a stream ask a proxy, a VPN or a remote desktop for something?

The exchange's own detectors read requests whole; here stands what must be refused before anybody
takes the stream for the web: requests to foreign proxies, and methods of other protocols.
"""

import re

from proxy.bypass.observed import Opening

MAX_HEAD = 2048

_FORMS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("vpn.sstp", re.compile(rb"SSTP_DUPLEX_POST ")),
    (
        "vpn.anyconnect",
        re.compile(
            rb"CONNECT /CSCOSSLC/tunnel |GET /\+CSCOE\+/|POST / HTTP/1\.1\r\n(?:[^\r]*\r\n)*?X-AnyConnect-"
        ),
    ),
    (
        "vpn.softether",
        re.compile(
            rb"POST /vpnsvc/(?:connect|vpn)\.cgi |\A[A-Z]{3,5} /[^\r]{0,80}\r\n(?:[^\r]*\r\n)*?\r\nVPNCONNECT"
        ),
    ),
    (
        "vpn.tailscale",
        re.compile(rb"(?:GET|POST) /(?:ts2021|derp) |(?i:upgrade: (?:tailscale-control-protocol|derp)\r)"),
    ),
    ("remote.rd_gateway", re.compile(rb"R(?:DG|PC)_(?:OUT|IN)_DATA ")),
    ("remote.teamviewer", re.compile(rb"(?:GET|POST) /d(?:in|out)\.aspx\?")),
    ("tor.relay", re.compile(rb"GET /tor/(?:status-vote|server|keys|micro|extra|rendezvous|hs)/")),
)
_TO_PROXY = re.compile(
    rb"CONNECT ([^\s/]{1,260}):[0-9]{1,5} HTTP/|[A-Z]{3,10} (?:https?|ftp|wss?)://([^\s/]{1,260})"
)


def asked_of_tunnel(head: bytes) -> tuple[str, str]:
    """The technique that a request's head shows, and its first line; "" for an ordinary one."""
    head = head[:MAX_HEAD]
    for technique, form in _FORMS:
        found = form.match(head) if technique != "vpn.tailscale" else form.search(head)
        if found is not None:
            return technique, _first_line(head)
    return "", ""


def asked_of_proxy(opening: Opening, proxies: frozenset[str]) -> str:
    """Whom a request to a proxy that is not the school's asks for; "" for any other request."""
    found = _TO_PROXY.match(opening.first[:MAX_HEAD])
    if found is None:
        return ""
    address = f"[{opening.destination}]" if ":" in opening.destination else opening.destination
    at = {f"{host}:{opening.port}" for host in (address, opening.destination, opening.sni)}
    if not at.isdisjoint(proxies):
        return ""
    target = (found[1] or found[2]).decode("latin-1").rpartition("@")[2]  # a name and a password before it
    # A server must take whole addresses too, as long as they are its own (RFC 9112, section 3.2.2).
    is_own = found[2] is not None and target.partition(":")[0].lower() == opening.sni
    return "" if is_own else target


def _first_line(head: bytes) -> str:
    """Method and path, without what stands behind a question mark."""
    return head.partition(b"\r")[0].partition(b"?")[0][:80].decode("latin-1")

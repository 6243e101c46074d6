"""What does a row about the beginning of a connection say?"""

from dataclasses import replace

from proxy.bypass.observed import MAX_FIRST, Opening, Transport
from proxy.frontdoor.client_hello import NotAHello, read_hello
from proxy.replay.errors import WrongRow
from proxy.replay.formats.fields import Fields
from proxy.replay.formats.hosts import address_or_none, host_or_as_it_is
from proxy.replay.rows import Seen

_TRANSPORTS = {
    "tcp": Transport.TCP,
    "tls": Transport.TCP,
    "udp": Transport.UDP,
    "dtls": Transport.UDP,
    "quic": Transport.QUIC,
}
MAX_ADDRESSES = 256


def read_opening(row: Fields) -> tuple[str, tuple[Seen, ...]]:
    """Return the host asked for (the address where no name was said), and what was seen.

    The ClientHello's own octets say the name before the row's fields do. Raises WrongRow.
    """
    word = row.text("transport", "tcp").lower()
    transport = next((each for name, each in _TRANSPORTS.items() if word.startswith(name)), None)
    if transport is None:
        raise WrongRow("transport", f"it is '{word[:40]}'", f"one of {', '.join(_TRANSPORTS)}")
    first = row.octets("first_bytes_hex", MAX_FIRST)
    destination = address_or_none(row.text("dst"))
    sni = _name(first) or (host_or_as_it_is(row.text("sni")) if "sni" in row else "")
    opening = Opening(
        transport=transport,
        port=row.number("port", 443, 0, 65535),
        destination=destination,
        first=first,
        server_first=row.octets("server_first_bytes_hex", MAX_FIRST),
        sni=sni,
        alpn=row.texts("alpn"),
        ech=row.flag("ech"),
        resolved=_resolved(row),
        ja3=row.text("ja3"),
        ja4=row.text("ja4"),
        user_agent=row.text("user_agent"),
    )
    host = sni or destination
    if "stream_first_bytes_hex" not in row:
        return host, (opening,)
    inside = row.octets("stream_first_bytes_hex", MAX_FIRST)
    return host, (opening, replace(opening, first=inside, is_inside=True))


def _name(first: bytes) -> str:
    """The name in a ClientHello; "" for what is none, or not whole."""
    try:
        hello = read_hello(first)
    except NotAHello:
        return ""
    return host_or_as_it_is(hello.name) if hello is not None and hello.name else ""


def _resolved(row: Fields) -> frozenset[str] | None:
    if "resolver_answer_for_sni" not in row:
        return None
    said = row.texts("resolver_answer_for_sni")[:MAX_ADDRESSES]
    addresses = frozenset(address for address in map(address_or_none, said) if address)
    return addresses if addresses or not said else None

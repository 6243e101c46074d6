"""Does a request ask for another host than the handshake around it named?

A browser asks on one HTTP/2 connection for several hosts when the certificate covers them all (RFC 9113,
section 9.1.1). Where it does not, somebody hides the host behind a name that is let through.
"""

from collections.abc import Iterator

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange
from proxy.bypass.spelling.hosts import registrable
from proxy.decision.names import NameProblem, canonical_host, is_address
from proxy.decision.signs import Consequence, Sign

TECHNIQUE = "tls.fronting"
MAX_NAMES = 512


def fronting(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A Host of another registrable domain than the SNI, that the certificate does not cover."""
    host, sni = seen.url.host, seen.sni
    if not sni or sni == host or seen.url.scheme not in ("https", "wss"):
        return
    if knowledge.around.is_own_name(host) or _is_local(host, knowledge):
        return
    if (registrable(host) or host) == (registrable(sni) or sni):
        return
    evidence = {"sni": sni, "host": host}
    if not seen.certificate:
        yield knowledge.sign(
            TECHNIQUE, 0.4, {**evidence, "certificate": "unknown"}, consequence=Consequence.LOG
        )
    elif not covered(host, seen.certificate):
        names = " ".join(seen.certificate[:4])
        yield knowledge.sign(TECHNIQUE, 0.95, {**evidence, "certificate": names})


def covered(host: str, certificate: tuple[str, ...]) -> bool:
    """Say whether a certificate's names cover a canonical host (RFC 9525, section 6.3)."""
    parent = host.partition(".")[2]
    for name in certificate[:MAX_NAMES]:
        text = name.strip().removeprefix("DNS:").removeprefix("IP:")
        if text.startswith("*."):
            if parent and text[2:].lower().rstrip(".") == parent:
                return True
            continue
        try:
            if canonical_host(text) == host:
                return True
        except NameProblem:
            continue
    return False


def _is_local(host: str, knowledge: Knowledge) -> bool:
    return is_address(host) and not knowledge.around.is_public(host)

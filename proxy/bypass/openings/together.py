"""Does a connection fit what our resolver told its client?

What is not known says nothing. What is missing is a weak sign: devices bring addresses with them, apps have
some built in, and a resolver beside ours may be the school's own. Clients of our explicit proxy need not ask.
"""

from collections.abc import Iterator

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Opening
from proxy.bypass.openings.facing import is_media, is_tls, leads_out, shown
from proxy.bypass.openings.handshakes import PUSH
from proxy.decision.signs import Consequence, Sign

REPEATED = 3
"""Once is an address that was looked up elsewhere; from this time on somebody means it."""


def refused_name(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign what asks for a name that our resolver refuses this client, at an address from elsewhere."""
    name = opening.sni or opening.host
    if not opening.refused or opening.told or not name or not leads_out(opening, knowledge):
        return
    is_meant = opening.refused >= REPEATED
    consequence = None if is_meant else Consequence.BLOCK
    evidence = shown(opening, times=str(opening.refused), **{"sni" if opening.sni else "host": name})
    yield knowledge.sign("together.refused_name", 0.9 if is_meant else 0.5, evidence, None, consequence)


def unresolved(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign TLS to an address that our resolver never gave this client, which asks it for others."""
    if opening.told is not False or opening.is_asked or not is_tls(opening) or opening.port in PUSH:
        return
    if opening.destination and leads_out(opening, knowledge) and not is_media(opening, knowledge):
        yield knowledge.sign("together.unresolved", 0.3, shown(opening, sni=opening.sni or "none"))


def never_asks(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    """Sign a connection of a client that never asks our resolver."""
    if opening.asks is False and not opening.is_asked and leads_out(opening, knowledge):
        yield knowledge.sign("together.never_asks", 0.3, shown(opening))

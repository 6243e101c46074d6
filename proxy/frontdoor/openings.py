"""Which signs stand in the beginning of a connection? What the door has read of it becomes an Opening.

Most greetings are like others: same place, name and offer. One without a sign is remembered for as long as
the knowledge is in force, and another like it is not looked at anew.
"""

from functools import lru_cache

from proxy.answered.read import Known, Read
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import MAX_FIRST, Opening, Transport
from proxy.decision.names import is_address
from proxy.decision.signs import Sign
from proxy.frontdoor.client_hello import Hello
from proxy.frontdoor.dialling import Dialling
from proxy.frontdoor.reached import Reached
from proxy.frontdoor.sessions import Session
from proxy.gateway import Gateway
from proxy.lookout import Lookout

MAX_QUIET = 20_000
MAX_PROTOCOLS = 16
NONE: tuple[Sign, ...] = ()
WORDS = {Known.YES: True, Known.NO: False, Known.UNKNOWN: None}

type Place = tuple[str, int, bool]
"""Address or "", port, whether a setting opens it."""


class Openings:
    """Looks at beginnings, for one front door.

    answered    what our resolver told whom; None: nothing is known of that
    """

    def __init__(self, gateway: Gateway, dialling: Dialling, answered: Read | None = None) -> None:
        self._gateway, self._dialling = gateway, dialling
        self._lookout = Lookout(gateway)
        self._reached = None if answered is None else Reached(gateway, answered)
        self._quiet: set[object] = set()
        self._known: Knowledge | None = None

    def greeting(self, session: Session, name: str, hello: Hello) -> tuple[Sign, ...]:
        """Signs in a complete ClientHello.

        name    canonical, or ""
        """
        if not self._has_knowledge():
            return NONE
        place = self._place(session)
        together = None
        if self._reached is not None and session.connect is None:
            together = self._reached.by(session.client, name, place[0])
        seen = (place, name, hello.alpn, hello.ech, together)
        if seen in self._quiet:
            return NONE
        opening = Opening(
            Transport.TLS,
            place[1],
            place[0],
            sni=name,
            alpn=_protocols(hello.alpn),
            ech=hello.ech,
            is_carried=True,
            is_ours=place[2],
            resolved=together.resolved if together else None,
            told=WORDS[together.told] if together else None,
            asks=WORDS[together.asks] if together else None,
            refused=together.refused if together else 0,
        )
        signs = self._lookout.opening(opening)
        if not signs:
            if len(self._quiet) >= MAX_QUIET:
                self._quiet.clear()
            self._quiet.add(seen)
        return signs

    def stream(self, session: Session, first: bytes, *, is_inside: bool = False) -> tuple[Sign, ...]:
        """Signs in the first octets of what is no TLS, or inside opened TLS no HTTP; also in a greeting that
        cannot be read."""
        if not first or not self._has_knowledge():
            return NONE
        address, port, is_ours = self._place(session)
        opening = Opening(
            Transport.TCP,
            port,
            address,
            first[:MAX_FIRST],
            is_inside=is_inside,
            sni=session.server_name if is_inside and not is_address(session.server_name) else "",
            is_carried=True,
            is_ours=is_ours,
        )
        return self._lookout.opening(opening)

    def asked(self, session: Session) -> tuple[Sign, ...]:
        """Signs in what a CONNECT request asks for."""
        if session.connect is None or not self._has_knowledge():
            return NONE
        host, port = session.connect
        address, _, is_ours = self._place(session)
        name = "" if address else host
        opening = Opening(
            Transport.TCP, port, address, sni=name, is_asked=True, is_carried=True, is_ours=is_ours
        )
        return self._lookout.opening(opening)

    def requested(self, session: Session, host: str) -> tuple[Sign, ...]:
        """Signs in that a plain request asks for a canonical host: it was refused, and is reached anyway."""
        if self._reached is None or session.connect is not None or not self._has_knowledge():
            return NONE
        address, port, is_ours = self._place(session)
        refused = self._reached.in_spite(session.client, host, address) if address else 0
        if not refused:
            return NONE
        opening = Opening(
            Transport.TCP, port, address, host=host, is_carried=True, is_ours=is_ours, refused=refused
        )
        return self._lookout.opening(opening)

    def _place(self, session: Session) -> Place:
        target = session.target
        if target is None:
            return "", 0, False
        host, port = target
        if not is_address(host):
            return "", port, False
        return host, port, self._dialling.is_opened(host)

    def _has_knowledge(self) -> bool:
        knowledge = self._gateway.knowledge
        if knowledge is not self._known:
            self._known = knowledge
            self._quiet.clear()
        return knowledge is not None


@lru_cache(maxsize=256)
def _protocols(offered: bytes) -> tuple[str, ...]:
    """The protocols of an ALPN extension (RFC 7301, section 3.1), as far as they can be read."""
    found: list[str] = []
    at = 2
    while at < len(offered) and len(found) < MAX_PROTOCOLS:
        size = offered[at]
        found.append(offered[at + 1 : at + 1 + size].decode("latin-1"))
        at += 1 + size
    return tuple(found)

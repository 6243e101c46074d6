"""What attempt does a connection make, and how is its peer's address spelled?"""

from functools import lru_cache

from proxy.decision.names import canonical_host
from proxy.decision.request import Attempt, Stage, Trait
from proxy.decision.signs import Sign
from proxy.frontdoor.sessions import Session

NO_TRAITS: frozenset[Trait] = frozenset()


def tls_attempt(
    session: Session,
    host: str,
    traits: frozenset[Trait] = NO_TRAITS,
    method: str = "",
    signs: tuple[Sign, ...] = (),
) -> Attempt:
    """The attempt that a CONNECT request, a TLS handshake or a stream that is no HTTP makes."""
    target = session.target
    return Attempt(
        session.client,
        Stage.TLS,
        host,
        None,
        session.login,
        method,
        "",
        traits,
        0 if target is None else target[1],
        signs,
    )


@lru_cache(4096)
def canonical_peer(address: str) -> str:
    """A socket's address in our spelling: no zone, IPv4-mapped IPv6 as IPv4.

    Raises NameProblem when it is no address.
    """
    return canonical_host(address.partition("%")[0])

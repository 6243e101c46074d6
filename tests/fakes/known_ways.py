"""What do detectors know, as it is delivered, at a small school?"""

from collections.abc import Iterable
from functools import cache
from ipaddress import ip_network
from pathlib import Path

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.surroundings import Surroundings
from proxy.decision.signs import Sign
from proxy.settings.bypass.reading import read_knowledge

SCHOOL = Surroundings(
    networks=(ip_network("203.0.113.128/25"),),
    zones=frozenset({"valley.example"}),
    resolvers=frozenset({"10.20.0.53"}),
    proxies=frozenset({"10.20.0.8:8080"}),
    tcp_out=frozenset({80, 443, 5223, 5228, 5229, 5230}),
    udp_out=frozenset({123, 3478, 3479, 3480, 3481}),
    media=(ip_network("198.51.100.0/24"),),
)


@cache
def delivered() -> Knowledge:
    """The files of `blocklists/bypass`, around that school."""
    knowledge, problems = read_knowledge(Path(__file__).parents[2] / "blocklists" / "bypass", SCHOOL)
    assert problems == ()
    return knowledge


def told(signs: Iterable[Sign]) -> list[tuple[str, str]]:
    """Techniques and consequences of signs, for comparing."""
    return [(sign.technique, sign.consequence.value) for sign in signs]

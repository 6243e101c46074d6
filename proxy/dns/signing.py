"""Which signs of a way around the filter stand in a name, and in where its answer leads?

What is said here rests on the name and what is known alone, and is the same for every client. What one
client's questions say together is `watching`'s.
"""

import re

from proxy.bypass.all_detectors import ALL, Detectors
from proxy.bypass.dns.answers import behind_alias, rebinding
from proxy.bypass.dns.quick_look import DETECTORS, NOBODY, TYPES, QuickLook
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Question, Record
from proxy.decision.request import Attempt
from proxy.decision.signs import Sign
from proxy.dns.labels import plain_host
from proxy.dns.relay import Relayed
from proxy.gateway import Gateway
from proxy.lookout import NONE, Lookout

LED = Detectors(names=(behind_alias, rebinding))
"""What looks at answers. What service bindings hold, `svcb` takes out of each."""
CODE = "127."
"""What addresses of 127.0.0.0/8 begin with: an answer by which lists say something (RFC 5782)."""
OF_CLIENT = "dns.tunnel."
"""Techniques that may rest on what one client asked before."""
MAX_LED = 64

_PLAIN = re.compile(rb"[A-Za-z0-9_-]*\Z")


class Signing:
    """The detectors of names, asked by the resolver with the knowledge in force. For one thread."""

    def __init__(self, gateway: Gateway, detectors: Detectors = ALL) -> None:
        self._gateway = gateway
        self._lookout, self._led = Lookout(gateway, detectors), Lookout(gateway, LED)
        self._knowledge: Knowledge | None = None
        self._look: QuickLook | None = None

    def look(self, host: str, method: str) -> int:
        """Say who may have a word on a question for a plain host (`labels.plain_host`), as `QuickLook.at`."""
        knowledge = self._gateway.knowledge
        if knowledge is not self._knowledge:
            self._knowledge, self._look = knowledge, None if knowledge is None else QuickLook(knowledge)
        if self._look is None:
            return NOBODY
        return self._look.at(host) if method in TYPES else DETECTORS

    def of_name(self, name: bytes, host: str, method: str) -> tuple[Sign, ...]:
        """What shows in a question that is judged as a host.

        name   folded wire name
        host   "" for one that cannot be judged
        """
        if plain_host(name) is not None and self.look(host, method) is not DETECTORS:
            return NONE
        return self._lookout.name(Question("", spelled(name), method))

    def of_plain(self, host: str, method: str) -> tuple[Sign, ...]:
        """What shows in a question for a plain host."""
        return self._lookout.name(Question("", host, method))

    def of_answer(self, asked: Attempt, out: Relayed) -> tuple[Sign, ...]:
        """What shows in where an answer leads by aliases."""
        if not any(self.look(alias, "A") is DETECTORS for alias in out.aliases[:MAX_LED]):
            return NONE
        aliases = tuple(Record("CNAME", alias) for alias in out.aliases[:MAX_LED])
        return self._led.name(Question("", asked.host, asked.method, answers=aliases, rcode="NOERROR"))

    def answers_in_codes(self, host: str) -> bool:
        """Say whether a name is looked up for a code in 127.0.0.0/8, as lists of hashes and addresses are."""
        knowledge = self._gateway.knowledge
        return knowledge is not None and knowledge.ordinary.is_lookup(host)

    def of_inward(self, host: str, method: str, address: str) -> tuple[Sign, ...]:
        """What shows in an answer that leads into the school's own networks."""
        record = Record("AAAA" if ":" in address else "A", address)
        return self._led.name(Question("", host, method, answers=(record,), rcode="NOERROR"))


def spelled(name: bytes) -> str:
    """A wire name as detectors read one: as a zone file writes it (RFC 1035, section 5.1), without its last
    dot, in the spelling that it came in."""
    at, labels = 0, []
    while at < len(name) and (length := name[at]):
        label = name[at + 1 : at + 1 + length]
        labels.append(label.decode() if _PLAIN.match(label) else "".join(map(_escaped, label)))
        at += 1 + length
    return ".".join(labels)


def _escaped(octet: int) -> str:
    if octet in b'."\\;()@$':
        return f"\\{chr(octet)}"
    return chr(octet) if 32 < octet < 127 else f"\\{octet:03d}"


def of_client(signs: tuple[Sign, ...]) -> tuple[Sign, ...]:
    """Those that may rest on what one client asked before; an answer with one is nobody else's."""
    return tuple(sign for sign in signs if sign.technique.startswith(OF_CLIENT))


def united(signs: tuple[Sign, ...], more: tuple[Sign, ...]) -> tuple[Sign, ...]:
    """All signs, each once."""
    return tuple(dict.fromkeys((*signs, *more))) if signs else more

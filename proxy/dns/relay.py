"""What leaves of an upstream's answer, and what in it has to be judged first?"""

from dataclasses import dataclass, replace

from proxy.decision.values import quickly_made
from proxy.dns import svcb
from proxy.dns.errors import Malformed
from proxy.dns.labels import host_of
from proxy.dns.records import CNAME, DNAME, HTTPS, RRSIG, SVCB, Answer, Record, addresses_of

MAX_JUDGED = 100


@quickly_made
@dataclass(frozen=True, slots=True)
class Relayed:
    """An answer as it may leave.

    aliases     hosts that the client would be led to
    addresses   where it would connect to: final addresses and hints
    changed     something was taken away, so that signatures no longer fit
    """

    answer: Answer
    aliases: tuple[str, ...]
    addresses: tuple[str, ...]
    changed: bool = False


def relayed(answer: Answer) -> Relayed:
    """Take evasion out of service bindings, and list the names and addresses the answer leads to.

    Raises Malformed when there are more than a hundred of them, or a target is no host name.
    """
    names = [record.rdata for record in answer.chain if record.rtype in (CNAME, DNAME)]
    addresses = list(addresses_of(answer.final))
    kept: list[Record] = []
    for record in answer.final:
        if record.rtype not in (HTTPS, SVCB):
            if record.rtype in (CNAME, DNAME):
                names.append(record.rdata)
            kept.append(record)
            continue
        binding = _hardened(record)
        if binding is None:
            continue
        kept.append(replace(record, rdata=svcb.pack(binding)))
        addresses.extend(svcb.hints(binding))
        target = svcb.target_of(binding)
        if target is not None and target != record.owner:
            names.append(target)
    if len(names) + len(addresses) > MAX_JUDGED:
        raise Malformed(f"an answer leads to more than {MAX_JUDGED} names and addresses")
    changed = tuple(kept) != answer.final
    if changed:
        answer = replace(answer, final=tuple(r for r in kept if r.rtype != RRSIG), ad=False)
    aliases = tuple(dict.fromkeys(host_of(name) for name in names))
    return Relayed(answer, aliases, tuple(dict.fromkeys(addresses)), changed)


def _hardened(record: Record) -> svcb.ServiceBinding | None:
    """A binding without evasion; None when nothing is left or it cannot be read."""
    try:
        return svcb.harden(svcb.parse(record.rdata))
    except Malformed:
        return None

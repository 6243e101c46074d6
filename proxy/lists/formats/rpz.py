"""Which names and addresses does a response policy zone (RPZ) block?

Taken: QNAME and `rpz-ip` triggers with the actions NXDOMAIN (`CNAME .`), NODATA (`CNAME *.`) and
`rpz-drop.` as blocks, and `rpz-passthru.` as an exception. A name's trigger means that very name, its
`*.` twin what lies below. Rewrites, local data, other actions and triggers are reported.
"""

from collections.abc import Iterable, Iterator

from proxy.lists.formats.entry import Exemption, Item, Reach, Why, complain
from proxy.lists.formats.spelling import address_entry, host_entry
from proxy.lists.formats.zone import Record, records

BLOCKS = frozenset({".", "*.", "rpz-drop."})
APEX_TYPES = frozenset({"SOA", "NS", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "DS", "TYPE65534"})
OTHER_TRIGGERS = ("rpz-client-ip", "rpz-nsdname", "rpz-nsip")


def read(lines: Iterable[str], begin: int = 1) -> Iterator[Item]:
    """Read the triggers that block or exempt; report every other record with the reason."""
    for record in records(lines, begin):
        yield record if not isinstance(record, Record) else _rule(record)


def _rule(record: Record) -> Item:
    if not record.owner or record.kind in APEX_TYPES:
        return complain(record.line, Why.ZONE_RECORD, record.text, "it describes the zone and lists nothing")
    if record.owner.endswith(OTHER_TRIGGERS):
        detail = "only triggers on names and on answered addresses (rpz-ip) are taken"
        return complain(record.line, Why.OTHER_TRIGGER, record.text, detail)
    if record.kind != "CNAME":
        detail = f"it answers with {record.kind} data of its own, which is not a block"
        return complain(record.line, Why.LOCAL_DATA, record.text, detail)
    target = record.data.lower()
    if target in BLOCKS:
        return _trigger(record, None)
    if target == "rpz-passthru." or target.removesuffix(".") == record.owner:
        return _trigger(record, Exemption.SPECIFIC)
    if target.startswith("rpz-"):
        return complain(record.line, Why.OTHER_ACTION, record.text, f"the action {target} blocks nothing")
    return complain(record.line, Why.REDIRECT, record.text, f"it answers as {target[:60]}, not a block")


def _trigger(record: Record, exemption: Exemption | None) -> Item:
    if record.owner.endswith(".rpz-ip"):
        return _address(record, record.owner.removesuffix(".rpz-ip").split("."), exemption)
    if record.owner.startswith("*."):
        return host_entry(record.line, record.owner[2:], Reach.BELOW, exemption)
    return host_entry(record.line, record.owner, Reach.SELF, exemption)


def _address(record: Record, labels: list[str], exemption: Exemption | None) -> Item:
    """Read `24.0.2.0.192` (prefix length, then the address backwards; `zz` is the `::` of IPv6)."""
    length, parts = labels[0], labels[:0:-1]
    if "zz" in parts or len(parts) == 8:
        text = ":".join("" if part == "zz" else part for part in parts)
        text = ":" + text if text.startswith(":") else text
        text = text + ":" if text.endswith(":") else text
    else:
        text = ".".join(parts)
    return address_entry(record.line, f"{text}/{length}", exemption)

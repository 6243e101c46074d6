"""Which ways around the filter does a level allow: a VPN to the district, a technician's remote desktop?"""

from proxy.settings.fields import Day, Host, Id, Port, TechniqueName, Text
from proxy.settings.schema.part import Part


class PermitSettings(Part):
    """One permission for people of this level, with who answers for it. It opens no category and no site."""

    id: Id
    """Id of the permit; unique among all permits."""
    technique: TechniqueName
    """A technique of `blocklists/bypass`, or its first parts: `vpn` permits `vpn.wireguard` too."""
    hosts: tuple[Host, ...] = ()
    """Names (with all below them) and addresses that it leads to; not written: anywhere."""
    ports: tuple[Port, ...] = ()
    """Ports that it leads to; not written: any."""
    decided_by: Text
    """Who answers for it: a role or office rather than a person's name."""
    reason: Text
    """What it is for."""
    ends: Day | None = None
    """Last day on which it holds; not written: until it is taken out."""

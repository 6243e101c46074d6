"""What may a file of `blocklists/bypass` say of ports and protocols, and which table does that make?"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from proxy.bypass.observed import Transport
from proxy.bypass.packets.table import PacketTable
from proxy.settings.bypass.ids import TechniqueId
from proxy.settings.fields import Day, Port, Text
from proxy.settings.schema.part import Part

if TYPE_CHECKING:
    from proxy.settings.bypass.family import FamilyFile


class PortsSettings(Part):
    """Ports that something is known for, for packets of which nothing else is to be seen."""

    technique: TechniqueId
    """What they belong to."""
    source: Text
    """Where that is said."""
    date: Day
    """When it was taken from there."""
    transport: Literal["tcp", "udp"]
    """`tcp` or `udp`."""
    ports: Annotated[tuple[Port, ...], Field(min_length=1)]
    """The ports."""


class ProtocolsSettings(Part):
    """Protocols beside TCP and UDP."""

    technique: TechniqueId
    """What they belong to."""
    source: Text
    """Where their numbers are said."""
    date: Day
    """When they were taken from there."""
    numbers: Annotated[tuple[Annotated[int, Field(ge=0, le=255)], ...], Field(min_length=1)]
    """IANA's numbers."""


def packet_table(files: "Iterable[FamilyFile]") -> PacketTable:
    """Join what the files say of ports and protocols."""
    kept = tuple(files)
    return PacketTable(
        {
            (Transport(said.transport), port): said.technique
            for file in kept
            for said in file.ports
            for port in said.ports
        },
        {number: said.technique for file in kept for said in file.protocols for number in said.numbers},
    )

"""What may a file of `blocklists/bypass` say about names and addresses beside what belongs to a technique?"""

from typing import Annotated

from pydantic import Field

from proxy.settings.bypass.ids import TechniqueId
from proxy.settings.fields import Day, Name, Range, Text
from proxy.settings.schema.part import Part

Names = Annotated[tuple[Name, ...], Field(min_length=1)]
Ranges = Annotated[tuple[Range, ...], Field(min_length=1)]


class OrdinarySettings(Part):
    """Names that are ordinary although they look strange."""

    why: Text
    """What these names are for."""
    source: Text
    """Where the names come from."""
    date: Day
    """When they were taken from there."""
    names: Names
    """The names, with all that stands below them."""


class AddressesSettings(Part):
    """Addresses of one technique's services."""

    technique: TechniqueId
    """What these addresses belong to."""
    source: Text
    """Where the addresses come from."""
    date: Day
    """When they were taken from there."""
    ranges: Ranges
    """Addresses and ranges."""


class OwnerSettings(Part):
    """Addresses of one owner, who serves the same sites at any of them."""

    owner: Text
    """Who that is."""
    source: Text
    """Where the addresses come from."""
    date: Day
    """When they were taken from there."""
    ranges: Ranges
    """Addresses and ranges."""

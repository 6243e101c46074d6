"""What may files of `blocklists/bypass` say of names that hold addresses, look-alikes, and claims?"""

from typing import Annotated

from pydantic import Field

from proxy.settings.fields import Day, Name, Text
from proxy.settings.schema.part import Part

FieldName = Annotated[str, Field(pattern=r"^[a-z0-9_-]+$", max_length=60)]
Letter = Annotated[str, Field(pattern=r"^[a-z]$")]
Characters = Annotated[str, Field(min_length=1, max_length=80)]
Word = Annotated[str, Field(pattern=r"^[a-z]+$", max_length=30)]


class WildcardsSettings(Part):
    """Names below which every name leads to the address that it spells (`192-0-2-1.nip.io`)."""

    source: Text
    """Where it is known from."""
    date: Day
    """When it was looked at."""
    names: Annotated[tuple[Name, ...], Field(min_length=1)]
    """The names."""


class LookalikesSettings(Part):
    """Characters that are taken for ASCII letters."""

    source: Text
    """Where it is known from."""
    date: Day
    """When it was taken from there."""
    letters: dict[Letter, Characters]
    """A letter, and the characters that look like it."""


class ClaimsSettings(Part):
    """Header fields that proxies speak to each other with, and no browser."""

    source: Text
    """Where it is known from."""
    date: Day
    """When it was looked at."""
    persons: tuple[FieldName, ...] = ()
    """Fields that say who somebody is, as proxies tell each other."""
    roles: tuple[FieldName, ...] = ()
    """The same, in fields that pages' own programs send to their servers too."""
    sources: tuple[FieldName, ...] = ()
    """Fields that say where a request comes from."""
    hosts: tuple[FieldName, ...] = ()
    """Fields that name another host than the request does."""
    paths: tuple[FieldName, ...] = ()
    """Fields that name another path."""
    privileged: tuple[Word, ...] = ()
    """Words for those whom a school filters less."""

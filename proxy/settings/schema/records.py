"""How long are events kept, and which lists are in use?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from proxy.lists.formats import Format
from proxy.settings.fields import CategoryName, Id, LocalPath, SourceName, Text, wrong
from proxy.settings.schema.part import Part

MIB = 1024 * 1024


class JournalSettings(Part):
    """The record of what was judged."""

    retention_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Days after which events are deleted."""
    max_bytes: Annotated[int, Field(ge=MIB)] = 4096 * MIB
    """Size of all events together, in bytes; reaching it before `retention_days` raises an alarm."""
    segment_bytes: Annotated[int, Field(ge=64 * 1024, le=1024 * MIB)] = 16 * MIB
    """Size, in bytes, at which a worker begins a new file."""
    sync_ms: Annotated[int, Field(ge=10, le=200)] = 200
    """Milliseconds after which an event is on the disk at the latest."""


class LocalList(Part):
    """A list that the school keeps itself."""

    id: Id
    """Id of the list, shown as the evidence of a block."""
    title: Text
    """What people read."""
    file: LocalPath
    """The list; with `format: squidguard` a directory."""
    format: Format = Format.DOMAINS
    """How it is written: `domains` is one name a line."""
    category: CategoryName | None = None
    """Category of every line."""
    categories: Mapping[str, CategoryName] = {}
    """For lists that name categories themselves: their word -> our category."""

    @model_validator(mode="after")
    def _has_category(self) -> Self:
        if (self.category is None) == (not self.categories):
            raise wrong(
                f"list '{self.id}' needs either `category` or `categories`",
                "a list without one blocks nothing",
            )
        return self


class ListSettings(Part):
    """Which lists are compiled into the index, and the bounds for fetching them."""

    blocklists: LocalPath = Path("../../blocklists")
    """Directory with categories.yaml, sources.yaml, safe_search.yaml and the starter lists."""
    starter: bool = True
    """Use the starter lists that come with Schoolgate."""
    subscribe: tuple[SourceName, ...] = ()
    """Ids of the sources in sources.yaml that are fetched and used."""
    local: tuple[LocalList, ...] = ()
    """The school's own lists."""
    max_loss_percent: Annotated[int, Field(ge=1, le=100)] = 20
    """An update that loses more than this share of a list's names waits for a person."""
    timeout_s: Annotated[int, Field(ge=1, le=3600)] = 120
    """Seconds for fetching one list."""
    max_bytes: Annotated[int, Field(ge=1024)] = 256 * MIB
    """Largest list, in bytes after decompression."""
    allow_private: bool = False
    """Whether lists may be fetched from private addresses, for example a mirror inside the school."""


class PassThroughList(Part):
    """A list of names whose TLS connections are passed on uninspected, kept by the school itself."""

    id: Id
    """Id of the list, as `pass_through` in a group names it."""
    file: LocalPath
    """Plain names, one a line; each covers everything below it."""

"""Which lists does a school use, and which public ones could it subscribe to?"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from proxy.lists.categories import Catalogue
from proxy.lists.documents import Document, Strict, read_document
from proxy.lists.errors import ListsProblem, Problem
from proxy.lists.formats import Format

_INTERVAL = re.compile(r"([1-9][0-9]{0,3})([mhd])\Z")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

type SourceId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$")]


@dataclass(frozen=True, slots=True)
class ListSource:
    """A list that is to be compiled.

    path          a file; with SQUIDGUARD a directory
    category      ours, for a list about one thing
    categories    upstream name -> ours, for a list whose lines or folders name theirs; empty: the
                  catalogue's upstream names count
    allow         the list speaks of what is to be allowed, so it may hold public suffixes
    restrictive   take a SquidGuard tree's `very_restrictive_expression` too
    """

    id: str
    title: str
    path: Path
    format: Format
    category: str | None = None
    categories: Mapping[str, str] = field(default_factory=dict)
    allow: bool = False
    restrictive: bool = False
    licence: str = ""


class Subscription(Strict):
    """A public list in `sources.yaml`.

    refresh            how long a copy stays good
    sha256             checksum of the file; the only way to fetch over http
    max_loss_percent   an update that loses more of its entries waits for a person
    """

    id: SourceId
    title: str
    url: str
    format: Format
    licence: str
    homepage: str = ""
    category: str | None = None
    categories: Mapping[str, str] = Field(default_factory=dict)
    refresh: timedelta = timedelta(days=1)
    enabled: bool = False
    recommended: bool = False
    allow: bool = False
    restrictive: bool = False
    entries_about: int = 0
    attribution: str = ""
    note: str = ""
    sha256: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""
    max_loss_percent: Annotated[int, Field(ge=0, le=100)] = 20

    @field_validator("refresh", mode="before")
    @classmethod
    def _interval(cls, value: object) -> object:
        match = _INTERVAL.match(value) if isinstance(value, str) else None
        if match is None:
            raise ValueError("an interval is a number and m, h or d: 12h, 7d")
        return timedelta(**{_UNITS[match.group(2)]: int(match.group(1))})

    @model_validator(mode="after")
    def _whole(self) -> "Subscription":
        if bool(self.category) == bool(self.categories):
            raise ValueError("give either category: or categories:, not both and not neither")
        if not self.url.startswith(("https://", "http://")):
            raise ValueError("url: begins with https://")
        if self.url.startswith("http://") and not self.sha256:
            raise ValueError("a list comes over https; over http only with its sha256:")
        return self

    def as_list(self, path: Path) -> ListSource:
        """The list in a fetched copy."""
        return ListSource(
            self.id,
            self.title,
            path,
            self.format,
            category=self.category,
            categories=self.categories,
            allow=self.allow,
            restrictive=self.restrictive,
            licence=self.licence,
        )


class SourcesFile(Strict):
    """`sources.yaml` as a whole."""

    version: Literal["1"]
    sources: tuple[Subscription, ...]


def load_sources(path: Path, catalogue: Catalogue) -> Mapping[str, Subscription]:
    """Read `sources.yaml`: id -> subscription. Raises ListsProblem with everything that is wrong."""
    document = read_document(path, SourcesFile)
    problems = tuple(_problems(document, catalogue))
    if problems:
        raise ListsProblem(problems)
    return {source.id: source for source in document.value.sources}


def _problems(document: Document[SourcesFile], catalogue: Catalogue) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, source in enumerate(document.value.sources):
        where = ("sources", number)
        if source.id in seen:
            yield document.problem((*where, "id"), f"the source {source.id} stands there twice")
        seen.add(source.id)
        if source.category and source.category not in catalogue.categories:
            yield document.problem((*where, "category"), f"no category is called '{source.category}'")
        for upstream, category in source.categories.items():
            if category not in catalogue.categories:
                place = (*where, "categories", upstream)
                yield document.problem(place, f"no category is called '{category}'")

"""What does an index file tell about itself?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class ListMeta:
    """One list in an index.

    id          what a Listing's `list_id` says
    category    its category, or "" when each line has its own
    counts      lines and kinds of entries, see `reading.Tally`
    reasons     why lines were not taken -> how many
    """

    id: str
    title: str
    category: str
    format: str
    licence: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndexMeta:
    """All lists of an index.

    built_at         aware
    categories       ids, numbered by place
    sources          (place in lists, place in categories), numbered by place
    url_depth        segments of the longest listed path
    has_exceptions   some list exempts names from its own lines
    has_bare_names   some list holds a name of one label
    """

    built_at: datetime
    lists: tuple[ListMeta, ...]
    categories: tuple[str, ...]
    sources: tuple[tuple[int, int], ...]
    records: int
    url_depth: int
    has_exceptions: bool
    has_bare_names: bool

    def to_json(self) -> dict[str, Any]:
        """What `json` can write."""
        return {
            "built_at": self.built_at.isoformat(),
            "lists": [asdict(entry) for entry in self.lists],
            "categories": list(self.categories),
            "sources": [list(pair) for pair in self.sources],
            "records": self.records,
            "url_depth": self.url_depth,
            "has_exceptions": self.has_exceptions,
            "has_bare_names": self.has_bare_names,
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read what `to_json` gave. Raises TypeError, ValueError or LookupError on anything else."""
        lists = tuple(ListMeta(**entry) for entry in data["lists"])
        categories = tuple(str(category) for category in data["categories"])
        sources = tuple((int(number), int(category)) for number, category in data["sources"])
        for number, category in sources:
            lists[number], categories[category]
        return cls(
            built_at=datetime.fromisoformat(data["built_at"]),
            lists=lists,
            categories=categories,
            sources=sources,
            records=int(data["records"]),
            url_depth=int(data["url_depth"]),
            has_exceptions=bool(data["has_exceptions"]),
            has_bare_names=bool(data["has_bare_names"]),
        )

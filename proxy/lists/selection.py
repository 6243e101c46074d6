"""Which lists does this school compile: starter lists, good copies of what it subscribed to, its own?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from proxy.decision.policy import FLOOR
from proxy.lists.categories import Catalogue
from proxy.lists.copies import Copies
from proxy.lists.formats import Format
from proxy.lists.sources import ListSource, Subscription, load_sources
from proxy.lists.starters import starter_lists

SOURCES = "sources.yaml"
COPIES = "lists"


class FormatChoice(Protocol):
    """A format by its word."""

    @property
    def value(self) -> str:
        """One of the words of `formats.Format`."""


class OwnList(Protocol):
    """A list that the school keeps itself, as the settings describe it."""

    @property
    def id(self) -> str:
        """What a Listing's `list_id` says."""

    @property
    def title(self) -> str:
        """What people read."""

    @property
    def file(self) -> Path:
        """Absolute."""

    @property
    def format(self) -> FormatChoice:
        """How it is written."""

    @property
    def category(self) -> str | None:
        """Category of every line."""

    @property
    def categories(self) -> Mapping[str, str]:
        """Its own word -> our category."""


class Choices(Protocol):
    """What the settings say about lists (`settings.lists`)."""

    @property
    def blocklists(self) -> Path:
        """Directory with categories.yaml, sources.yaml and the starter lists."""

    @property
    def starter(self) -> bool:
        """Whether the starter lists are in use."""

    @property
    def subscribe(self) -> Iterable[str]:
        """Ids of sources in use, beside those that sources.yaml enables."""

    @property
    def local(self) -> Iterable[OwnList]:
        """The school's own lists."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The lists to compile.

    missing   subscriptions of which no copy is here yet; `schoolgate lists fetch` brings them
    unknown   ids that no source has
    """

    lists: tuple[ListSource, ...]
    missing: tuple[Subscription, ...] = ()
    unknown: tuple[str, ...] = ()


def select_lists(choices: Choices, catalogue: Catalogue, state: Path) -> Selection:
    """Put together what is compiled, in a fixed order.

    state   the gateway's state directory; fetched copies lie under `lists/` there

    Raises ListsProblem when sources.yaml or a starter list is not as it should be.
    """
    wanted, unknown = subscriptions_in_use(choices, catalogue)
    copies = Copies(state / COPIES)
    chosen = list(starter_lists(choices.blocklists, catalogue)) if choices.starter else []
    missing: list[Subscription] = []
    for subscription in wanted:
        copy = copies.good(subscription.id)
        if copy is None:
            missing.append(subscription)
        else:
            chosen.append(subscription.as_list(copy.path))
    chosen.extend(own_list(own) for own in choices.local)
    return Selection(tuple(chosen), tuple(missing), unknown)


def subscriptions_in_use(
    choices: Choices, catalogue: Catalogue
) -> tuple[tuple[Subscription, ...], tuple[str, ...]]:
    """Subscriptions that are to be fetched and used, and ids that no source has. Raises ListsProblem."""
    sources = load_sources(choices.blocklists / SOURCES, catalogue)
    ids = dict.fromkeys([*(source.id for source in sources.values() if source.enabled), *choices.subscribe])
    known = tuple(sources[id_] for id_ in ids if id_ in sources)
    return known, tuple(id_ for id_ in ids if id_ not in sources)


def unlisted_floor(lists: Iterable[ListSource | Subscription]) -> tuple[str, ...]:
    """Categories that the law asks to block and that none of these lists is about."""
    about = {category for one in lists for category in (one.category, *one.categories.values())}
    return tuple(category for category in FLOOR if category not in about)


def own_list(own: OwnList) -> ListSource:
    """One of the school's own lists."""
    return ListSource(own.id, own.title, own.file, Format(own.format.value), own.category, own.categories)

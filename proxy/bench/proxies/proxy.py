"""What must be known of a proxy to measure it?"""

import getpass
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from proxy.bench.data import Data
from proxy.bench.names import is_under
from proxy.bench.origin import Origin
from proxy.bench.programs import find, need, version


@dataclass(frozen=True, slots=True)
class Place:
    """Where a proxy works.

    folder   its own directory
    port     where it listens on loopback
    """

    folder: Path
    port: int
    origin: Origin
    data: Data


class WebProxy(ABC):
    """A proxy, with a list of sites to refuse if it has such.

    opens     whether it opens TLS and signs with a certificate of its own
    filters   whether it has the list
    refusals  statuses of HTTP that say that a site is refused
    """

    name: ClassVar[str]
    program: ClassVar[str]
    version_words: ClassVar[tuple[str, ...]] = ("--version",)
    opens: ClassVar[bool] = False
    filters: ClassVar[bool] = True
    refusals: ClassVar[frozenset[int]] = frozenset({403})

    def __init__(self, place: Place) -> None:
        self.place = place

    @classmethod
    def installed(cls) -> bool:
        """Whether it can be measured here."""
        return find(cls.program) is not None

    @classmethod
    def unfit(cls, origin: Origin) -> str:
        """Why it cannot be measured with this web server; "" when it can."""
        return ""

    @classmethod
    def version(cls) -> str:
        """What it says of its version."""
        return version([need(cls.program), *cls.version_words])

    @abstractmethod
    def prepare(self) -> None:
        """Do everything that comes before its start."""

    @abstractmethod
    def command(self) -> list[str]:
        """Its command line."""

    def file(self, name: str) -> Path:
        """A file in its directory."""
        return self.place.folder / name


def user() -> str:
    """Who runs the bench."""
    return getpass.getuser()


def topmost(data: Data) -> Iterator[str]:
    """The listed names without those under another one: squid refuses such."""
    listed = set(data.listed_names())
    for name in data.listed_names():
        if not is_under(name.partition(".")[2], listed):
            yield name

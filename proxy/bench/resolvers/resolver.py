"""What must be known of a resolver to measure it with a list?"""

import signal
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from proxy.bench.programs import find, need, version
from proxy.bench.questions import LOOPBACK
from proxy.bench.running import Server


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resolver works.

    folder     its own directory
    port       where it listens on loopback
    upstream   port of the stub that it asks
    workers    threads or processes that answer
    """

    folder: Path
    port: int
    upstream: int
    workers: int = 1


class Resolver(ABC):
    """A resolver with a list of names to block.

    name       what it is called on the command line and in the figures
    program    what must be installed
    filters    whether it has a list at all
    reloads    whether it takes a changed list without a restart
    """

    name: ClassVar[str]
    program: ClassVar[str]
    version_words: ClassVar[tuple[str, ...]] = ("--version",)
    filters: ClassVar[bool] = True
    reloads: ClassVar[bool] = True

    def __init__(self, place: Place) -> None:
        self.place = place

    @classmethod
    def installed(cls) -> bool:
        """Whether it can be measured here."""
        return find(cls.program) is not None

    @classmethod
    def version(cls) -> str:
        """What it says of its version."""
        return version([need(cls.program), *cls.version_words])

    @abstractmethod
    def write_list(self, list_file: Path) -> None:
        """Write the list in its own form, in place of the one before."""

    @abstractmethod
    def write_config(self) -> None:
        """Write its configuration."""

    @abstractmethod
    def commands(self) -> list[list[str]]:
        """The command lines of its processes."""

    def prepare(self, list_file: Path) -> None:
        """Do everything that comes before its start."""
        self.write_list(list_file)
        self.write_config()

    def reload(self, server: Server) -> None:
        """Have it take the changed list."""
        server.signal(signal.SIGHUP)

    def file(self, name: str) -> Path:
        """A file in its directory."""
        return self.place.folder / name

    def write(self, name: str, text: str) -> None:
        """Write a small file."""
        self.file(name).write_text(text)


def names_in(list_file: Path) -> Iterator[str]:
    """The names of a list."""
    with list_file.open() as lines:
        for line in lines:
            yield line.partition("\t")[0]


def write_response_policy(file: Path, list_file: Path) -> None:
    """Write a list as a response policy zone: NXDOMAIN for each name and everything under it."""
    with file.open("w") as out:
        serial = list_file.stat().st_mtime_ns // 1_000_000_000
        out.write(f"$TTL 60\n@ SOA localhost. root.localhost. {serial} 60 60 86400 60\n@ NS localhost.\n")
        out.writelines(f"{name} CNAME .\n*.{name} CNAME .\n" for name in names_in(list_file))


UPSTREAM_ZONE = (
    "$ORIGIN .\n$TTL 86400\n@ SOA ns.stub. root.stub. 1 3600 600 86400 86400\n@ NS ns.stub.\n"
    f"ns.stub. A {LOOPBACK}\n*. A 192.0.2.7\n*. AAAA 2001:db8::7\n"
)

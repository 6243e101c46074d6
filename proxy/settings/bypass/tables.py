"""Which tables do the files of `blocklists/bypass` give detectors, beside techniques and names?"""

from collections.abc import Iterable
from ipaddress import ip_network
from pathlib import Path

from proxy.bypass.dns.table import NameTable
from proxy.bypass.openings.table import AddressTable, ranges
from proxy.decision.names import NameProblem, canonical_host
from proxy.settings.bypass.family import FamilyFile


def name_table(files: Iterable[FamilyFile]) -> NameTable:
    """Join what the files say of names that are ordinary although they look strange."""
    kept = tuple(files)
    return NameTable(
        frozenset(name for file in kept for said in file.lookups for name in said.names),
        frozenset(name for file in kept for said in file.inward for name in said.names),
    )


def address_table(files: Iterable[FamilyFile]) -> AddressTable:
    """Join what the files say of addresses."""
    kept = tuple(files)
    return AddressTable(
        ranges(
            (ip_network(each), of.technique) for file in kept for of in file.addresses for each in of.ranges
        ),
        ranges((ip_network(each), of.owner) for file in kept for of in file.owners for each in of.ranges),
    )


def names_of(path: Path) -> tuple[str, ...]:
    """Read the names of one of our lists: a name a line, `#` before what is none.

    Raises OSError when it cannot be read, and NameProblem for a line that is no name.
    """
    lines = (line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return tuple(canonical_host(line) for line in lines if line)


def trouble_with(path: Path) -> str:
    """Say what is wrong with one of our lists; "" when it can be read."""
    try:
        names_of(path)
    except (OSError, UnicodeDecodeError) as error:
        return f"the list {path} cannot be read: {getattr(error, 'strerror', None) or error}"
    except NameProblem as error:
        return f"the list {path} has a line that is no name: {error}"
    return ""

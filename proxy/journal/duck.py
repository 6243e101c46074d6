"""How is the database opened that reads the archive? In memory, and shut off from everything else.

It reads and writes below one directory only, loads no extension, knows no network and no secret, and
nothing that it is asked can change that.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection as Connection
from duckdb import Error as DatabaseError

from proxy.journal.spill import give_back_with, own_place

__all__ = ["Connection", "DatabaseError", "literal", "opened"]

MEMORY = "256MB"
THREADS = 2
_CONFIG: Mapping[str, str] = {
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": MEMORY,
    "threads": str(THREADS),
}


def opened(directory: Path) -> Connection:
    """A database without data of its own that may use the files below a directory.

    A question that needs more than MEMORY puts the rest into a place of its own below the directory, which
    goes with it (`proxy.journal.spill`); where nobody may write it fails. Threads take a `cursor()` each.
    """
    place = directory.resolve()
    try:
        spill, held = own_place(place)
    except OSError:
        connection = duckdb.connect(":memory:", config={**_CONFIG, "temp_directory": ""})
    else:
        connection = duckdb.connect(":memory:", config={**_CONFIG, "temp_directory": str(spill)})
        give_back_with(connection, spill, held)
    connection.execute(f"set allowed_directories = [{literal(f'{place}/')}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set enable_progress_bar = false")
    connection.execute("set lock_configuration = true")
    return connection


def literal(text: str) -> str:
    """A text in SQL, where no parameter can stand."""
    return "'" + text.replace("'", "''") + "'"


def parameters(paths: Sequence[Path]) -> list[str]:
    """Paths, as a parameter of `read_parquet`."""
    return [str(path) for path in paths]

"""A real PostgreSQL server of our own: made in a temporary directory, gone at the end.

    with running_postgres() as server:
        server.make_database("console")     postgresql://schoolgate:...@127.0.0.1:41234/console

    python tests/fakes/postgres_server.py COMMAND ...
        runs a command with the address of a fresh server in SCHOOLGATE_TEST_DATABASE; pytest then runs the
        tests that use the console's database, and no other: those have no other answer there

Nothing of the machine's own PostgreSQL is used but its programs. The server dies with the process that
started it, also when that one is killed.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest

from free_ports import free_ports

USER = "schoolgate"
SUPERUSER = "postgres"
DATABASE = "SCHOOLGATE_TEST_DATABASE"
PLACE = "SCHOOLGATE_TEST_POSTGRES"
STARTS_WITHIN_S = 120.0
TRIES = 5
READY = "database system is ready to accept connections"
SETTINGS = {
    # Clients are killed in the tests, the machine is not.
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "logging_collector": "off",
    "lc_messages": "C",
    "timezone": "UTC",
}
RULES = """local all all trust
host all postgres 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
"""


class PostgresProblem(Exception):
    """The server did not start; the message has what it said last."""


def programs() -> Path | None:
    """Where the newest PostgreSQL's own programs are on this machine; None: there are none."""
    found = [place for place in Path("/usr/lib/postgresql").glob("*/bin") if (place / "initdb").exists()]
    return max(found, key=lambda place: int(place.parent.name), default=None)


needs_postgres = pytest.mark.skipif(
    programs() is None and os.environ.get("CI") != "true", reason="needs PostgreSQL's server programs"
)
"""Skips a test where the programs are missing; but CI installs them, and there it fails."""


@dataclass(frozen=True, slots=True)
class Place:
    """How one server is reached.

    directory   holds the Unix socket; short, for a socket's path has 107 octets at most
    port        on 127.0.0.1, and in the socket's name
    password    of the user `schoolgate`, over TCP; over the socket nobody is asked
    """

    directory: Path
    port: int
    password: str


class PostgresServer:
    """A running server with a user `schoolgate` who may make databases and is no superuser."""

    def __init__(self, place: Place, bin_: Path) -> None:
        self.place = place
        self._bin = bin_
        self._process: subprocess.Popen[str] | None = None
        self._said: deque[str] = deque(maxlen=40)
        self._ready = threading.Event()

    @property
    def password(self) -> str:
        """The password of the user `schoolgate`."""
        return self.place.password

    @property
    def address(self) -> str:
        """Host and port, as in a URL."""
        return f"127.0.0.1:{self.place.port}"

    def url(self, database: str) -> str:
        """A database's address with user and password."""
        return f"postgresql://{USER}:{self.place.password}@{self.address}/{database}"

    def make_database(self, name: str) -> str:
        """Make an empty database that `schoolgate` owns, and return its address."""
        self.as_superuser(f'CREATE DATABASE "{name}" OWNER {USER}')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Take a database away, and whoever is connected to it."""
        self.as_superuser(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def as_superuser(self, statement: str, database: str = "postgres") -> str:
        """Run SQL as the server's superuser, who may switch triggers off, and return what psql prints."""
        done = subprocess.run(
            [
                *(self._bin / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"),
                *("-h", self.place.directory, "-p", str(self.place.port), "-U", SUPERUSER),
                *("-d", database, "-c", statement),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PostgresProblem(done.stderr.strip())
        return done.stdout.strip()

    def start(self) -> None:
        """Start it, or start it again after `kill`, and return when it takes connections."""
        self._ready.clear()
        self._process = subprocess.Popen(
            [
                *_as_nobody("--pdeathsig", "INT"),
                *(self._bin / "postgres", "-D", self.place.directory / "data"),
                *("-p", str(self.place.port), "-k", self.place.directory, "-h", "127.0.0.1"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
        )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        if not self._ready.wait(STARTS_WITHIN_S) or self._process.poll() is not None:
            self.stop()
            raise PostgresProblem("\n".join(self._said))

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self._said.append(line.rstrip())
            if READY in line:
                self._ready.set()
        self._ready.set()

    def stop(self) -> None:
        """Stop it now, whoever is connected: a database that is gone."""
        if self._process is not None:
            self._process.send_signal(2)  # "fast": ends what is connected
            self._process.wait()
            self._process = None


def _as_nobody(*options: str) -> list[str]:
    """What to put before a command: PostgreSQL refuses to run as root."""
    if os.geteuid() == 0:
        options = ("--reuid", "nobody", "--regid", "nogroup", "--clear-groups", *options)
    return ["setpriv", *options, "--"] if options else []


def _initialise(bin_: Path, directory: Path) -> None:
    data = directory / "data"
    made = subprocess.run(
        [
            *_as_nobody(),
            *(bin_ / "initdb", "-D", data, "-U", SUPERUSER, "-E", "UTF8", "--locale", "C.UTF-8"),
            *("--auth", "trust", "--no-sync"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    if made.returncode:
        raise PostgresProblem(made.stderr)
    with (data / "postgresql.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
    (data / "pg_hba.conf").write_text(RULES)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server from an empty cluster; stopped and deleted at the end."""
    bin_ = programs()
    if bin_ is None:
        raise PostgresProblem("PostgreSQL's server is not installed; on Debian: apt-get install postgresql")
    directory = Path(tempfile.mkdtemp(prefix="sg-pg-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            os.chown(directory, pwd.getpwnam("nobody").pw_uid, -1)
        _initialise(bin_, directory)
        server = _started(bin_, directory)
        try:
            server.as_superuser(f"CREATE ROLE {USER} LOGIN CREATEDB PASSWORD '{server.password}'")
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _started(bin_: Path, directory: Path) -> PostgresServer:
    """Start on a port that is free; another process may be quicker to take one."""
    for last in [*[False] * (TRIES - 1), True]:
        server = PostgresServer(Place(directory, free_ports(1), token_hex(16)), bin_)
        try:
            server.start()
        except PostgresProblem as problem:
            if last or "Address already in use" not in str(problem):
                raise
        else:
            return server
    raise AssertionError("the last try returns or raises")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what uses no database of the console's."""
    if not os.environ.get(DATABASE):
        return
    left_out = [item for item in items if not _uses_database(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _uses_database(item)]


def _uses_database(item: pytest.Item) -> bool:
    asked = {"db", "transactional_db", "live_server", "django_db_setup"}
    return item.get_closest_marker("django_db") is not None or not asked.isdisjoint(
        getattr(item, "fixturenames", ())
    )


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for all tests that ask for one; the one of `main` when that runs them."""
    bin_ = programs()
    if PLACE in os.environ and bin_ is not None:
        directory, port, password = os.environ[PLACE].split(" ")
        yield PostgresServer(Place(Path(directory), int(port), password), bin_)
        return
    with running_postgres() as server:
        yield server


def main(command: list[str]) -> int:
    """Run a command beside a fresh server, and return its exit status."""
    with running_postgres() as server:
        place = server.place
        here = f"{place.directory} {place.port} {place.password}"
        return subprocess.run(
            command,
            env={**os.environ, DATABASE: server.make_database("schoolgate"), PLACE: here},
            check=False,
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

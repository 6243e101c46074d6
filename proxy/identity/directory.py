"""Which networks, devices and people does a gateway know? The form kept in a bundle: no names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class KnownScope:
    """A policy scope as identity needs it.

    minor    what a group and those above it say of its members; True when none says anything
    inspect  what the scope itself says of its devices' trust in the school's CA
    """

    kind: str
    parent: str = ""
    minor: bool = True
    inspect: bool | None = None


@dataclass(frozen=True, slots=True)
class KnownNetwork:
    """Address ranges whose clients are served.

    group     policy group of clients that nothing else identifies
    school    school scope they belong to, or ""
    inspect   devices there trust the school's CA and use the proxy; None: as their scopes say
    identify  device entries and log-ins count there
    """

    id: str
    ranges: tuple[str, ...]
    group: str
    school: str = ""
    inspect: bool | None = None
    identify: bool = True


@dataclass(frozen=True, slots=True)
class KnownForwarder:
    """A machine that asks for many clients, all judged as one group."""

    ranges: tuple[str, ...]
    group: str


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device with an address of its own; its id is that of its device scope.

    owner    `sourcedId` of the person who alone uses it, or ""
    group    policy group of whoever uses it, where no person is named; "" otherwise
    school   school scope it belongs to, or ""
    """

    id: str
    ranges: tuple[str, ...]
    owner: str = ""
    group: str = ""
    school: str = ""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person by roster id, without name.

    school         id of the school scope; of a school without one, the roster's `sourcedId`
    classes        the roster's `sourcedId`s, and the ids of class scopes that stand for them
    class_scopes   the class scopes whose rules hold for this person: a pupil's, not a teacher's
    """

    id: str
    group: str
    minor: bool = True
    grade: str = ""
    school: str = ""
    classes: tuple[str, ...] = ()
    class_scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Directory:
    """All that identity goes by.

    strictest    group of clients that nothing identifies
    logins       salted hash of a log-in name (`login_hash`) -> `sourcedId`
    salt         hexadecimal, new for each directory
    """

    strictest: str
    scopes: Mapping[str, KnownScope] = field(default_factory=dict)
    networks: tuple[KnownNetwork, ...] = ()
    forwarders: tuple[KnownForwarder, ...] = ()
    devices: tuple[KnownDevice, ...] = ()
    people: tuple[KnownPerson, ...] = ()
    logins: Mapping[str, str] = field(default_factory=dict)
    salt: str = ""


_JSON = TypeAdapter(Directory)


def login_hash(salt: str, login: str) -> str:
    """Return the key under which `Directory.logins` has a log-in name; case does not matter."""
    return sha256(f"{salt}\n{login.strip().lower()}".encode()).hexdigest()


def to_json(directory: Directory) -> bytes:
    """Return a directory as it is kept in a bundle."""
    return _JSON.dump_json(directory)


def from_json(data: bytes) -> Directory:
    """Read what `to_json` wrote. Raises ValueError when it is something else."""
    return _JSON.validate_json(data)

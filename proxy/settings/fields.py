"""How does the text of a settings value become a checked value?

Names of other parts of the settings (`GroupName`, `CategoryName` ...) are checked against what is
known while a directory is loaded (`Known`, passed as pydantic's validation context). Without that
context, when a published bundle is read back, the names were checked before and are taken as they are.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, time
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, ValidationInfo
from pydantic_core import PydanticCustomError

from proxy.decision.names import NameProblem, canonical_host, is_address
from proxy.decision.schedule import YEARS

_CLOCK = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])(?::00)?\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")


class Kind(Enum):
    """What a name in the settings can refer to; the value is the word used in messages."""

    CATEGORY = "category"
    SCHEDULE = "schedule"
    GROUP = "group"
    SCHOOL = "school"
    CLASS = "class"
    PARENT = "district, school or group"
    ENGINE = "search engine"
    PASS_LIST = "pass-through list"  # noqa: S105
    SOURCE = "list source"
    TECHNIQUE = "technique"


@dataclass(frozen=True, slots=True)
class Known:
    """What a settings directory defines, gathered before its values are checked.

    directory   what relative paths start from
    names       kind -> the names there are; a kind that could not be read is absent and not checked
    places      kind -> where its names are defined, for hints
    floor       categories that the law asks to block
    levels      search engine -> the safe-search levels it offers
    """

    directory: Path
    names: Mapping[Kind, frozenset[str]] = field(default_factory=dict)
    places: Mapping[Kind, str] = field(default_factory=dict)
    floor: frozenset[str] = frozenset()
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def wrong(message: str, hint: str = "") -> PydanticCustomError:
    """An error that a validator raises, in words for the operator."""
    return PydanticCustomError("schoolgate", "{message}", {"message": message, "hint": hint})


def known(info: ValidationInfo) -> Known | None:
    """What is known while a directory is loaded; None when a bundle is read back."""
    return info.context if isinstance(info.context, Known) else None


def refers_to(kind: Kind) -> AfterValidator:
    """A validator that wants a name of one kind."""

    def check(name: str, info: ValidationInfo) -> str:
        context = known(info)
        if context is not None and kind in context.names and name not in context.names[kind]:
            names, where = sorted(context.names[kind]), context.places.get(kind, "")
            raise PydanticCustomError(
                "unknown_name", "unknown", {"kind": kind.value, "name": name, "known": names, "where": where}
            )
        return name

    return AfterValidator(check)


def _id(text: str) -> str:
    if not _ID.match(text):
        raise wrong(
            f"'{text[:64]}' cannot be an id",
            "an id has 1 to 64 letters, digits, '-', '_' and '.', and begins with a letter or digit",
        )
    return text


def _name(text: str) -> str:
    try:
        host = canonical_host(text)
    except NameProblem as problem:
        raise wrong(f"'{text[:80]}' is not a host name: {problem}") from problem
    if is_address(host):
        raise wrong(f"'{text}' is an address; a name belongs here", "for example learn.example.org")
    return host


def _host(text: str) -> str:
    try:
        return canonical_host(text)
    except NameProblem as problem:
        raise wrong(f"'{text[:80]}' is neither a host name nor an address: {problem}") from problem


def _address(text: str) -> str:
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError as error:
        raise wrong(
            f"'{text[:80]}' is not an IP address", "for example 192.0.2.10 or 2001:db8::10"
        ) from error
    return str(getattr(address, "ipv4_mapped", None) or address)


def _range(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError as error:
        hint = "for example 192.0.2.0/24 or 2001:db8:1::/48"
        with suppress(ValueError):
            hint = f"the range with this length is {ip_network(text, strict=False)}"
        raise wrong(f"'{text[:80]}' is not an address range", hint) from error


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address and port to listen on, written `192.0.2.1:53` or `[2001:db8::1]:53`."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def _endpoint(value: Any) -> Endpoint:
    if isinstance(value, Endpoint):
        return value
    text = str(value)
    address, colon, port = text.rpartition(":")
    bracketed = address.startswith("[") and address.endswith("]")
    if colon and port.isascii() and port.isdigit() and len(port) < 6 and int(port) < 65536:
        try:
            host = ip_address(address[1:-1] if bracketed else address)
        except ValueError:
            pass
        else:
            if bracketed == (host.version == 6):
                return Endpoint(str(host), int(port))
    raise wrong(f"'{text[:80]}' is not an address and port", "for example 192.0.2.1:53 or [2001:db8::1]:53")


def _clock(value: Any) -> time:
    if isinstance(value, time):
        return value
    match = _CLOCK.match(str(value))
    if match is None or (match.group(1) == "24" and match.group(2) != "00"):
        raise wrong(f"'{str(value)[:40]}' is not a time of day", "write hours and minutes, for example 12:30")
    return time(int(match.group(1)) % 24, int(match.group(2)))


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    hint = "write year, month and day, for example 2026-11-23"
    if not _DAY.match(str(value)):
        raise wrong(f"'{str(value)[:40]}' is not a date", hint)
    try:
        day = date.fromisoformat(str(value))
    except ValueError as error:
        raise wrong(f"there is no day {value}", hint) from error
    if day.year not in YEARS:
        raise wrong(
            f"{value} is out of reach", f"years from {YEARS[0]} to {YEARS[-1]}; for no end, leave it away"
        )
    return day


def _path(path: Path, info: ValidationInfo) -> Path:
    context = known(info)
    return path if context is None else Path(context.directory, path).resolve()


def words(expand: Mapping[str, tuple[str, ...]]) -> Callable[[Any], Any]:
    """A validator that lets one word in a list stand for several values (`weekdays`)."""

    def replace(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        many = [expand.get(each, (each,)) if isinstance(each, str) else (each,) for each in value]
        return [each for several in many for each in several]

    return replace


@dataclass(frozen=True, slots=True)
class Called:
    """What the reference page calls a type."""

    words: str


Id = Annotated[str, AfterValidator(_id), Called("an id")]
Name = Annotated[str, AfterValidator(_name), Called("a host name")]
Host = Annotated[str, AfterValidator(_host), Called("a host name or IP address")]
Address = Annotated[str, AfterValidator(_address), Called("an IP address")]
Range = Annotated[str, AfterValidator(_range), Called("an address or range")]
Listen = Annotated[
    Endpoint,
    BeforeValidator(_endpoint),
    PlainSerializer(str, return_type=str),
    Called("an address and port"),
]
Clock = Annotated[time, BeforeValidator(_clock), Called("a time of day")]
Day = Annotated[date, BeforeValidator(_day), Called("a date")]
LocalPath = Annotated[Path, AfterValidator(_path), Called("a path, from the settings directory")]
Port = Annotated[int, Field(ge=1, le=65535), Called("a port")]
Text = Annotated[str, Field(min_length=1, max_length=2000), Called("a text")]

CategoryName = Annotated[str, refers_to(Kind.CATEGORY), Called("a category")]
ScheduleName = Annotated[str, refers_to(Kind.SCHEDULE), Called("a schedule")]
GroupName = Annotated[str, refers_to(Kind.GROUP), Called("a group")]
SchoolName = Annotated[str, refers_to(Kind.SCHOOL), Called("a school")]
ParentName = Annotated[str, refers_to(Kind.PARENT), Called("a school or group")]
PassListName = Annotated[str, refers_to(Kind.PASS_LIST), Called("a pass-through list")]
TechniqueName = Annotated[
    str, refers_to(Kind.TECHNIQUE), Called("a technique, or the first parts of several")
]
SourceName = Annotated[str, refers_to(Kind.SOURCE), Called("a list source")]
EngineName = Annotated[str, refers_to(Kind.ENGINE), Called("a search engine, or `all`")]

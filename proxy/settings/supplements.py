"""What does the policy need beside the settings: search engines' safe modes and pass-through lists?"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from proxy.decision.names import NameProblem, canonical_host, is_address
from proxy.decision.policy import PassEntry, SafeSearchEngine
from proxy.settings.fields import Id, Name, Text
from proxy.settings.gathering import ENGINES, PASS_THROUGH
from proxy.settings.positions import read_document
from proxy.settings.problem import Problem
from proxy.settings.reporting import Report
from proxy.settings.schema import Settings
from proxy.settings.schema.part import Part
from proxy.settings.tree import plain

Level = Literal["strict", "moderate"]


class Engine(Part):
    """One search engine in safe_search.yaml."""

    id: Id
    """What a group's `safe_search` calls it."""
    title: Text
    """What people read."""
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    """Safe modes that it offers."""
    hosts: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Names that it answers on, exactly."""
    aliases: Mapping[Level, Name] = {}
    """Level -> name to answer as in DNS."""
    params: Mapping[Level, Mapping[str, str]] = {}
    """Level -> query parameters that a search must carry; an empty value takes one away."""
    param_paths: tuple[str, ...] = ()
    """Path prefixes of searches."""
    headers: Mapping[Level, Mapping[str, str]] = {}
    """Level -> request headers that it obeys."""


class EngineFile(Part):
    """The whole of safe_search.yaml."""

    version: Literal["1"]
    """Version of this file's form."""
    engines: tuple[Engine, ...]
    """The engines."""


@dataclass(frozen=True, slots=True)
class Supplements:
    """Search engines, and pass-through lists by id."""

    engines: tuple[SafeSearchEngine, ...] = ()
    pass_lists: Mapping[str, tuple[PassEntry, ...]] = field(default_factory=dict)


_JSON = TypeAdapter(Supplements)


def to_json(supplements: Supplements) -> bytes:
    """Return supplements as they are kept in a bundle; equal values give equal bytes."""
    data = _JSON.dump_python(supplements, mode="json")
    for engine in data["engines"]:
        engine["hosts"].sort()
    return json.dumps(data, indent=1, sort_keys=True).encode()


def from_json(data: bytes) -> Supplements:
    """Read what `to_json` wrote. Raises ValueError when it is something else."""
    return _JSON.validate_json(data)


def read_supplements(settings: Settings) -> tuple[Supplements, tuple[Problem, ...]]:
    """Read safe_search.yaml and every pass-through list that some level uses, with what is wrong in them."""
    engines, problems = read_engines(settings.lists.blocklists / ENGINES)
    used = sorted({name for scope in settings.scopes() for name in scope.pass_through or ()})
    own = {entry.id: entry.file for entry in settings.pass_through}
    lists: dict[str, tuple[PassEntry, ...]] = {}
    found = list(problems)
    for name in used:
        file = own.get(name, settings.lists.blocklists / PASS_THROUGH / f"{name}.txt")
        lists[name], complaints = read_pass_list(name, file)
        found.extend(complaints)
    return Supplements(engines, lists), tuple(found)


def read_engines(file: Path) -> tuple[tuple[SafeSearchEngine, ...], tuple[Problem, ...]]:
    """Read safe_search.yaml. No engines when there is any problem."""
    try:
        document = read_document(file.read_bytes(), str(file))
    except OSError as error:
        return (), (Problem(str(file), 0, 0, "", "", f"the file cannot be read: {error.strerror}"),)
    if document.root is None or document.problems:
        return (), document.problems
    report = Report(document.root, [document])
    try:
        read = EngineFile.model_validate(plain(document.root))
    except ValidationError as error:
        report.add_all(error, EngineFile)
        return (), report.sorted()
    for engine, host, first in _shared_hosts(read):
        path = ("engines", engine, "hosts")
        report.at(report.place(path), report.shown(path), f"'{host}' is already a host of {first}")
    return tuple(_engine(engine) for engine in read.engines), report.sorted()


def _shared_hosts(read: EngineFile) -> Iterator[tuple[str, str, str]]:
    seen: dict[str, str] = {}
    for engine in read.engines:
        for host in engine.hosts:
            if host in seen:
                yield engine.id, host, seen[host]
            seen[host] = engine.id


def _engine(engine: Engine) -> SafeSearchEngine:
    return SafeSearchEngine(
        id=engine.id,
        hosts=frozenset(engine.hosts),
        aliases=dict(engine.aliases.items()),
        params={level: dict(params) for level, params in engine.params.items()},
        param_paths=engine.param_paths,
        headers={level: dict(headers) for level, headers in engine.headers.items()},
    )


def read_pass_list(list_id: str, file: Path) -> tuple[tuple[PassEntry, ...], tuple[Problem, ...]]:
    """Read a pass-through list: one name a line, `#` begins a comment. Wrong lines are left out and named."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        return (), (Problem(str(file), 0, 0, "", "", f"the pass-through list cannot be read: {why}"),)
    entries: list[PassEntry] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        why = _why_not_a_name(text)
        if why:
            column = line.index(text) + 1
            hint = "one name a line, for example push.example.org"
            problems.append(Problem(str(file), number, column, line, list_id, why, hint, len(text)))
        else:
            entries.append(PassEntry(canonical_host(text), list_id, number))
    return tuple(entries), tuple(problems)


def _why_not_a_name(text: str) -> str:
    try:
        host = canonical_host(text)
    except NameProblem as problem:
        return f"'{text[:80]}' is not a host name: {problem}"
    if is_address(host):
        return f"'{text}' is an address; pass-through goes by name"
    return "" if "." in host else f"'{text}' would pass through a whole top-level domain"

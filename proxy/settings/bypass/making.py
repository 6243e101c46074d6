"""What is known of ways around the filter, by files of `blocklists/bypass` that were read?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from proxy.bypass.knowledge import Knowledge, KnownName, Technique
from proxy.bypass.noticing import FAULT
from proxy.decision.signs import Consequence
from proxy.settings.bypass.exchange_tables import exchange_tables
from proxy.settings.bypass.family import FamilyFile, TechniqueSettings
from proxy.settings.bypass.packets import packet_table
from proxy.settings.bypass.spelling_tables import spellings_of
from proxy.settings.bypass.tables import address_table, name_table
from proxy.settings.bypass.wrapping_tables import wrapping_of

type Complain = Callable[[str, tuple[str | int, ...], str], None]
"""Told the file's stem, the path in it, and what is wrong there."""


@dataclass(frozen=True, slots=True)
class BypassFiles:
    """All files of a directory, and what they refer to beside it.

    families    a file's name without its ending -> what it says
    lists       a list that a file names -> the names in it
    languages   a language -> texts of the families -> the same in it
    """

    families: Mapping[str, FamilyFile] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    languages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def quietly(stem: str, path: tuple[str | int, ...], why: str) -> None:
    """Complain to nobody, of files that were found good when they were published."""


def knowledge_from(files: BypassFiles, complain: Complain = quietly) -> Knowledge:
    """Make the tables, for a place of which nothing is known.

    complain   whoever is complained to must not use what comes back
    """
    techniques: dict[str, Technique] = {}
    for stem, file in files.families.items():
        for place, described in enumerate(file.techniques):
            if why := _wrong(described, techniques):
                complain(stem, ("techniques", place, "id"), why)
            techniques[described.id] = _technique(described)
    names = _names(files, complain)
    for stem, file in files.families.items():
        for path, technique in _asked_for(file):
            if technique not in techniques:
                complain(stem, path, f"no technique is called '{technique}'")
    said = tuple(files.families.values())
    return Knowledge(
        techniques,
        names,
        ordinary=name_table(said),
        addresses=address_table(said),
        wrapping=wrapping_of((f"bypass/{stem}.yaml", file) for stem, file in files.families.items()),
        spellings=spellings_of(said),
        exchange=exchange_tables(files.families, techniques, complain),
        packets=packet_table(said),
        languages=files.languages,
    )


def _wrong(said: TechniqueSettings, known: Mapping[str, Technique]) -> str:
    if said.id in known:
        return f"'{said.id}' is described twice"
    if said.id == FAULT or said.id.startswith("fault."):
        return "'fault' is what a detector that failed is called"
    if said.weight and said.consequence is not Consequence.INCIDENT:
        return f"'{said.id}' has a weight, and its consequence is not 'incident'"
    if said.consequence is Consequence.INCIDENT and not (said.weight and said.innocent):
        return f"'{said.id}' can raise an incident: it needs a weight, and the innocent causes to look for"
    return ""


def _technique(said: TechniqueSettings) -> Technique:
    return Technique(
        said.id,
        said.nature,
        said.consequence,
        said.weight,
        said.title,
        said.explanation,
        said.innocent,
        said.by_itself,
    )


def _names(files: BypassFiles, complain: Complain) -> dict[str, KnownName]:
    """Names of services; those of our own lists come after those of files, which know better."""
    names: dict[str, KnownName] = {}
    for stem, file in files.families.items():
        for section, said in enumerate(file.names):
            for place, name in enumerate(said.names):
                if name in names:
                    why = f"'{name}' already stands in {names[name].list_id}"
                    complain(stem, ("names", section, "names", place), why)
                else:
                    names[name] = KnownName(name, said.technique, f"bypass/{stem}.yaml", said.exact)
    for file in files.families.values():
        for said in file.names:
            for text in said.lists:
                for name in files.lists.get(text, ()):
                    names.setdefault(name, KnownName(name, said.technique, text, said.exact))
    return names


def _asked_for(file: FamilyFile) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The techniques of names, addresses, ports and wrappers, each with its path."""
    for section in ("names", "addresses", "ports", "protocols", "wrappers"):
        for place, said in enumerate(getattr(file, section)):
            yield (section, place, "technique"), said.technique

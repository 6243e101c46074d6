"""What do the files of `blocklists/bypass` say, and what is wrong with them?"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from proxy.bypass.knowledge import Knowledge, KnownName, Technique
from proxy.bypass.noticing import FAULT
from proxy.bypass.surroundings import Surroundings
from proxy.decision.signs import Consequence
from proxy.settings.bypass.exchange_tables import exchange_tables
from proxy.settings.bypass.family import FamilyFile, TechniqueSettings
from proxy.settings.bypass.packets import packet_table
from proxy.settings.bypass.spelling_tables import spellings_of
from proxy.settings.bypass.tables import address_table, name_table, names_of, trouble_with
from proxy.settings.bypass.wrapping_tables import wrapping_of
from proxy.settings.positions import read_document
from proxy.settings.problem import Problem
from proxy.settings.reporting import Report
from proxy.settings.tree import plain


@dataclass(frozen=True, slots=True)
class Family:
    """One file that could be read.

    stem     the file's name without its ending
    report   knows where everything stands in it
    """

    stem: str
    file: FamilyFile
    report: Report


def read_knowledge(directory: Path, around: Surroundings) -> tuple[Knowledge, tuple[Problem, ...]]:
    """Read all files of a directory. Whoever gets problems must not use what was read."""
    families: list[Family] = []
    problems: list[Problem] = []
    files = sorted(directory.glob("*.yaml"))
    if not files:
        problems.append(Problem(str(directory), 0, 0, "", "", "no *.yaml file stands in this directory"))
    for path in files:
        family, found = _read(path)
        problems.extend(found)
        if family is not None:
            families.append(family)
    techniques: dict[str, Technique] = {}
    for family in families:
        for place, said in enumerate(family.file.techniques):
            if why := _wrong(said, techniques):
                _complain(family, ("techniques", place, "id"), why)
            techniques[said.id] = _technique(said)
    names: dict[str, KnownName] = {}
    for family in families:
        for known, path_in_file in _names(family):
            if known.name in names:
                first = names[known.name]
                _complain(family, path_in_file, f"'{known.name}' already stands in {first.list_id}")
            else:
                names[known.name] = known
    by_stem = {family.stem: family for family in families}
    exchange = exchange_tables(
        {family.stem: family.file for family in families},
        techniques,
        lambda stem, place, why: _complain(by_stem[stem], place, why),
    )
    for family in families:
        _add_lists(family, directory.parent, names)
        _ask_for_techniques(family, techniques)
        problems.extend(family.report.sorted())
    said_by_all = [family.file for family in families]
    tables = name_table(said_by_all), address_table(said_by_all)
    wrapping = wrapping_of((f"bypass/{family.stem}.yaml", family.file) for family in families)
    spellings = spellings_of(said_by_all)
    knowledge = Knowledge(
        techniques,
        names,
        around,
        *tables,
        wrapping=wrapping,
        spellings=spellings,
        exchange=exchange,
        packets=packet_table(said_by_all),
    )
    return knowledge, tuple(problems)


def _read(path: Path) -> tuple[Family | None, tuple[Problem, ...]]:
    try:
        document = read_document(path.read_bytes(), str(path))
    except OSError as error:
        return None, (Problem(str(path), 0, 0, "", "", f"the file cannot be read: {error.strerror}"),)
    if document.root is None or document.problems:
        return None, document.problems
    report = Report(document.root, [document])
    try:
        return Family(path.stem, FamilyFile.model_validate(plain(document.root)), report), ()
    except ValidationError as error:
        report.add_all(error, FamilyFile)
        return None, report.sorted()


def _complain(family: Family, path: tuple[str | int, ...], why: str) -> None:
    family.report.at(family.report.place(path), family.report.shown(path), why)


def _wrong(said: TechniqueSettings, known: dict[str, Technique]) -> str:
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
        said.id, said.nature, said.consequence, said.weight, said.title, said.explanation, said.innocent
    )


def _names(family: Family) -> Iterator[tuple[KnownName, tuple[str | int, ...]]]:
    for section, said in enumerate(family.file.names):
        for place, name in enumerate(said.names):
            list_id = f"bypass/{family.stem}.yaml"
            yield KnownName(name, said.technique, list_id, said.exact), ("names", section, "names", place)


def _add_lists(family: Family, lists: Path, names: dict[str, KnownName]) -> None:
    """Add names of our own lists to those of files, which know better."""
    for section, said in enumerate(family.file.names):
        for place, text in enumerate(said.lists):
            if why := trouble_with(lists / text):
                _complain(family, ("names", section, "lists", place), why)
                continue
            for name in names_of(lists / text):
                names.setdefault(name, KnownName(name, said.technique, text, said.exact))


def _ask_for_techniques(family: Family, techniques: dict[str, Technique]) -> None:
    """Complain of names and addresses of a technique that no file describes."""
    asked = [("names", at, said.technique) for at, said in enumerate(family.file.names)]
    asked += [("addresses", at, said.technique) for at, said in enumerate(family.file.addresses)]
    asked += [("ports", at, said.technique) for at, said in enumerate(family.file.ports)]
    asked += [("protocols", at, said.technique) for at, said in enumerate(family.file.protocols)]
    asked += [("wrappers", at, said.technique) for at, said in enumerate(family.file.wrappers)]
    for part, at, technique in asked:
        if technique not in techniques:
            _complain(family, (part, at, "technique"), f"no technique is called '{technique}'")

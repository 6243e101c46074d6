"""What do the files of `blocklists/bypass` say, and what is wrong with them?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.surroundings import Surroundings
from proxy.settings.bypass.family import FamilyFile
from proxy.settings.bypass.languages import CODE, NO_CODE, LanguageFile
from proxy.settings.bypass.making import BypassFiles, knowledge_from
from proxy.settings.bypass.tables import names_of, trouble_with
from proxy.settings.positions import read_document
from proxy.settings.problem import Problem
from proxy.settings.reporting import Report
from proxy.settings.schema.part import Part
from proxy.settings.tree import plain

LANGUAGES = "languages"
NO_DETECTORS = "bypass.detectors is off: ways around the filter are stopped by the names on lists alone"
"""What follows of a setting, in words."""
NOTHING_KNOWN = (
    "nothing would be known of ways around the filter: copy the folder that comes with Schoolgate there, or "
    "write `bypass: {detectors: off}` to have them stopped by the names on lists alone"
)


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
    files, problems = read_files(directory)
    return replace(knowledge_from(files), around=around), problems


def read_files(directory: Path) -> tuple[BypassFiles, tuple[Problem, ...]]:
    """Read all files of a directory and look for everything that is wrong with them, alone and together.
    Whoever gets problems must not use what was read."""
    families: dict[str, Family] = {}
    problems: list[Problem] = []
    paths = sorted(directory.glob("*.yaml"))
    if not paths:
        problems.append(_whole(directory, "no *.yaml file stands in this directory"))
    for path in paths:
        family, found = _read(path)
        problems.extend(found)
        if family is not None:
            families[family.stem] = family

    def complain(stem: str, path: tuple[str | int, ...], why: str) -> None:
        report = families[stem].report
        report.at(report.place(path), report.shown(path), why)

    lists: dict[str, tuple[str, ...]] = {}
    for stem, family in families.items():
        for path_in_file, text in _lists(family.file):
            if why := trouble_with(directory.parent / text):
                complain(stem, path_in_file, why)
            else:
                lists[text] = names_of(directory.parent / text)
    languages, wrong = _read_languages(directory / LANGUAGES)
    problems.extend(wrong)
    files = BypassFiles({stem: family.file for stem, family in families.items()}, lists, languages)
    knowledge_from(files, complain)
    for family in families.values():
        problems.extend(family.report.sorted())
    if not problems and not any(family.file.techniques for family in families.values()):
        problems.append(_whole(directory, "the files of this directory describe no technique"))
    return files, tuple(problems)


def _whole(directory: Path, what: str) -> Problem:
    return Problem(str(directory), 0, 0, "", "", what, NOTHING_KNOWN)


def _read_languages(directory: Path) -> tuple[dict[str, dict[str, str]], list[Problem]]:
    """What is said in other languages, by their codes; there may be none."""
    languages: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for path in sorted(directory.glob("*.yaml")):
        if not CODE.fullmatch(path.stem):
            problems.append(Problem(str(path), 0, 0, "", "", NO_CODE))
        read, _, found = _read_as(path, LanguageFile)
        problems.extend(found)
        if read is not None:
            languages[path.stem] = read.texts
    return languages, problems


def _read(path: Path) -> tuple[Family | None, tuple[Problem, ...]]:
    file, report, problems = _read_as(path, FamilyFile)
    return (None if file is None or report is None else Family(path.stem, file, report)), problems


def _read_as[File: Part](
    path: Path, form: type[File]
) -> tuple[File | None, Report | None, tuple[Problem, ...]]:
    """One file, with what knows where everything stands in it, or what is wrong."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return None, None, (Problem(str(path), 0, 0, "", "", f"the file cannot be read: {error.strerror}"),)
    document = read_document(content, str(path))
    if document.root is None or document.problems:
        return None, None, document.problems
    report = Report(document.root, [document])
    try:
        return form.model_validate(plain(document.root)), report, ()
    except ValidationError as error:
        report.add_all(error, form)
        return None, None, report.sorted()


def _lists(file: FamilyFile) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The lists that a file names, each with its path."""
    for section, said in enumerate(file.names):
        for place, text in enumerate(said.lists):
            yield ("names", section, "lists", place), text

"""Who belongs to the school, in which grade and classes, by its OneRoster 1.1 CSV files?

People's names are in those files and are never read out of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from proxy.identity.csv_rows import Problems, RosterProblem, Row, rows

MINOR_UNDER_YEARS = 17  # 47 U.S.C. 254(h)(7)(D)
STUDENT = "student"
ROLES = frozenset({STUDENT, "teacher", "administrator", "aide", "proctor", "parent", "guardian", "relative"})


@dataclass(frozen=True, slots=True)
class RosterFiles:
    """Where a roster's files lie; None for one that the school does not have."""

    users: Path
    orgs: Path | None = None
    classes: Path | None = None
    enrollments: Path | None = None
    demographics: Path | None = None


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """What the filter needs to know of one person.

    id          `sourcedId`
    username    log-in name, lower case; "" when there is none, or another person has it too
    grade       as OneRoster codes it, two characters (`KG`, `03`, `11`); "" when not given
    school      `sourcedId` of the first organisation that is a school
    classes     `classSourcedId`s of enrolments current on the day of reading
    adult       17 or older on that day; None when no birth date is known
    """

    id: str
    role: str
    username: str = ""
    grade: str = ""
    school: str = ""
    classes: tuple[str, ...] = ()
    adult: bool | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """The people in use, and what in the files could not be used."""

    people: tuple[RosterPerson, ...] = ()
    problems: tuple[RosterProblem, ...] = ()


def read_roster(files: RosterFiles, on: date) -> Roster:
    """Read a roster as it stands on a day.

    Rows marked `tobedeleted` and users that are not enabled are not known. Every row that cannot be
    used is reported with file and line, and the others count.
    """
    problems = Problems()
    schools = _schools(files, problems)
    classes = _classes(files, problems)
    users = _users(files, problems)
    adults = _adults(files, on, problems)
    enrolled = _enrolments(files, on, set(users), classes, problems)
    shared = _shared_usernames(users, problems)
    people = tuple(
        RosterPerson(
            id=id_,
            role=row["role"].lower(),
            username="" if row["username"].lower() in shared else row["username"].lower(),
            grade=grade_code(row["grades"]),
            school=_school(row, schools, problems),
            classes=tuple(sorted(enrolled.get(id_, ()))),
            adult=adults.get(id_),
        )
        for id_, row in users.items()
    )
    return Roster(people, tuple(problems.found))


def grade_code(text: str) -> str:
    """Spell a grade as OneRoster codes it; of several, the first.

    >>> grade_code("6"), grade_code("kg"), grade_code("11,12")
    ('06', 'KG', '11')
    """
    grade = text.split(",")[0].strip().upper()
    return grade.zfill(2) if grade.isdigit() else grade


def _unique(file: Path, required: tuple[str, ...], problems: Problems) -> Iterator[Row]:
    seen: dict[str, int] = {}
    for row in rows(file, required, problems):
        first = seen.setdefault(row["sourcedId"], row.line)
        if first != row.line:
            problems.add(file, row.line, f"repeats the sourcedId of line {first}; the first one counts")
        else:
            yield row


def _optional(file: Path | None, required: tuple[str, ...], problems: Problems) -> Iterator[Row]:
    return _unique(file, required, problems) if file is not None else iter(())


def _users(files: RosterFiles, problems: Problems) -> dict[str, Row]:
    users: dict[str, Row] = {}
    for row in _unique(files.users, ("sourcedId", "role"), problems):
        role, enabled = row["role"].lower(), row["enabledUser"].lower()
        if not row.is_active or enabled == "false":
            continue
        if role not in ROLES:
            problems.add(row.file, row.line, f"has an unknown role; known are {', '.join(sorted(ROLES))}")
        elif enabled not in ("", "true"):
            problems.add(row.file, row.line, "has an enabledUser that is neither true nor false")
        else:
            users[row["sourcedId"]] = row
    return users


def _schools(files: RosterFiles, problems: Problems) -> set[str] | None:
    """The organisations that are schools; None when the roster does not say."""
    if files.orgs is None:
        return None
    found = _unique(files.orgs, ("sourcedId", "type"), problems)
    return {row["sourcedId"] for row in found if row.is_active and row["type"].lower() == "school"}


def _school(row: Row, schools: set[str] | None, problems: Problems) -> str:
    orgs = [org.strip() for org in row["orgSourcedIds"].split(",") if org.strip()]
    if schools is None:
        return orgs[0] if orgs else ""
    known = [org for org in orgs if org in schools]
    if not known and row["role"].lower() == STUDENT:
        problems.add(row.file, row.line, "names no school of the orgs file in orgSourcedIds")
    return known[0] if known else ""


def _classes(files: RosterFiles, problems: Problems) -> set[str] | None:
    if files.classes is None:
        return None
    return {row["sourcedId"] for row in _unique(files.classes, ("sourcedId",), problems) if row.is_active}


def _enrolments(
    files: RosterFiles, on: date, users: set[str], classes: set[str] | None, problems: Problems
) -> dict[str, set[str]]:
    enrolled: dict[str, set[str]] = {}
    for row in _optional(files.enrollments, ("sourcedId", "classSourcedId", "userSourcedId"), problems):
        class_, user = row["classSourcedId"], row["userSourcedId"]
        if not row.is_active or user not in users:
            continue
        if classes is not None and class_ not in classes:
            problems.add(row.file, row.line, "names a class that the classes file does not have")
            continue
        try:
            begins, ends = _date(row["beginDate"]), _date(row["endDate"])
        except ValueError:
            problems.add(row.file, row.line, "has a date that is not written as 2026-11-23")
            continue
        if (begins is None or begins <= on) and (ends is None or on <= ends):
            enrolled.setdefault(user, set()).add(class_)
    return enrolled


def _adults(files: RosterFiles, on: date, problems: Problems) -> dict[str, bool]:
    """Who is 17 or older; whoever has no usable birth date is missing and stays a minor."""
    adults: dict[str, bool] = {}
    for row in _optional(files.demographics, ("sourcedId",), problems):
        try:
            born = _date(row["birthDate"])
        except ValueError:
            problems.add(row.file, row.line, "has a birthDate that is not written as 2012-11-23")
            continue
        if born is not None and row.is_active:
            years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
            adults[row["sourcedId"]] = years >= MINOR_UNDER_YEARS
    return adults


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _shared_usernames(users: dict[str, Row], problems: Problems) -> set[str]:
    """Log-in names that more than one person has: they prove nobody's identity."""
    first: dict[str, int] = {}
    shared: set[str] = set()
    for row in users.values():
        name = row["username"].lower()
        if name and name in first:
            shared.add(name)
            problems.add(
                row.file, row.line, f"has the username of line {first[name]}; neither can log in by it"
            )
        elif name:
            first[name] = row.line
    return shared

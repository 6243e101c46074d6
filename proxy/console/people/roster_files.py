"""What do the roster's files say of those who can have an account, and what duties.csv of their duties?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from proxy.console.people.access import ASKING_ROLES
from proxy.console.people.charging import Wanted
from proxy.console.people.duties import DutyKind
from proxy.identity.compile import roster_files
from proxy.identity.csv_rows import Problems, RosterProblem, Row, rows
from proxy.identity.roster import RosterFiles, RosterPerson, grade_code, read_roster
from proxy.settings.schema import Settings
from proxy.settings.schema.who import Role


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody in the roster who can have an account.

    username   lower case; "" when there is none, or another person has it too
    school     id of the policy's school scope; "" when theirs is none of these settings
    ends_on    from a column `endDate`
    says_end   whether users.csv has that column; without it an end that an administrator set stays
    """

    sourced_id: str
    role: str
    username: str
    given_name: str
    family_name: str
    email: str
    school: str
    grade: str
    ends_on: date | None
    says_end: bool
    classes: frozenset[str]

    @property
    def teaches(self) -> bool:
        """Whether this person teaches the classes that they are in."""
        return self.role != Role.STUDENT.value


@dataclass(frozen=True, slots=True)
class ListedClass:
    """A class of the roster; `school` as in `Listed`."""

    sourced_id: str
    title: str
    school: str
    grade: str


@dataclass(frozen=True, slots=True)
class WholeRoster:
    """What could be read, and what could not."""

    people: Mapping[str, Listed] = field(default_factory=dict)
    classes: Mapping[str, ListedClass] = field(default_factory=dict)
    problems: tuple[RosterProblem, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether some file could not be read to its end."""
        return any(problem.broken for problem in self.problems)


def read_whole(settings: Settings, on: date) -> WholeRoster:
    """Read the roster that settings name, as it stands on a day; without one, nobody.

    Who is in use, in which school and class, is judged as the filter judges it. Parents and relatives have
    no account, and nothing is kept of them.
    """
    files = roster_files(settings)
    if files is None:
        return WholeRoster()
    roster = read_roster(files, on)
    problems = Problems(list(roster.problems))
    users = {row["sourcedId"]: row for row in rows(files.users, ("sourcedId",), Problems()) if row.is_active}
    people = {
        person.id: _listed(person, users[person.id], settings, problems)
        for person in roster.people
        if person.role in ASKING_ROLES and person.id in users
    }
    return WholeRoster(people, _classes(files, settings, people), tuple(problems.found))


def read_duties(
    file: Path, settings: Settings
) -> tuple[Mapping[str, list[Wanted]], tuple[RosterProblem, ...]]:
    """The duties in duties.csv by `sourcedId`. With a problem in any row there are none."""
    problems = Problems()
    found: dict[str, list[Wanted]] = {}
    for row in rows(file, ("sourcedId", "duty"), problems):
        if row.is_active and (wanted := _wanted(row, settings, problems)) is not None:
            found.setdefault(row["sourcedId"], []).append(wanted)
    return ({} if problems.found else found), tuple(problems.found)


def school_of(settings: Settings, org: str) -> str:
    """The policy's school scope for an organisation of the roster; "" when there is none."""
    return next((each.id for each in settings.schools if org and (each.roster_id or each.id) == org), "")


def _listed(person: RosterPerson, row: Row, settings: Settings, problems: Problems) -> Listed:
    return Listed(
        sourced_id=person.id,
        role=person.role,
        username=person.username,
        given_name=row["givenName"][:150],
        family_name=row["familyName"][:150],
        email=_email(row, problems),
        school=school_of(settings, person.school),
        grade=person.grade[:8],
        ends_on=_day(row, "endDate", problems),
        says_end="endDate" in row.cells,
        classes=frozenset(person.classes),
    )


def _email(row: Row, problems: Problems) -> str:
    email = row["email"]
    if email and (email.count("@") != 1 or len(email) > 254 or not email.isprintable() or " " in email):
        problems.add(row.file, row.line, "has an email that is no e-mail address; no letters go there")
        return ""
    return email


def _day(row: Row, column: str, problems: Problems) -> date | None:
    try:
        return date.fromisoformat(row[column]) if row[column] else None
    except ValueError:
        problems.add(row.file, row.line, f"has a {column} that is not written as 2026-11-23")
        return None


def _classes(
    files: RosterFiles, settings: Settings, people: Mapping[str, Listed]
) -> Mapping[str, ListedClass]:
    taken = {each for person in people.values() for each in person.classes}
    found = {each: ListedClass(each, each, "", "") for each in taken}
    if files.classes is not None:
        for row in rows(files.classes, ("sourcedId",), Problems()):
            if row.is_active:
                found[row["sourcedId"]] = ListedClass(
                    row["sourcedId"],
                    (row["title"] or row["sourcedId"])[:255],
                    school_of(settings, row["schoolSourcedId"]),
                    grade_code(row["grades"])[:8],
                )
    return found


def _wanted(row: Row, settings: Settings, problems: Problems) -> Wanted | None:
    """The duty in a row of duties.csv; None, and a problem, when it cannot be read."""
    before = len(problems.found)
    kinds = {kind.value: kind for kind in DutyKind}
    kind = kinds.get(row["duty"].lower())
    if kind is None:
        problems.add(row.file, row.line, f"has an unknown duty; known are {', '.join(kinds)}")
    school = row["school"]
    if school and not any(school in (each.id, each.roster_id) for each in settings.schools):
        known = ", ".join(each.id for each in settings.schools)
        problems.add(row.file, row.line, f"has an unknown school; known are {known}, or nothing for all")
    rank = row["rank"] or "1"
    if not (rank.isascii() and rank.isdigit() and 1 <= int(rank) <= 999):
        problems.add(row.file, row.line, "has a rank that is not a number from 1 to 999")
    begins, ends = _day(row, "begins", problems), _day(row, "ends", problems)
    if kind is None or len(problems.found) > before:
        return None
    scope = next((each.id for each in settings.schools if school in (each.id, each.roster_id)), "")
    return Wanted(kind, scope if school else "", int(rank), begins, ends)

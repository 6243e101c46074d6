"""How do the people of the roster become people of the console, and leavers lose their access?"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.people.charging import charge
from proxy.console.people.duties import Source
from proxy.console.people.models import Duty, Enrolment, Person, SchoolClass
from proxy.console.people.roster_files import Listed, WholeRoster, read_duties, read_whole
from proxy.console.people.sessions import end_sessions
from proxy.console.site.config import ConsoleConfig

AT_ONCE = 500
MANY_LEAVERS = 20
"""So many can leave at one import whatever the school's size; above, not more than half of all."""

FOLLOWED = ("role", "given_name", "family_name", "email", "school", "grade")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    counts     known, new, changed, left, back: people; classes; enrolled: changes; duties: changes
    problems   lines for the operator; none names a person
    refused    nothing was changed
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    refused: bool = False

    def __str__(self) -> str:
        if self.refused:
            return "roster: nothing was changed"
        return "roster: " + ", ".join(f"{count} {what}" for what, count in self.counts.items())


class Refused(Exception):
    """The roster would do harm; the message says how, and what to do."""


def import_roster(
    config: ConsoleConfig, at: datetime, *, actor: str = actors.TIMERS, all_leavers: bool = False
) -> Imported:
    """Take over the roster and duties.csv as they stand. All of it or nothing; nobody is ever deleted.

    all_leavers    also when more than half of the people would lose access at once
    """
    on = at.astimezone(config.zone).date()
    whole = read_whole(config.settings, on)
    problems = [str(problem) for problem in whole.problems]
    try:
        if whole.broken:
            raise Refused("a file of the roster cannot be read to its end; whoever is missing keeps access")
        with transaction.atomic():
            counts = _take_over(config, whole, at, on, problems, actor, all_leavers)
    except Refused as refusal:
        return Imported(problems=(*problems, str(refusal)), refused=True)
    except IntegrityError:
        return Imported(problems=(*problems, "another import ran at the same time; try again"), refused=True)
    return Imported(counts, tuple(problems))


def _take_over(
    config: ConsoleConfig,
    whole: WholeRoster,
    at: datetime,
    on: date,
    problems: list[str],
    actor: str,
    all_leavers: bool,
) -> dict[str, int]:
    known = {str(person.sourced_id): person for person in Person.objects.exclude(sourced_id=None)}
    gone = [person for id_, person in known.items() if id_ not in whole.people and not person.left]
    staying = sum(not person.left for person in known.values())
    if config.settings.roster is None:
        gone = []
    if len(gone) > max(MANY_LEAVERS, staying // 2) and not all_leavers:
        raise Refused(
            f"{len(gone)} of {staying} people would lose access; if that is right, run "
            "schoolgate console import-roster --all-leavers"
        )
    logins = _logins(whole.people.values(), problems)
    new = [_new(each, logins[id_]) for id_, each in whole.people.items() if id_ not in known]
    back = [known[id_] for id_ in whole.people if id_ in known and known[id_].left]
    different = {
        id_: what
        for id_, each in whole.people.items()
        if id_ in known and (what := _follow(known[id_], each, logins[id_]))
    }
    _save(
        new, [known[id_] for id_ in different], [known[id_] for id_ in different if "login" in different[id_]]
    )
    for person in gone:
        _leave(person)
    counts = {
        "known": len(whole.people),
        "new": len(new),
        "changed": len(different),
        "left": len(gone),
        "back": len(back),
        "classes": _classes(whole),
        "enrolled": _enrolments(whole),
        "duties": _duties(config, at, on, problems, actor),
    }
    for action, people in (("person.left", gone), ("person.back", back)):
        for person in people:
            append(action, actor=actor, about=actors.person(person), at=at)
    if any(counts[what] for what in counts if what not in ("known", "classes")):
        append("roster.import", actor=actor, detail={**counts, "problems": len(problems)}, at=at)
    return counts


def _logins(people: Iterable[Listed], problems: list[str]) -> dict[str, str]:
    """The log-in name of each by `sourcedId`. Whoever has no name of their own gets one that nobody types."""
    by_hand = set(Person.objects.filter(sourced_id=None).values_list("login", flat=True))
    logins = {}
    for person in people:
        login = person.username
        if login in by_hand:
            problems.append("a log-in name of the roster belongs to an account made by hand; it stays there")
        if not login or login in by_hand or len(login) > 150:
            login = "roster-" + hashlib.sha256(person.sourced_id.encode()).hexdigest()[:32]
        logins[person.sourced_id] = login
    return logins


def _new(listed: Listed, login: str) -> Person:
    person = Person(sourced_id=listed.sourced_id, password=make_password(None), ends_on=listed.ends_on)
    _follow(person, listed, login)
    return person


def _follow(person: Person, listed: Listed, login: str) -> Collection[str]:
    """Take over what the roster says of a person; return what is different now."""
    said = {name: getattr(listed, name) for name in FOLLOWED} | {"login": login, "left": False}
    if listed.says_end:
        said["ends_on"] = listed.ends_on
    different = {name: value for name, value in said.items() if getattr(person, name) != value}
    for name, value in different.items():
        setattr(person, name, value)
    return different.keys()


def _save(new: Collection[Person], changed: Collection[Person], renamed: Collection[Person]) -> None:
    # Two people may have changed names with each other: all names are given up before any is taken.
    for person in renamed:
        Person.objects.filter(pk=person.pk).update(login=f"moving-{person.pk}")
    Person.objects.bulk_update(changed, [*FOLLOWED, "login", "left", "ends_on"], batch_size=AT_ONCE)
    Person.objects.bulk_create(new, batch_size=AT_ONCE)


def _leave(person: Person) -> None:
    """Take access away at once. The person, what they asked and what they decided stay (S29)."""
    Person.objects.filter(pk=person.pk).update(left=True)
    end_sessions(person)


def _classes(whole: WholeRoster) -> int:
    known = {each.sourced_id: each for each in SchoolClass.objects.all()}
    new: list[SchoolClass] = []
    changed: list[SchoolClass] = []
    for id_, listed in whole.classes.items():
        found = known.get(id_) or SchoolClass(sourced_id=id_)
        said = (listed.title, listed.school, listed.grade)
        if (found.title, found.school, found.grade) == said:
            continue
        found.title, found.school, found.grade = said
        (changed if found.pk else new).append(found)
    SchoolClass.objects.bulk_create(new, batch_size=AT_ONCE)
    SchoolClass.objects.bulk_update(changed, ["title", "school", "grade"], batch_size=AT_ONCE)
    return len(whole.classes)


def _enrolments(whole: WholeRoster) -> int:
    """Make enrolments those of the roster; return how many are different. One that ended is taken away."""
    people = dict(Person.objects.exclude(sourced_id=None).values_list("sourced_id", "pk"))
    classes = dict(SchoolClass.objects.values_list("sourced_id", "pk"))
    wanted = {
        (people[id_], classes[class_]): listed.teaches
        for id_, listed in whole.people.items()
        for class_ in listed.classes
        if class_ in classes
    }
    held = {(each.person_id, each.school_class_id): each for each in Enrolment.objects.all()}
    ended = [each.pk for key, each in held.items() if wanted.get(key) is not each.teaches]
    new = [
        Enrolment(person_id=key[0], school_class_id=key[1], teaches=teaches)
        for key, teaches in wanted.items()
        if key not in held or held[key].teaches is not teaches
    ]
    for begin in range(0, len(ended), AT_ONCE):
        Enrolment.objects.filter(pk__in=ended[begin : begin + AT_ONCE]).delete()
    Enrolment.objects.bulk_create(new, batch_size=AT_ONCE)
    return len(new) + len(ended)


def _duties(config: ConsoleConfig, at: datetime, on: date, problems: list[str], actor: str) -> int:
    """Make the duties of duties.csv those that it has now; return how many people have other ones now."""
    file = config.console.duties
    if file is None:
        return 0
    found, wrong = read_duties(file, config.settings)
    problems.extend(map(str, wrong))
    if wrong:
        problems.append(f"{file.name}: because of that no duty was changed")
        return 0
    ids = set(found) | set(
        Duty.objects.filter(source=Source.FILE.value).values_list("person__sourced_id", flat=True)
    )
    # All are held before anything is recorded: who changes one of them waits, and nobody for each other.
    held = Person.objects.select_for_update(no_key=True).filter(sourced_id__in=ids).order_by("pk")
    people = {str(person.sourced_id): person for person in held}
    unknown = sorted(set(found) - set(people))
    if unknown:
        problems.append(f"{file.name}: {len(unknown)} people in it are not in the roster")
    before = set(Duty.objects.values_list("pk", "kind", "school", "rank", "begins", "ends", "source"))
    for id_, person in people.items():
        problem = charge(person, found.get(id_, ()), Source.FILE, actor=actor, at=at, on=on)
        if problem is not None:
            problems.append(f"{file.name}: sourcedId {id_}: {problem}")
    after = set(Duty.objects.values_list("pk", "kind", "school", "rank", "begins", "ends", "source"))
    return len({each[0] for each in before ^ after})

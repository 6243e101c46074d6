"""For whom can a person ask?"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from proxy.console.people.models import Enrolment, Person, SchoolClass
from proxy.console.review.choosing import above
from proxy.settings.schema import Settings

ME = "me"
Choices = list[tuple[str, str | list[tuple[str, str]]]]


@dataclass(frozen=True, slots=True)
class Taught:
    """A class that somebody is in.

    teachers   those who teach it
    """

    school_class: SchoolClass
    size: int
    teachers: tuple[Person, ...]

    @property
    def value(self) -> str:
        """As forms carry it."""
        return f"class:{self.school_class.sourced_id}"


def classes_of(person: Person, *, teaching: bool) -> list[Taught]:
    """The classes that a person teaches, or learns in."""
    own = SchoolClass.objects.filter(enrolments__person=person, enrolments__teaches=teaching)
    members = Enrolment.objects.filter(school_class__in=own).select_related("person")
    by_class: dict[int, list[Enrolment]] = {}
    for member in members:
        by_class.setdefault(member.school_class_id, []).append(member)
    return [
        Taught(
            each,
            sum(not m.teaches for m in by_class.get(each.pk, [])),
            tuple(m.person for m in by_class.get(each.pk, []) if m.teaches),
        )
        for each in own.order_by("title", "sourced_id").distinct()
    ]


def choices(person: Person, taught: list[Taught], settings: Settings) -> Choices:
    """For whom a member of staff can ask: classes first, then oneself, grades, groups, schools."""
    found: Choices = []
    if taught:
        found.append((gettext("My classes"), [(each.value, _class_words(each)) for each in taught]))
    if person.sourced_id:
        found.append((gettext("Myself"), [(ME, gettext("Only me"))]))
    schools = [(f"school:{school.id}", school.title or school.id) for school in settings.schools]
    own = [one for one in schools if not person.school or one[0] == f"school:{person.school}"]
    if own:
        found.append((gettext("Everybody at a school"), own))
    groups = [(f"group:{group.id}", group.title or group.id) for group in settings.groups]
    if groups:
        found.append((gettext("A group"), groups))
    grades = sorted({grade for placed in _grades(settings) for grade in placed})
    if grades:
        found.append(
            (
                gettext("A grade, in all schools"),
                [(f"grade:{g}", gettext("Grade %(grade)s") % {"grade": g}) for g in grades],
            )
        )
    return found


def usual(person: Person, taught: list[Taught]) -> str:
    """What is chosen before anybody chooses: the only class, else oneself."""
    if len(taught) == 1:
        return taught[0].value
    return ME if person.sourced_id and not taught else ""


def audience(value: str, subject: str, taught: list[Taught]) -> dict[str, list[str]]:
    """The audience that a choice means.

    subject   the asker's own roster id, or a device's
    """
    kind, _, id_ = value.partition(":")
    if kind == ME:
        return {"subjects": [subject]} if subject else {}
    if kind == "class":
        return {"classes": [id_]} if any(each.value == value for each in taught) else {}
    return {f"{kind}s": [id_]}


def school_of(value: str, person: Person, taught: list[Taught], settings: Settings) -> str:
    """The school whose reviewers answer: the class's, the one asked for, else the person's own.

    "", the whole district, for a grade or group of several schools: who answers for one opens nothing
    at another.
    """
    kind, _, id_ = value.partition(":")
    if kind == "school":
        return id_
    if kind in ("grade", "group"):
        schools = {school.id for school in settings.schools}
        named = (
            set(above(id_, settings)) & schools
            if kind == "group"
            else _schools_of_grade(id_, settings) or schools
        )
        return named.pop() if len(named) == 1 else person.school if len(schools) < 2 else ""
    own = next((each.school_class.school for each in taught if each.value == value), "")
    return own or person.school


def _schools_of_grade(grade: str, settings: Settings) -> set[str]:
    """The schools that the roster's placements name for a grade; empty where one of them names none."""
    placed = settings.roster.placements if settings.roster is not None else ()
    named = {one.school or "" for one in placed if not one.grades or grade in one.grades}
    return set() if "" in named else named


def _grades(settings: Settings) -> Iterator[tuple[str, ...]]:
    if settings.roster is not None:
        yield from (placement.grades for placement in settings.roster.placements)


def _class_words(each: Taught) -> str:
    size = ngettext("%(n)d student", "%(n)d students", each.size) % {"n": each.size}
    return f"{each.school_class.title} ({size})"

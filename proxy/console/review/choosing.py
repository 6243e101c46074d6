"""For whom can a decision be, and what are those people called?"""

from collections.abc import Mapping, Sequence

from proxy.console.people.models import Person
from proxy.console.review.models import Asking
from proxy.console.review.named import names_for
from proxy.console.review.opened import AUDIENCE, Opened
from proxy.console.review.states import Kind
from proxy.console.site.config import config
from proxy.settings.schema import Settings

type Choices = list[tuple[str, str]]
MOST_NAMED = 30


def choices(kind: Kind, school: str, opened: Opened, askings: Sequence[Asking]) -> Choices:
    """Parts of an audience as `kind:id` with their names, those that were asked for first.

    A report that something should be blocked is for nobody in particular: every group can be chosen, but
    nobody of another school.

    school   the only one at which the decision counts; "" for every school
    """
    if kind is Kind.SHOULD_BLOCK:
        return _everybody(school)
    asked = _named(opened)
    known = {value for value, _ in asked}
    alone = [
        (value, f"Only {asking.asker.name}, who asked")
        for asking in askings
        if asking.asker is not None and asking.asker.sourced_id and asking.withdrawn_at is None
        if (value := f"subjects:{asking.asker.sourced_id}") not in known
    ]
    return asked + alone[:MOST_NAMED]


def asked_for(opened: Opened) -> list[str]:
    """Those of the choices that were asked for."""
    return [f"{kind}:{id_}" for kind in AUDIENCE for id_ in opened.audience.get(kind, ())]


def _everybody(school: str) -> Choices:
    settings = config().settings
    others = {one.id for one in settings.schools if school and one.id != school}
    here = next((f" at {one.title or one.id}" for one in settings.schools if one.id == school), "")
    groups = [
        (f"groups:{group.id}", f"Everybody of {group.title or group.id}{here}")
        for group in settings.groups
        if not others & set(above(group.id, settings))
    ]
    schools = [
        (f"schools:{one.id}", f"Everybody known at {one.title or one.id}")
        for one in settings.schools
        if one.id not in others
    ]
    return groups + schools


def above(group: str, settings: Settings) -> list[str]:
    """What a group inherits from: groups and a school, by id."""
    parents = {one.id: one.parent for one in settings.groups}
    found: list[str] = []
    while (parent := parents.get(found[-1] if found else group)) and parent not in found:
        found.append(parent)
    return found


def _named(opened: Opened) -> Choices:
    names = names_for(opened.audience)
    people = {
        person.sourced_id: person.name
        for person in Person.objects.filter(sourced_id__in=opened.audience.get("subjects", ()))
    }
    found: Choices = []
    for id_ in opened.audience.get("classes", ()):
        known = names.classes.get(id_)
        found.append((f"classes:{id_}", f"{known.title} ({known.students} students)" if known else id_))
    found += [(f"subjects:{id_}", people.get(id_, id_)) for id_ in opened.audience.get("subjects", ())]
    here = f" at {names.schools.get(opened.within, opened.within)}" if opened.within else ""
    named: Sequence[tuple[str, str, Mapping[str, str], str]] = (
        ("grades", "Everybody in grade", {}, here),
        ("groups", "Everybody of", names.groups, here),
        ("schools", "Everybody of", names.schools, ""),
    )
    for kind, who, titles, where in named:
        found += [
            (f"{kind}:{id_}", f"{who} {titles.get(id_, id_)}{where}") for id_ in opened.audience.get(kind, ())
        ]
    return found

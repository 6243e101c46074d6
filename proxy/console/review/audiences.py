"""Does an audience lie within another one, and is anybody under 17 in it?"""

from collections.abc import Mapping, Sequence

from proxy.console.people.models import Enrolment, Person, SchoolClass
from proxy.console.review.opened import AUDIENCE
from proxy.decision.policy import Policy
from proxy.settings.schema.who import Role

Names = Mapping[str, Sequence[str]]


def beyond(less: Names, more: Names) -> list[str]:
    """The names in an audience whom another one does not hold, by what the roster says.

    A class lies within its school, and a person within their classes, grade and school. Grades and groups
    reach across schools: they lie within nothing but themselves.
    """
    extra = {kind: set(less.get(kind, ())) - set(more.get(kind, ())) for kind in AUDIENCE}
    extra["classes"] -= set(
        SchoolClass.objects.filter(
            sourced_id__in=extra["classes"], school__in=set(more.get("schools", ())) - {""}
        ).values_list("sourced_id", flat=True)
    )
    extra["subjects"] -= _people_within(extra["subjects"], more)
    return sorted(name for names in extra.values() for name in names)


def _people_within(subjects: set[str], more: Names) -> set[str]:
    people = Person.objects.filter(sourced_id__in=subjects)
    found = set(
        people.filter(school__in=set(more.get("schools", ())) - {""}).values_list("sourced_id", flat=True)
    )
    found |= set(
        people.filter(grade__in=set(more.get("grades", ())) - {""}).values_list("sourced_id", flat=True)
    )
    found |= set(
        Enrolment.objects.filter(
            person__in=people, school_class__sourced_id__in=list(more.get("classes", ()))
        ).values_list("person__sourced_id", flat=True)
    )
    return {name for name in found if name is not None}


def reaches_minors(audience: Names, policy: Policy | None) -> bool:
    """Say whether anybody under 17 may be in an audience.

    policy   the one in force, which knows of whom groups are; None: groups count as minors

    Only groups of grown-ups and people of the roster who are no students are known not to be. A student
    counts as a minor: the console does not know their age.
    """
    if any(audience.get(kind) for kind in ("classes", "grades", "schools")):
        return True
    if any(policy is None or _is_of_minors(group, policy) for group in audience.get("groups", ())):
        return True
    subjects = set(audience.get("subjects", ()))
    grown_up = Person.objects.filter(sourced_id__in=subjects).exclude(role=Role.STUDENT.value).count()
    return grown_up < len(subjects)


def _is_of_minors(group: str, policy: Policy) -> bool:
    scope = policy.scopes.get(group)
    while scope is not None:
        if scope.minor is not None:
            return scope.minor
        scope = policy.scopes.get(scope.parent)
    return True

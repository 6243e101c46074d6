"""For which students of a request can a guardian appeal, each once (S84)?"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from proxy.console.people.models import Person
from proxy.console.review.appeals import Appeal
from proxy.console.review.models import Asking, Case
from proxy.settings.schema.who import Role


@dataclass(frozen=True, slots=True)
class Child:
    """A student who asks, for whom a guardian may appeal.

    asking   the first thing that they ask for in the request
    had      a guardian of theirs has appealed, whatever name was told; also where it was taken back
    """

    asking: Asking
    student: Person
    had: bool


def children(case: Case, askings: QuerySet[Asking]) -> tuple[Child, ...]:
    """The students among those who make these askings of a case still, in the order in which they asked.

    Students are told apart by who they are: one may have asked by a ticket, and again after a log-in.
    """
    still = list(askings.filter(withdrawn_at__isnull=True).select_related("asker").order_by("pk"))
    appealed = Appeal.objects.filter(case=case, asking__isnull=False).select_related("asking__asker")
    theirs = [appeal.asking for appeal in appealed if appeal.asking is not None]
    known = _known_by_subject((*still, *theirs))
    had = {student.pk for asking in theirs if (student := _student(asking, known)) is not None}
    found: dict[int, Child] = {}
    for asking in still:
        student = _student(asking, known)
        if student is not None:
            found.setdefault(student.pk, Child(asking, student, student.pk in had))
    return tuple(found.values())


def _known_by_subject(askings: Iterable[Asking]) -> dict[str, Person]:
    unnamed = {asking.subject for asking in askings if asking.asker is None}
    return {person.sourced_id or "": person for person in Person.objects.filter(sourced_id__in=unnamed)}


def _student(asking: Asking, known: dict[str, Person]) -> Person | None:
    person = asking.asker or known.get(asking.subject)
    return person if person is not None and person.role == Role.STUDENT.value else None

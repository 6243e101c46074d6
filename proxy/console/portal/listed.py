"""Which approvals stand on the public list, and which of them does somebody look for? Asked of the database.

What is said of a resource comes from the first request for it that was not withdrawn.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from re import escape
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BooleanField,
    Case,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, Lower, NullIf
from django.db.models.sql.compiler import SQLCompiler

from proxy.console.review.models import Asking, Opening
from proxy.console.review.states import Kind, Lane, State
from proxy.settings.schema import Settings

MOST_WORDS = 6
_TOLD: Sequence[str] = ("resource", "subject", "grade", "case__school", "audience")


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for; "" looks for anything.

    words   in any order and case; of many, the MOST_WORDS longest count
    """

    words: str = ""
    kind: str = ""
    subject: str = ""
    grade: str = ""
    school: str = ""

    def among(self, openings: QuerySet[Opening], settings: Settings) -> QuerySet[Opening]:
        """Those of the list that fit; one for all schools is for each of them."""
        words = sorted({word.casefold() for word in self.words.split()}, key=len)[-MOST_WORDS:]
        if words:
            said = Concat("title", Value("\n"), "address", Value("\n"), "subject", output_field=TextField())
            openings = openings.alias(said=said).filter(*(Q(said__iregex=escape(word)) for word in words))
        if self.kind:
            openings = openings.filter(Q(resource=self.kind))
        if self.subject:
            openings = openings.filter(Q(subject=self.subject))
        if self.grade:
            openings = openings.filter(_for_grade(self.grade))
        if self.school:
            titles = titles_of(settings)
            ids = [id_ for id_, title in titles.items() if title == self.school] or [self.school]
            openings = openings.filter(_for_schools(ids))
        return openings


def listed(at: datetime) -> QuerySet[Opening]:
    """The approvals that are on the list at a moment, by title.

    Each has `title`, `address`, `subject`, `resource` and `grade`, too.
    """
    first = Asking.objects.filter(case=OuterRef("case")).order_by(
        Case(When(withdrawn_at__isnull=True, then=0), default=1), "pk"
    )
    address = Case(When(path="/", then=F("host")), default=Concat("host", "path"))
    return (
        Opening.objects.filter(
            Q(ends__isnull=True) | Q(ends__gt=at),
            Q(begins__isnull=True) | Q(begins__lte=at),
            revoked_at__isnull=True,
            case__kind=Kind.RESOURCE.value,
            case__state=State.APPROVED.value,
            case__lane=Lane.ORDINARY.value,
        )
        .filter(case__askings=Subquery(first.values("pk")[:1]))
        .annotate(
            address=address,
            subject=F("case__askings__course"),
            resource=F("case__askings__resource"),
            grade=F("case__askings__grade"),
            title=Coalesce(NullIf(F("case__askings__title"), Value("")), F("address")),
        )
        .order_by(Lower("title"), "address", "pk")
    )


def choices(openings: QuerySet[Opening], settings: Settings) -> Mapping[str, list[str]]:
    """What can be looked for in the list."""
    titles = titles_of(settings)
    kinds, subjects, grades, schools = set(), set(), set(), set()
    for kind, subject, grade, school, audience in openings.order_by().values_list(*_TOLD).distinct():
        kinds.add(kind)
        subjects.add(subject)
        grades |= {*grades_of(audience, grade)}
        schools |= {titles.get(id_, id_) for id_ in schools_of(audience, school)}
    return {
        "kinds": sorted(kinds),
        "subjects": sorted(subjects - {""}),
        "grades": sorted(grades),
        "schools": sorted(schools),
    }


def titles_of(settings: Settings) -> Mapping[str, str]:
    """What each school is called, by its id."""
    return {school.id: school.title or school.id for school in settings.schools}


def grades_of(audience: Mapping[str, Collection[str]], asked: str) -> Collection[str]:
    """The grades that a resource is for; none: all. `asked` is the grade of the request."""
    return audience.get("grades") or tuple(filter(None, [asked]))


def schools_of(audience: Mapping[str, Collection[str]], school: str) -> Collection[str]:
    """The ids of the schools that a resource is for; none: all. `school` is the request's."""
    named = audience.get("schools") or audience.get("within")
    for_all = audience.get("groups") or audience.get("grades")
    return named or ([school] if school and not for_all else [])


def _for_grade(grade: str) -> Q:
    """As `grades_of` says."""
    return Q(_Names("grades", grade)) | Q(_IsEmpty("grades"), grade__in=["", grade])


def _for_schools(ids: Collection[str]) -> Q:
    """As `schools_of` says."""
    unnamed = Q(_IsEmpty("schools"), _IsEmpty("within"))
    for_all = ~Q(_IsEmpty("groups")) | ~Q(_IsEmpty("grades"))
    fits = unnamed & (for_all | Q(case__school__in=["", *ids]))
    for id_ in ids:
        fits |= Q(_Names("schools", id_)) | Q(_IsEmpty("schools"), _Names("within", id_))
    return fits


class _OfAudience(Func):
    """Something that is true of one list in an opening's audience, or not."""

    output_field = BooleanField()
    on_sqlite = on_postgresql = ""

    def __init__(self, key: str, *values: str) -> None:
        super().__init__(F("audience"), Value(key), *map(Value, values))

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:
        return self._filled(self.on_sqlite, compiler)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:
        return self._filled(self.on_postgresql, compiler)

    def _filled(self, template: str, compiler: SQLCompiler) -> tuple[str, list[Any]]:
        parts = [compiler.compile(part) for part in self.get_source_expressions()]
        return template.format(*(sql for sql, _ in parts)), [one for _, given in parts for one in given]


class _Names(_OfAudience):
    """The list has this entry."""

    on_sqlite = "EXISTS (SELECT 1 FROM json_each({0}, '$.' || {1}) WHERE json_each.value = {2})"
    on_postgresql = "COALESCE(jsonb_exists({0} -> {1}, {2}), FALSE)"


class _IsEmpty(_OfAudience):
    """The list is not there, or has nothing in it."""

    on_sqlite = "COALESCE(json_array_length({0}, '$.' || {1}), 0) = 0"
    on_postgresql = "COALESCE(jsonb_array_length({0} -> {1}), 0) = 0"

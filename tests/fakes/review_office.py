"""A school's people and requests, with words of its own: `office.teacher`, `office.asks("games.example")`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Duty, Enrolment, Person, SchoolClass
from proxy.console.review import desk
from proxy.console.review.checklist import Answer, Checklist
from proxy.console.review.models import Case
from proxy.console.review.opened import Opened
from proxy.console.review.states import Kind, Lane, Listing, Resource

SCHOOL = "valley-high"
MONDAY = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)  # 9:00 in Chicago
NOTHING_SEEN = Checklist(Answer(False), Answer(False), Answer(False))


def seen(**yes: str) -> Checklist:
    """A checklist with these questions answered by a yes: `seen(obscene="a photograph")`."""
    names = ("obscene", "child_pornography", "harmful_to_minors")
    return Checklist(*(Answer(name in yes, yes.get(name, "")) for name in names))


@dataclass
class Office:
    """People with one duty each, at one school."""

    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        return self.person(name)

    def person(self, name: str) -> Person:
        """A person by name; made at the first mention. What the name begins with says who it is."""
        if name not in self.people:
            self.people[name] = self._made(name)
        return self.people[name]

    def _made(self, name: str) -> Person:
        duty = next(
            (kind for kind in sorted(DutyKind, key=lambda k: -len(k.value)) if name.startswith(kind.value)),
            None,
        )
        role = "student" if name.startswith("student") else "teacher"
        person = Person.objects.create(
            login=name, sourced_id=f"id-{name}", given_name=name.capitalize(), role=role, school=SCHOOL,
            email=f"{name}@school.example", grade="07" if role == "student" else "",
        )  # fmt: skip
        if duty is not None:
            self.charge(person, duty)
        return person

    def charge(self, person: Person, duty: DutyKind, school: str = SCHOOL, **fields: Any) -> Duty:
        """Charge somebody with a duty, after those who have it already."""
        rank = Duty.objects.filter(kind=duty.value, school=school).count() + 1
        return Duty.objects.create(person=person, kind=duty.value, school=school, **{"rank": rank, **fields})

    def school_class(self, name: str, pupils: Iterable[str] = (), school: str = SCHOOL) -> SchoolClass:
        """A class with its pupils."""
        made, _ = SchoolClass.objects.get_or_create(
            sourced_id=name, defaults={"title": name, "school": school}
        )
        for pupil in pupils:
            Enrolment.objects.get_or_create(person=self.person(pupil), school_class=made)
        return made

    def asking(self, host: str = "physics.example", by: str = "student", **fields: Any) -> desk.NewAsking:
        """What somebody asks: to open a site for themselves, for a week."""
        asker = self.person(by)
        return desk.NewAsking(
            **{
                "kind": Kind.UNBLOCK,
                "resource": Resource.SITE if fields.get("kind") is Kind.RESOURCE else None,
                "asker": asker,
                "subject": asker.sourced_id,
                "school": SCHOOL,
                "host": host,
                "category": "games",
                "purpose": "a lesson on optics",
                "audience": {"subjects": [asker.sourced_id]},
                "ends": fields.get("at", MONDAY) + timedelta(days=7),
                **{key: value for key, value in fields.items() if key != "at"},
            }
        )

    def asks(
        self, host: str = "physics.example", by: str = "student", at: datetime = MONDAY, **fields: Any
    ) -> Case:
        """Put that in."""
        self.reviewer  # noqa: B018  (somebody is there to answer)
        return desk.submit(self.asking(host, by, at=at, **fields), at=at)

    def asks_alone(self, at: datetime = MONDAY, **fields: Any) -> Case:
        """A student asks the counselor."""
        self.counselor  # noqa: B018
        return self.asks(at=at, lane=Lane.PRIVATE, **fields)

    def denied(self, at: datetime = MONDAY, **fields: Any) -> Case:
        """A request that the reviewer has claimed and denied."""
        case = self.asks(at=at, **fields)
        desk.claim(case.pk, self.reviewer, at=at)
        return desk.deny(case.pk, self.reviewer, at=at, reason="not for class", checklist=NOTHING_SEEN)

    def appealed(self, at: datetime = MONDAY, **fields: Any) -> Case:
        """A denied request that the student has appealed."""
        self.appeal_officer  # noqa: B018
        case = self.denied(at=at, **fields)
        return desk.appeal(case.pk, self.student, at=at, grounds="it is for class")

    def approved(self, at: datetime = MONDAY, opening: Opened | None = None, **fields: Any) -> Case:
        """A request that the reviewer has claimed and approved, as asked if nothing else is said."""
        case = self.asks(at=at, **fields)
        desk.claim(case.pk, self.reviewer, at=at)
        return desk.approve(
            case.pk, self.reviewer, at=at, reason="good for class", checklist=NOTHING_SEEN,
            listing=Listing.EXCEPTION, opening=opening or desk.as_asked(case),
        )  # fmt: skip

"""To whom can a case be handed over?"""

from datetime import date

from proxy.console.look.words import DUTIES
from proxy.console.people.access import officials
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.review.desk.turns import can_be_handed_to, could_answer
from proxy.console.review.models import Case

Target = tuple[str, str]


def targets(case: Case, person: Person, on: date) -> list[Target]:
    """Duties and people as `duty:KIND` and `person:ID`, with what they are called; no duty that nobody
    has who could answer it."""
    found: list[Target] = []
    for kind in can_be_handed_to(case):
        there = officials(kind, case.school, on)
        if any(could_answer(one, case, kind) for one in there):
            found.append((f"duty:{kind.value}", f"Any {str(DUTIES[kind.value]).lower()}"))
        found += [
            (f"person:{one.pk}", f"{one.name}, {str(DUTIES[kind.value]).lower()}")
            for one in there
            if one.pk != person.pk
        ]
    return list({value: (value, words) for value, words in reversed(found)}.values())[::-1]


def receiver(value: str) -> Person | DutyKind:
    """Whom a chosen target means. Only of a value that `targets` gave."""
    kind, _, id_ = value.partition(":")
    return DutyKind(id_) if kind == "duty" else Person.objects.get(pk=int(id_))

"""For whom is an exception?"""

from dataclasses import dataclass

from proxy.decision.request import Subject


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom an override or permit is for: anyone whom one of these names. All empty: nobody.

    A client that nothing identifies may be anyone; it counts as one of its group and as nobody's pupil.

    within   schools; of those whom a class, a grade or a group names, only who belongs to one of them.
             Empty: wherever they are
    """

    subjects: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    grades: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    schools: frozenset[str] = frozenset()
    within: frozenset[str] = frozenset()

    def includes(self, subject: Subject) -> bool:
        """Say whether the exception is for this subject."""
        school = subject.school
        if subject.id and (subject.id in self.subjects or (school and school in self.schools)):
            return True
        if self.within and school not in self.within:
            return False
        return (
            not self.classes.isdisjoint(subject.classes)
            or (bool(subject.grade) and subject.grade in self.grades)
            or subject.group in self.groups
        )

"""At which schools does a decision count?

Who has a duty at one school decides for that school. What is to count at every school takes the duty for the
whole district, of both signers where there are two; of a correction the database asks the same (`barred`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.db.models import Q, QuerySet

from proxy.console.people import access
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person, SchoolClass
from proxy.console.review.choosing import above
from proxy.console.review.desk.taking import Incomplete
from proxy.console.review.entries import opened_of
from proxy.console.review.models import Appeal, Case, Decision, Opening
from proxy.console.review.named import names_for
from proxy.console.review.opened import Opened
from proxy.console.review.states import Effect, Kind, Listing, Outcome, Stage
from proxy.console.review.timetable import timetable
from proxy.console.site.config import config

Names = Mapping[str, Sequence[str]]


def counts_at(case: Case, by: Person, on: date, listing: Listing = Listing.EXCEPTION) -> str:
    """The school at which a decision of somebody counts, after the first signature if there is one; "" for
    every school. Where there is one school alone, its people decide for all there is."""
    if not case.school or _is_alone(case.school):
        return ""
    if not (case.duty and access.has_duty(by, DutyKind(case.duty), on, "")):
        return case.school
    return "" if all(map(_is_of_district, _signed_first(case, listing))) else case.school


def confined(opened: Opened, school: str) -> Opened:
    """What is opened, for people of one school alone where its audience reaches further.

    school   "" for every school
    """
    return replace(opened, within=school if school and _reaches_further(opened.audience, school) else "")


def check_school(case: Case, audience: Names, school: str) -> None:
    """See that an audience names nobody of another school. Whoever asked in the case is nobody's stranger.

    Raises Incomplete, in words for the decider.
    """
    strangers = sorted(_elsewhere(case, audience, school)) if school else []
    if strangers:
        raise Incomplete(
            "audience",
            f"Of another school: {', '.join(strangers)}. Who decides for one school decides nothing at "
            "another: choose fewer, or leave it to somebody with this duty for the whole district.",
        )


def holds_beyond(opening: Opening) -> bool:
    """Whether what was opened holds at other schools than the request's, too."""
    case, opened = opening.case, opened_of(opening)
    if not case.school or _is_alone(case.school):
        return False
    if opening.action == Effect.CORRECTION.value:
        return not opening.audience.get("schools")
    wide = confined(opened, case.school) != opened
    return wide or any(_elsewhere(case, opened.audience, case.school))


def _is_alone(school: str) -> bool:
    """Whether there is no other school: the settings name none, and nobody who is known here is of one."""
    if len(config().settings.schools) > 1:
        return False
    there = Person.objects.filter(enabled=True, left=False)
    return not there.exclude(school__in=("", school)).exists()


def _signed_first(case: Case, listing: Listing) -> QuerySet[Decision]:
    heard = Appeal.objects.filter(case=case, withdrawn_at__isnull=True).first()
    signed = case.decisions.filter(outcome=Outcome.ENDORSED.value, listing=listing.value, appeal=heard)
    return signed.select_related("decider", "case")


def _is_of_district(signed: Decision) -> bool:
    """Whether a first signature was given by somebody with that duty for the whole district."""
    technical = (
        DutyKind.TECHNICAL_REVIEWER if signed.case.kind == Kind.RESOURCE.value else DutyKind.TECHNICIAN
    )
    duty = {Stage.TECHNICAL: technical, Stage.APPEAL_ENDORSEMENT: DutyKind.APPEAL_OFFICER}.get(
        Stage(signed.stage), DutyKind.REVIEWER
    )
    return access.has_duty(signed.decider, duty, timetable().day(signed.at), "")


def _reaches_further(audience: Names, school: str) -> bool:
    """Whether an audience names people wherever they are: a grade, a group or class not known as the
    school's."""
    settings = config().settings
    classes = set(audience.get("classes", ()))
    return (
        bool(audience.get("grades"))
        or any(school not in above(group, settings) for group in audience.get("groups", ()))
        or SchoolClass.objects.filter(sourced_id__in=classes, school=school).count() < len(classes)
    )


def _elsewhere(case: Case, audience: Names, school: str) -> Iterator[str]:
    """What those of an audience are called who are known to belong to another school."""
    settings, names = config().settings, names_for(audience)
    others = {one.id for one in settings.schools} - {school}
    yield from (names.schools.get(id_, id_) for id_ in audience.get("schools", ()) if id_ != school)
    for id_ in audience.get("groups", ()):
        if others & set(above(id_, settings)):
            yield names.groups.get(id_, id_)
    here = ("", school)
    classes = SchoolClass.objects.filter(sourced_id__in=audience.get("classes", ()))
    yield from classes.exclude(school__in=here).values_list("title", flat=True)
    asked = Q(pk__in=case.askings.values("asker")) | Q(sourced_id__in=case.askings.values("subject"))
    taught = Q(enrolments__school_class__school=school)
    people = Person.objects.filter(sourced_id__in=audience.get("subjects", ())).exclude(school__in=here)
    kept = Person.objects.filter(asked | taught).values("pk")
    yield from (person.name for person in people.exclude(pk__in=kept))

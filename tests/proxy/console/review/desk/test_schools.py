"""A decision of one school's people counts at that school; to count everywhere takes the district's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.post.models import Letter
from proxy.console.review import clockwork, desk
from proxy.console.review.entries import entries
from proxy.console.review.opened import Opened
from proxy.console.review.states import Kind, Listing
from proxy.console.site.config import config, use
from proxy.decision.request import Subject
from review_office import MONDAY, NOTHING_SEEN, SCHOOL

OTHER = "maple-elementary"
SIGNED = {"at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN, "listing": Listing.CORRECTION}


def of_district(office, name, *duties):
    """Somebody with duties for the whole district."""
    person = Person.objects.create(login=name, sourced_id=f"id-{name}", role="teacher", school="")
    for duty in duties or (DutyKind.REVIEWER,):
        office.charge(person, duty, "")
    return person


def decided(case, by, opening=None):
    desk.claim(case.pk, by, at=MONDAY)
    return desk.approve(
        case.pk, by, at=MONDAY, reason="so", checklist=NOTHING_SEEN, opening=opening or desk.as_asked(case)
    )


def meant(case):
    """Whom the entry of the overlay is for: (school, grade, group) -> whether."""
    [entry] = entries(MONDAY, {}, {}).overlay.overrides
    assert entry.id == f"case-{case.pk}-{case.openings.get().pk}"
    return lambda **who: entry.audience.includes(Subject(**{"group": "", "scopes": (), "id": "x", **who}))


@pytest.fixture
def groups_have_schools():
    """The high school's group inherits from its school, the elementary one from the other."""
    before = config()
    parents = {"elementary": OTHER, "high": SCHOOL}
    groups = tuple(
        group.model_copy(update={"parent": parents.get(group.id)}) for group in before.settings.groups
    )
    use(replace(before, settings=before.settings.model_copy(update={"groups": groups})))
    yield
    use(before)


@pytest.fixture
def one_school():
    """The settings name a single school."""
    before = config()
    schools = tuple(school for school in before.settings.schools if school.id == SCHOOL)
    use(replace(before, settings=before.settings.model_copy(update={"schools": schools})))
    yield
    use(before)


class TestApproval:
    def test_a_grade_is_that_grade_of_the_school(self, office):
        case = decided(office.asks(by="teacher", audience={"grades": ["09"]}), office.reviewer)

        opens_for = meant(case)
        assert opens_for(grade="09", school=SCHOOL)
        assert not opens_for(grade="09", school=OTHER)
        assert case.decisions.get().outcome == "approved"

    def test_so_is_a_group_that_several_schools_share(self, office):
        case = decided(office.asks(by="teacher", audience={"groups": ["middle"]}), office.reviewer)

        opens_for = meant(case)
        assert opens_for(group="middle", school=SCHOOL, id="")
        assert not opens_for(group="middle", school=OTHER)

    def test_a_group_of_the_school_needs_no_more_words(self, office, groups_have_schools):
        case = decided(office.asks(by="teacher", audience={"groups": ["high"]}), office.reviewer)

        assert case.openings.get().audience == {"groups": ["high"]}

    @pytest.mark.parametrize(
        ("audience", "called"),
        [
            pytest.param({"schools": [OTHER]}, "Maple Elementary School", id="the other school"),
            pytest.param({"classes": ["5a"]}, "5a", id="a class there"),
            pytest.param({"subjects": ["id-far"]}, "Far Away", id="somebody there"),
            pytest.param({"groups": ["elementary"]}, "Elementary school", id="a group there"),
            pytest.param({"schools": [SCHOOL, OTHER]}, "Maple Elementary School", id="both schools"),
        ],
    )
    def test_nobody_of_another_school_is_opened_for(self, office, groups_have_schools, audience, called):
        office.school_class("5a", school=OTHER)
        Person.objects.create(
            login="far",
            sourced_id="id-far",
            given_name="Far",
            family_name="Away",
            role="student",
            school=OTHER,
        )
        case = office.asks(by="teacher", audience=audience)

        with pytest.raises(desk.Incomplete, match=f"Of another school: {called}") as raised:
            decided(case, office.reviewer)

        case.refresh_from_db()
        assert raised.value.field == "audience"
        assert (case.state, case.decisions.count(), case.openings.count()) == ("in_review", 0, 0)

    def test_nor_on_appeal(self, office):
        case = office.appealed(by="student", audience={"schools": [OTHER]})
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)

        with pytest.raises(desk.Incomplete, match="Of another school"):
            desk.overturn(
                case.pk, office.appeal_officer, at=MONDAY, reason="x", checklist=NOTHING_SEEN,
                opening=desk.as_asked(case),
            )  # fmt: skip

    def test_who_asked_or_learns_here_is_no_stranger(self, office):
        guest = Person.objects.create(login="guest", sourced_id="id-guest", role="student", school=OTHER)
        office.people["guest"] = guest
        office.school_class("7b", ["guest"])
        office.teacher.school = OTHER
        office.teacher.save()
        case = office.asks(by="teacher", audience={"classes": ["7b"]})
        office.asks(by="student2", audience={"subjects": ["id-student2", "id-teacher", "id-guest"]})

        case = decided(case, office.reviewer)

        assert case.openings.get().audience["subjects"] == ["id-guest", "id-student2", "id-teacher"]

    def test_somebody_of_the_district_may_open_at_every_school(self, office):
        reviewer = of_district(office, "everywhere")
        case = office.asks(by="teacher", audience={"schools": [SCHOOL, OTHER], "grades": ["09"]})

        case = decided(case, reviewer)

        assert meant(case)(grade="09", school=OTHER)
        assert case.openings.get().audience == {"schools": [OTHER, SCHOOL], "grades": ["09"]}

    def test_a_duty_of_another_kind_for_the_district_does_not_count(self, office):
        office.charge(office.reviewer, DutyKind.APPEAL_OFFICER, "")

        with pytest.raises(desk.Incomplete, match="Of another school"):
            decided(office.asks(by="teacher", audience={"schools": [OTHER]}), office.reviewer)

    def test_a_report_blocks_for_the_school_alone(self, office):
        case = office.asks(kind=Kind.SHOULD_BLOCK, audience={}, ends=None)

        case = decided(case, office.reviewer, Opened(case.host, audience={"groups": ("middle",)}))

        assert not meant(case)(group="middle", school=OTHER)

    def test_of_a_resource_both_signers_must_be_of_the_district(self, office):
        asked = {"by": "teacher", "kind": Kind.RESOURCE, "audience": {"schools": [OTHER]}}
        technical = of_district(office, "technical", DutyKind.TECHNICAL_REVIEWER)

        case = office.asks(**asked)
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.endorse(case.pk, office.reviewer, at=MONDAY, reason="fits", checklist=NOTHING_SEEN)
        with pytest.raises(desk.Incomplete, match="Of another school"):
            decided(case, technical)

        other = office.asks("maths.example", **asked)
        reviewer = of_district(office, "everywhere")
        desk.claim(other.pk, reviewer, at=MONDAY)
        desk.endorse(other.pk, reviewer, at=MONDAY, reason="fits", checklist=NOTHING_SEEN)
        assert decided(other, technical).openings.get().audience == {"schools": [OTHER]}

    def test_a_single_schools_people_decide_for_all_there_is(self, office, one_school):
        case = decided(office.asks(by="teacher", audience={"grades": ["09"]}), office.reviewer)

        assert case.openings.get().audience == {"grades": ["09"]}


class TestCorrection:
    """A listing that one school's people mended counts as mended there."""

    def corrected(self, office, first, second):
        case = office.asks()
        desk.claim(case.pk, first, at=MONDAY)
        desk.endorse(case.pk, first, **SIGNED)
        desk.claim(case.pk, second, at=MONDAY)
        desk.approve(case.pk, second, **SIGNED)
        [correction] = entries(MONDAY, {}, {}).overlay.corrections
        return correction.schools

    def test_by_two_people_of_the_school(self, office):
        assert self.corrected(office, office.reviewer, office.technician) == {SCHOOL}

    @pytest.mark.parametrize("of_all", [DutyKind.REVIEWER, DutyKind.TECHNICIAN])
    def test_by_one_of_the_school_and_one_of_the_district(self, office, of_all):
        people = {DutyKind.REVIEWER: office.reviewer, DutyKind.TECHNICIAN: office.technician}
        people[of_all] = of_district(office, "everywhere", of_all)

        assert self.corrected(office, *people.values()) == {SCHOOL}

    def test_by_two_of_the_district(self, office):
        reviewer = of_district(office, "everywhere")
        technician = of_district(office, "technical", DutyKind.TECHNICIAN)

        assert self.corrected(office, reviewer, technician) == set()

    def test_a_single_schools_people_correct_for_all_there_is(self, office, one_school):
        assert self.corrected(office, office.reviewer, office.technician) == set()

    def test_not_while_somebody_of_another_school_is_known(self, office, one_school):
        Person.objects.create(login="far", role="student", school=OTHER)

        assert self.corrected(office, office.reviewer, office.technician) == {SCHOOL}

    def test_on_appeal_both_answer_for_the_district(self, office):
        officer = of_district(office, "officer", DutyKind.APPEAL_OFFICER)
        technician = of_district(office, "technical", DutyKind.TECHNICIAN)
        case = office.appealed()
        desk.claim_appeal(case.pk, officer, at=MONDAY)
        desk.endorse_appeal(case.pk, officer, at=MONDAY, reason="a clinic", checklist=NOTHING_SEEN)
        desk.claim_appeal(case.pk, technician, at=MONDAY)
        desk.overturn(case.pk, technician, **SIGNED)

        assert case.openings.get().audience == {}


class TestKeeping:
    """What the district's people decided for all schools is kept by the district's people."""

    YEAR = MONDAY + timedelta(days=365)

    def wide(self, office):
        everywhere = of_district(office, "everywhere")
        asked = office.asks(by="teacher", audience={"grades": ["09"]}, lasts="standing", ends=None)
        return decided(asked, everywhere), everywhere

    def test_not_by_the_people_of_one_school(self, office):
        case, everywhere = self.wide(office)

        with pytest.raises(desk.Forbidden, match="at other schools too"):
            desk.keep(case.pk, office.reviewer, at=self.YEAR, reason="still used")
        kept = desk.keep(case.pk, everywhere, at=self.YEAR, reason="still used")
        assert kept.openings.get().review_on == (self.YEAR + timedelta(days=365)).date()

    def test_who_is_asked_then(self, office):
        self.wide(office)
        Person.objects.filter(login="everywhere").update(email="everywhere@school.example")

        clockwork.yearly_reviews(self.YEAR)

        told = Letter.objects.filter(key__contains="yearly_review").values_list("to", flat=True)
        assert list(told) == ["everywhere@school.example"]

    def test_what_is_for_the_school_alone_its_people_keep(self, office):
        case = decided(
            office.asks(by="teacher", audience={"grades": ["09"]}, lasts="standing", ends=None),
            office.reviewer,
        )

        assert desk.keep(case.pk, office.reviewer, at=self.YEAR, reason="still used").state == "approved"

"""What takes two people: a correction of a wrong listing, and a resource."""

import pytest

from deciding_desk import approve
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.review import desk
from proxy.console.review.states import Kind, Listing, Stage
from review_office import MONDAY, NOTHING_SEEN, SCHOOL, seen

CORRECTION = {
    "at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN, "listing": Listing.CORRECTION,
}  # fmt: skip


class TestCorrection:
    def test_it_takes_a_reviewer_and_a_technician(self, office, claimed):
        office.technician  # noqa: B018
        case = claimed()
        signed = {
            "at": MONDAY,
            "reason": "a clinic",
            "checklist": NOTHING_SEEN,
            "listing": Listing.CORRECTION,
        }

        with pytest.raises(desk.Forbidden, match="two signatures"):
            desk.approve(case.pk, office.reviewer, **signed)
        case = desk.endorse(case.pk, office.reviewer, **signed)
        assert (case.state, case.duty) == ("submitted", "technician")
        desk.claim(case.pk, office.technician, at=MONDAY)
        case = desk.approve(case.pk, office.technician, **signed)

        decision = case.decisions.get(outcome="approved")
        assert (decision.decider, decision.second, decision.stage) == (
            office.technician, office.reviewer, Stage.TECHNICAL.value,
        )  # fmt: skip
        assert (case.openings.get().action, case.openings.get().category) == ("correction", "games")

    def test_both_sign_the_same_category(self, office, claimed):
        office.technician  # noqa: B018
        case = claimed(category="")
        signed = {"at": MONDAY, "reason": "x", "checklist": NOTHING_SEEN, "listing": Listing.CORRECTION}
        with pytest.raises(desk.Incomplete, match="which category"):
            desk.endorse(case.pk, office.reviewer, **signed)
        desk.endorse(case.pk, office.reviewer, category="games", **signed)
        desk.claim(case.pk, office.technician, at=MONDAY)

        with pytest.raises(desk.Incomplete, match="another correction"):
            desk.approve(case.pk, office.technician, category="pornography", **signed)
        assert desk.approve(case.pk, office.technician, **signed).openings.get().category == "games"

    def test_one_person_with_both_duties_is_not_two(self, office, claimed):
        office.charge(office.reviewer, DutyKind.TECHNICIAN)
        case = claimed()
        with pytest.raises(desk.Forbidden, match="no technician now"):
            desk.endorse(case.pk, office.reviewer, **CORRECTION)
        office.technician  # noqa: B018
        desk.endorse(
            case.pk,
            office.reviewer,
            at=MONDAY,
            reason="a clinic",
            checklist=NOTHING_SEEN,
            listing=Listing.CORRECTION,
        )

        with pytest.raises(desk.Forbidden, match="somebody else"):
            desk.claim(case.pk, office.reviewer, at=MONDAY)

    def test_the_last_signer_has_found_nothing_of_the_three(self, office, claimed):
        office.technician  # noqa: B018
        case = claimed()
        wrong = {"at": MONDAY, "reason": "so listed", "listing": Listing.CORRECTION}
        desk.endorse(case.pk, office.reviewer, checklist=seen(obscene="as the list says"), **wrong)
        desk.claim(case.pk, office.technician, at=MONDAY)

        with pytest.raises(desk.Incomplete, match="not wrong"):
            desk.approve(case.pk, office.technician, checklist=seen(obscene="it is"), **wrong)

    def test_a_technician_makes_no_exception_and_no_denial(self, office, claimed):
        office.technician  # noqa: B018
        case = claimed()
        desk.hand_over(case.pk, office.reviewer, at=MONDAY, to=DutyKind.TECHNICIAN)
        desk.claim(case.pk, office.technician, at=MONDAY)

        with pytest.raises(desk.Forbidden, match="reviewer's to make"):
            approve(office, case, by=office.technician)
        with pytest.raises(desk.Forbidden, match="hand it back"):
            desk.deny(case.pk, office.technician, at=MONDAY, reason="no", checklist=NOTHING_SEEN)

    def test_a_private_request_is_shown_to_no_technician(self, office):
        case = office.asks_alone()
        desk.claim(case.pk, office.counselor, at=MONDAY)

        with pytest.raises(desk.Forbidden, match="must not see"):
            desk.endorse(
                case.pk,
                office.counselor,
                at=MONDAY,
                reason="x",
                checklist=NOTHING_SEEN,
                listing=Listing.CORRECTION,
            )


class TestNobodyToSignSecond:
    """A first signature that would wait for nobody is not taken."""

    def test_without_a_technician_a_reviewer_signs_no_correction(self, office, claimed):
        case = claimed()

        with pytest.raises(desk.Forbidden, match="no technician now"):
            desk.endorse(case.pk, office.reviewer, **CORRECTION)
        case.refresh_from_db()
        assert (case.state, case.duty, case.decisions.count()) == ("in_review", "reviewer", 0)
        office.technician  # noqa: B018
        assert desk.endorse(case.pk, office.reviewer, **CORRECTION).official == office.technician

    def test_a_technician_who_asked_or_is_of_another_school_is_none(self, office):
        office.charge(office.teacher, DutyKind.TECHNICIAN, "maple-elementary")
        case = desk.claim(office.asks(by="technician").pk, office.reviewer, at=MONDAY)

        with pytest.raises(desk.Forbidden, match="no technician now"):
            desk.endorse(case.pk, office.reviewer, **CORRECTION)

    def test_without_a_technical_reviewer_no_resource_is_signed(self, office):
        case = office.asks(kind=Kind.RESOURCE, by="teacher", title="Slide rule")
        desk.claim(case.pk, office.reviewer, at=MONDAY)

        with pytest.raises(desk.Forbidden, match="no technical reviewer now"):
            desk.endorse(case.pk, office.reviewer, at=MONDAY, reason="fits", checklist=NOTHING_SEEN)

    def test_without_a_reviewer_a_technician_signs_none(self, office, claimed):
        case = claimed()
        desk.hand_over(case.pk, office.reviewer, at=MONDAY, to=office.technician)
        desk.claim(case.pk, office.technician, at=MONDAY)
        Person.objects.filter(pk=office.reviewer.pk).update(left=True)

        with pytest.raises(desk.Forbidden, match="no reviewer now"):
            desk.endorse(case.pk, office.technician, **CORRECTION)


class TestResource:
    def test_both_reviews_are_needed_by_two_people(self, office):
        office.charge(office.technical_reviewer, DutyKind.REVIEWER)
        case = office.asks(kind=Kind.RESOURCE, by="teacher", host="", title="Slide rule", lasts="standing")
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        with pytest.raises(desk.Forbidden, match="two signatures"):
            approve(office, case)
        case = desk.endorse(
            case.pk, office.reviewer, at=MONDAY, reason="fits the course", checklist=NOTHING_SEEN
        )
        assert case.duty == "technical_reviewer"
        desk.claim(case.pk, office.technical_reviewer, at=MONDAY)

        case = approve(office, case, by=office.technical_reviewer)

        assert sorted(case.decisions.values_list("stage", "outcome")) == [
            ("instructional", "endorsed"),
            ("technical", "approved"),
        ]
        assert (case.openings.get().action, case.openings.get().host) == ("listed", "")

    def test_the_technical_review_alone_can_deny(self, office):
        office.technical_reviewer  # noqa: B018
        case = office.asks(kind=Kind.RESOURCE, by="teacher", title="Slide rule")
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.endorse(case.pk, office.reviewer, at=MONDAY, reason="fits", checklist=NOTHING_SEEN)
        desk.claim(case.pk, office.technical_reviewer, at=MONDAY)

        case = desk.deny(
            case.pk, office.technical_reviewer, at=MONDAY, reason="a risk", checklist=NOTHING_SEEN
        )

        assert case.state == "denied"

    def test_an_unblock_needs_no_second_signature(self, office, claimed):
        case = claimed()

        with pytest.raises(desk.Forbidden, match="one person"):
            desk.endorse(case.pk, office.reviewer, at=MONDAY, reason="x", checklist=NOTHING_SEEN)


class TestWhatIsSigned:
    """The first of two signs what stood on the page, and nobody adds to it."""

    SIGNED = {"at": MONDAY, "reason": "good for class", "checklist": NOTHING_SEEN}  # noqa: RUF012

    def asked(self, office, **fields):
        office.technical_reviewer  # noqa: B018
        return office.asks(kind=Kind.RESOURCE, **fields)

    def for_the_school(self, office):
        return self.asked(office, by="teacher2", audience={"schools": [SCHOOL]}, lasts="standing", ends=None)

    def test_whoever_asks_later_has_a_request_of_their_own(self, office):
        case = self.asked(office, by="teacher")
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.endorse(case.pk, office.reviewer, **self.SIGNED)

        other = self.for_the_school(office)
        desk.claim(case.pk, office.technical_reviewer, at=MONDAY)
        case = approve(office, case, by=office.technical_reviewer)

        assert (other.pk != case.pk, other.state) == (True, "submitted")
        assert case.openings.get().audience == {"subjects": ["id-teacher"]}

    def test_whoever_asked_while_it_was_read_is_not_signed_for_unseen(self, office):
        case = self.asked(office, by="teacher")
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        on_screen = desk.offer(case, MONDAY, SCHOOL).sign
        assert self.for_the_school(office).pk == case.pk

        with pytest.raises(desk.Incomplete, match="Others have asked"):
            desk.endorse(case.pk, office.reviewer, sign=on_screen, **self.SIGNED)
        again = desk.offer(case, MONDAY, SCHOOL).sign
        assert desk.endorse(case.pk, office.reviewer, sign=again, **self.SIGNED).state == "submitted"

    def test_a_correction_is_for_everybody_and_still_joined(self, office, claimed):
        office.technician  # noqa: B018
        case = claimed()
        desk.endorse(case.pk, office.reviewer, listing=Listing.CORRECTION, **self.SIGNED)

        assert office.asks(by="student2").pk == case.pk

import pytest

from proxy.bundle.load import load_current
from proxy.console.people.duties import DutyKind
from proxy.console.review import desk
from proxy.console.review.answering import choice
from proxy.console.review.dossier import MOST_ASKINGS, dossier, effect, people
from proxy.console.review.opened import Opened
from proxy.console.review.states import Kind, Reach, Step
from proxy.console.review.workflow import Actor
from review_office import MONDAY, NOTHING_SEEN
from written_school import write_school

ON = MONDAY.date()
EVIDENCE = {"event": "e-1", "category": "games"}


def of(case, person):
    case.refresh_from_db()
    return dossier(case, person, MONDAY, ON)


@pytest.fixture
def loaded(tmp_path):
    school = write_school(tmp_path)
    school.publish()
    return load_current(school.state)


def test_parts_and_steps_of_whoever_looks(office):
    case = office.asks()

    assert Actor.REVIEWER in of(case, office.reviewer).parts
    assert of(case, office.reviewer).can(Step.CLAIM)
    assert not of(case, office.auditor).steps
    assert "another duty" in of(case, office.auditor).why_not(Step.CLAIM)


def test_many_who_ask_are_counted_and_not_all_listed(office):
    for number in range(MOST_ASKINGS + 3):
        case = office.asks(by=f"student-{number}")

    found = of(case, office.reviewer)

    assert (len(found.askings), found.asked, found.others, found.unlisted) == (20, 23, 22, 3)


def test_the_evidence_is_the_first_that_came_with_a_ticket(office):
    office.asks(by="student-a")
    case = office.asks(by="student-b", evidence=EVIDENCE)

    assert of(case, office.reviewer).evidence == EVIDENCE


@pytest.mark.parametrize(("fields", "address"), [
    ({}, "physics.example"),
    ({"url": "http://physics.example/a?b=c"}, "http://physics.example/a?b=c"),
    ({"reach": Reach.PATH, "path": "/labs"}, "https://physics.example/labs"),
    ({"reach": Reach.PAGE, "path": "/watch", "query": "v=1"}, "https://physics.example/watch?v=1"),
])  # fmt: skip
def test_the_address_that_is_explained(office, fields, address):
    assert of(office.asks(**fields), office.reviewer).address == address


def test_the_last_move_is_what_the_desk_compares(office):
    case = office.asks()
    desk.claim(case.pk, office.reviewer, at=MONDAY)

    assert of(case, office.reviewer).last_move == case.moves.last().pk


def test_what_an_approval_would_do(office, loaded):
    found = of(office.asks("games.example", school="oak", audience={"grades": ["11"]}), office.reviewer)

    did = effect(loaded, found, found.opened)

    assert not did.is_open_already
    assert not did.stays_blocked
    assert not did.on_the_floor


def test_what_it_would_not_do(office, loaded):
    floor = of(office.asks("floor.example", school="oak", audience={"grades": ["11"]}), office.reviewer)
    free = of(office.asks("free.example", school="oak", audience={"grades": ["11"]}), office.reviewer)
    part = of(office.asks("games.example", by="student-b", audience={"grades": ["06"]}), office.reviewer)

    assert effect(loaded, floor, floor.opened).on_the_floor
    assert effect(loaded, free, free.opened).is_open_already
    assert effect(loaded, part, Opened("other.example", audience={"grades": ("06",)})) is not None


def test_a_report_is_tried_as_a_block(office, loaded):
    found = of(office.asks("free.example", kind=Kind.SHOULD_BLOCK, audience={}), office.reviewer)

    did = effect(loaded, found, Opened("free.example", audience={"groups": ("pupils",)}))

    assert did.stays_blocked


def test_nothing_is_said_where_nothing_can_be(office, loaded):
    asked = office.asks('"><script>', school="oak", url="http://", audience={"grades": ["11"]})
    strange = of(asked, office.reviewer)

    assert effect(None, strange, strange.opened) is None
    assert effect(loaded, strange, strange.opened) is None


def test_a_report_stands_for_whoever_made_it(office, loaded):
    reporter = office.person("student-11")
    reporter.sourced_id = "student-11"
    reporter.save()
    case = office.asks("free.example", by="student-11", kind=Kind.SHOULD_BLOCK, audience={})

    [sort] = people(loaded, of(case, office.reviewer), Opened("free.example"))

    assert sort.subject.id == "student-11"


def test_a_device_that_asked_for_itself_is_found(office, loaded):
    case = office.asks("games.example", audience={"subjects": ["tablet"]})
    found = of(case, office.reviewer)

    [sort] = people(loaded, found, found.opened)

    assert sort.subject.id == "student-11"


def test_a_school_decides_for_its_own_and_the_district_for_all(office):
    case = office.asks(audience={"grades": ["11"]})
    office.charge(office.reviewer2, DutyKind.REVIEWER, "")

    own, everywhere = of(case, office.reviewer), of(case, office.reviewer2)

    assert (own.school, own.opened.within) == (case.school, case.school)
    assert (everywhere.school, everywhere.opened.within) == ("", "")
    assert own.offer.sign != everywhere.offer.sign


def test_an_appeal_that_was_taken_back_a_moment_ago_is_still_a_page(office):
    """Whoever reads has the case as it was when the page began."""
    case = desk.claim_appeal(office.appealed(host="maths.example").pk, office.appeal_officer, at=MONDAY)
    desk.withdraw_appeal(case.pk, office.student, at=MONDAY)

    for person in (office.student, office.student2, office.appeal_officer, office.technician):
        found = dossier(case, person, MONDAY, ON)
        choice(case, found.steps, found.decisions, found.opened, ON)
        assert not found.signs_second
        assert Actor.APPELLANT not in found.parts


def test_an_appeal_that_was_returned_and_taken_back_is_not_answered_without_a_correction(office):
    office.technician  # noqa: B018
    case = office.appealed()
    desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
    signed = {"at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN}
    desk.endorse_appeal(case.pk, office.appeal_officer, **signed)
    desk.claim_appeal(case.pk, office.technician, at=MONDAY)
    desk.return_appeal(case.pk, office.technician, at=MONDAY, reason="it shows games")
    assert of(case, office.appeal_officer).why_returned == "it shows games"

    desk.withdraw_appeal(case.pk, office.student, at=MONDAY)

    assert of(case, office.appeal_officer).why_returned == ""


def test_what_somebody_withdrew_and_asked_for_anew_is_shown_once(office):
    office.asks(purpose="for me")
    case = office.asks(by="student2", purpose="a poster")
    desk.withdraw(case.pk, office.student, at=MONDAY)
    assert [asking.purpose for asking in of(case, office.reviewer).askings] == ["for me", "a poster"]

    office.asks(purpose="for all")

    found = of(case, office.reviewer)
    assert [asking.purpose for asking in found.askings] == ["a poster", "for all"]
    assert found.asked == 2

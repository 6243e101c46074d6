"""Who is written to, once for each occasion, and with no child's name in the subject."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console_people import from_outside, logged_in
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Duty
from proxy.console.post.models import Letter
from proxy.console.review import clockwork, desk, letters
from proxy.console.review.opened import Opened
from proxy.console.review.states import Kind, Lasts, Listing
from proxy.console.site.config import config
from review_office import MONDAY, NOTHING_SEEN, SCHOOL


def written(case):
    """Sort of letter -> log-ins that got it."""
    found = {}
    for letter in Letter.objects.filter(key__startswith=f"case.{case.pk}.").order_by("pk"):
        found.setdefault(letter.key.split(".")[2].split("/")[0], []).append(letter.to.partition("@")[0])
    return {sort: sorted(to) for sort, to in found.items()}


def test_of_a_request_that_is_denied_appealed_and_granted(office):
    case = office.appealed(teacher=office.teacher)
    desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
    desk.overturn(
        case.pk, office.appeal_officer, at=MONDAY, reason="it is for class", checklist=NOTHING_SEEN,
        opening=desk.as_asked(case),
    )  # fmt: skip

    assert written(case) == {
        "new": ["reviewer"],
        "received": ["student"],
        "denied": ["student", "teacher"],
        "appeal_received": ["student"],
        "new_appeal": ["appeal_officer"],
        "overturned": ["student"],
    }


def test_of_an_appeal_that_is_taken_back_and_one_that_follows(office):
    office.asks(by="student2", teacher=office.teacher)
    case = office.appealed()
    desk.withdraw_appeal(case.pk, office.student, at=MONDAY)
    desk.appeal(case.pk, office.student2, at=MONDAY, grounds="mine")

    told = written(case)

    assert told["appeal_withdrawn"] == ["student2", "teacher"]
    assert told["appeal_received"] == ["student", "student", "student2", "student2"]
    assert told["new_appeal"] == ["appeal_officer", "appeal_officer"]


MAY = "If you think this is wrong, you can appeal until"
FOR_A_STUDENT = "A parent or guardian can appeal for a student, too."


def test_of_a_guardian_they_say_nothing_to_those_whose_guardian_has_had_theirs(office):
    office.appeal_officer  # noqa: B018
    office.asks(by="student2", teacher=office.teacher2)
    case = office.denied(teacher=office.teacher)
    asking = case.askings.get(asker=office.student).pk
    for fields in ({"guardian": "Ana Ruiz", "asking": asking}, {}):
        by = office.reviewer2 if fields else office.student2
        desk.appeal(case.pk, by, at=MONDAY, grounds="please", **fields)
        desk.withdraw_appeal(case.pk, by, at=MONDAY, reason="a mistake")

    found = Letter.objects.filter(key__contains="_withdrawn").order_by("pk")
    said = [(each.to.partition("@")[0], " ".join(each.text.split())) for each in found]

    assert all(MAY in text for _, text in said)
    assert sorted((to, FOR_A_STUDENT in text) for to, text in said[:4]) == [
        ("student", False), ("student2", True), ("teacher", False), ("teacher2", True),
    ]  # fmt: skip
    assert sorted((to, FOR_A_STUDENT in text) for to, text in said[4:]) == [
        ("student", False), ("teacher", False), ("teacher2", True),
    ]  # fmt: skip


def test_each_of_several_who_asked(office):
    case = office.asks()
    for n in range(3):
        office.asks(by=f"student{n}")
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=NOTHING_SEEN)

    assert written(case)["denied"] == ["student", "student0", "student1", "student2"]


def test_a_roster_person_who_asked_by_a_ticket_alone(office):
    office.student  # noqa: B018
    case = office.asks(asker=None, subject="id-student", ticket="event-1")

    assert written(case)["received"] == ["student"]


def test_nobody_where_a_shared_device_asked(office):
    office.reviewer  # noqa: B018
    asking = replace(office.asking(), asker=None, subject="cart-7", ticket="event-1")

    assert written(desk.submit(asking, at=MONDAY)) == {"new": ["reviewer"]}


def test_a_private_request_is_told_in_no_letter(office):
    case = office.asks_alone(host="health.example")
    desk.claim(case.pk, office.counselor, at=MONDAY)
    desk.approve(
        case.pk, office.counselor, at=MONDAY, reason="of course", checklist=NOTHING_SEEN,
        opening=desk.as_asked(case),
    )  # fmt: skip

    texts = [letter.text + letter.html for letter in Letter.objects.all()]

    assert len(texts) == 3
    assert not [text for text in texts if "health" in text or "of course" in text]
    assert [text for text in texts if "This is private: read it where you log in." in text]


def test_what_is_blocked_is_not_called_open(office):
    case = office.asks(kind=Kind.SHOULD_BLOCK, audience={})
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    everybody = Opened(case.host, audience={"schools": (SCHOOL,)})
    desk.approve(
        case.pk, office.reviewer, at=MONDAY, reason="thank you", checklist=NOTHING_SEEN, opening=everybody
    )

    assert "opened" not in letter(case, "approved")


LATER = MONDAY + timedelta(days=2)


def letter(case, sort):
    """The text of the last letter of a sort."""
    found = Letter.objects.filter(key__startswith=f"case.{case.pk}.{sort}").order_by("pk").last()
    return " ".join(found.text.split())


def granted(office, language, kind=Kind.UNBLOCK, **fields):
    """Something that the student or teacher was granted by the reviewer, who reads the same language."""
    by = "teacher" if kind is Kind.RESOURCE else "student"
    for person in (office.person(by), office.reviewer):
        person.language = language
        person.save()
    ends = fields.pop("ends", MONDAY + timedelta(days=7))
    if kind is Kind.SHOULD_BLOCK:
        fields |= {"audience": {}}
    lasts = Lasts.STANDING.value if ends is None else Lasts.DATES.value
    case = office.asks(by=by, kind=kind, ends=ends, lasts=lasts, **fields)
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    signer, opening = office.reviewer, desk.as_asked(case)
    if kind is Kind.SHOULD_BLOCK:
        opening = replace(opening, audience={"schools": (SCHOOL,)}, ends=ends)
    if kind is Kind.RESOURCE:
        office.technical_reviewer  # noqa: B018
        desk.endorse(case.pk, signer, at=MONDAY, reason="fits", checklist=NOTHING_SEEN)
        signer = office.technical_reviewer
        desk.claim(case.pk, signer, at=MONDAY)
    return desk.approve(case.pk, signer, at=MONDAY, reason="so", checklist=NOTHING_SEEN, opening=opening)


OF_KIND = {
    "opened": {},
    "blocked": {"kind": Kind.SHOULD_BLOCK},
    "listed": {"kind": Kind.RESOURCE, "host": "", "title": "Slide rule"},
}


class TestTrueWords:
    """Each letter says what was done: opened, blocked, corrected or put on a list; and when."""

    @pytest.mark.parametrize(
        ("language", "begins", "words"),
        [
            ("en", None, "This is being opened:"),
            ("en", LATER, "This opens later:"),
            ("es", None, "Esto se está abriendo:"),
            ("es", LATER, "Esto se abrirá más tarde:"),
        ],
    )
    def test_an_approval_is_not_called_open_before_it_is(self, office, language, begins, words):
        assert f"{words} > physics.example" in letter(granted(office, language, begins=begins), "approved")

    @pytest.mark.parametrize(
        ("language", "what", "words"),
        [
            ("en", "opened", "This was open and is closed again:"),
            ("en", "blocked", "This was blocked on your request, and that block was taken back:"),
            ("en", "listed", "This stands on the list of approved resources no longer:"),
            ("es", "opened", "Esto estaba abierto y se volvió a cerrar:"),
            ("es", "blocked", "Esto se bloqueó porque lo pediste y ese bloqueo se retiró:"),
            ("es", "listed", "Esto ya no está en la lista de recursos aprobados:"),
        ],
    )
    def test_what_was_taken_back(self, office, language, what, words):
        case = granted(office, language, **OF_KIND[what])
        desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="no")

        assert words in letter(case, "revoked")

    def test_what_had_not_begun_was_never_open(self, office):
        case = granted(office, "en", begins=LATER)
        desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="no")

        assert "This was to be opened, and will not be:" in letter(case, "revoked")

    def test_a_correction_that_was_taken_back(self, office):
        office.technician  # noqa: B018
        case = office.asks()
        signed = {"at": MONDAY, "reason": "x", "checklist": NOTHING_SEEN, "listing": Listing.CORRECTION}
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.endorse(case.pk, office.reviewer, **signed)
        desk.claim(case.pk, office.technician, at=MONDAY)
        desk.approve(case.pk, office.technician, **signed)
        desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="no")

        assert "The list is being corrected:" in letter(case, "approved")
        assert "the correction was taken back:" in letter(case, "revoked")

    @pytest.mark.parametrize(
        ("language", "what", "words"),
        [
            ("en", "opened", "The time for which this was open has ended:"),
            ("en", "blocked", "The time for which this was blocked on your request has ended:"),
            ("en", "listed", "The time for which this stood on the list of approved resources has ended:"),
            ("es", "opened", "Pasó el tiempo durante el que esto estaba abierto:"),
            ("es", "blocked", "Pasó el tiempo durante el que esto estaba bloqueado porque lo pediste:"),
            ("es", "listed", "Pasó el tiempo durante el que esto estaba en la lista de recursos aprobados:"),
        ],
    )
    def test_what_has_ended(self, office, language, what, words):
        case = granted(office, language, **OF_KIND[what])
        clockwork.expire(MONDAY + timedelta(days=8))

        assert words in letter(case, "ended")

    @pytest.mark.parametrize(
        ("what", "words"),
        [
            ("opened", "This stays open without an end"),
            ("blocked", "This stays blocked without an end"),
            ("listed", "This stands on the list of approved resources without an end"),
        ],
    )
    def test_what_is_looked_at_again(self, office, what, words):
        case = granted(office, "en", ends=None, **OF_KIND[what])
        clockwork.yearly_reviews(MONDAY + timedelta(days=366))

        text = letter(case, "yearly_review")
        assert words in text
        assert ("Slide rule" if what == "listed" else "physics.example") in text


def test_who_is_in_charge_again_is_written_to_again(office):
    assert office.reviewer != office.reviewer2  # in this order
    case = office.asks()
    clockwork.escalate(case.due_at)
    desk.claim(case.pk, office.reviewer2, at=case.due_at)
    desk.hand_over(case.pk, office.reviewer2, at=case.due_at, to=DutyKind.REVIEWER)
    case.refresh_from_db()
    clockwork.escalate(case.escalates_at)

    assert written(case)["overdue"] == ["reviewer2", "reviewer2"]


def test_a_second_reminder_is_a_second_letter(office):
    case = office.asks()
    clockwork.remind(case.remind_at)
    desk.claim(case.pk, office.reviewer, at=case.remind_at)
    desk.ask(case.pk, office.reviewer, at=MONDAY + timedelta(hours=1), question="Which page?")
    desk.answer(case.pk, office.student, at=MONDAY + timedelta(days=7), answer="the first")
    case.refresh_from_db()
    clockwork.remind(case.remind_at)

    assert written(case)["due_soon"] == ["reviewer", "reviewer"]


def test_what_is_tried_again_writes_nobody_twice(office):
    case = office.denied()
    decision = case.decisions.get()

    letters.denied(case, decision, MONDAY)
    letters.new(case, MONDAY)

    assert Letter.objects.filter(key__startswith=f"case.{case.pk}.denied").count() == 1


def test_a_second_question_is_a_second_letter(office):
    case = desk.claim(office.asks().pk, office.reviewer, at=MONDAY)
    for words in ("For which class?", "And until when?"):
        desk.ask(case.pk, office.reviewer, at=MONDAY, question=words)
        desk.answer(case.pk, office.student, at=MONDAY, answer="so")

    assert written(case)["question"] == ["student", "student"]
    assert written(case)["answered"] == ["reviewer", "reviewer"]


@pytest.mark.parametrize("names", [["Zacharias", "Quimby"]])
def test_no_subject_names_a_person_or_a_site(office, names):
    office.student.given_name, office.student.family_name = names
    office.student.save()
    case = office.approved(lasts=Lasts.STANDING.value)
    desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="no")
    other = office.appealed(host="maths.example")
    clockwork.escalate(other.due_at)

    subjects = " ".join(Letter.objects.values_list("subject", flat=True))

    assert subjects
    assert not [word for word in (*names, "physics", "maths") if word.lower() in subjects.lower()]


def test_administrators_are_led_to_a_page_that_is_theirs(office):
    browser = logged_in(office.administrator)
    case = desk.submit(office.asking(), at=MONDAY)

    letter = Letter.objects.get(to=office.administrator.email)

    assert letter.subject == f"Request {case.pk} waits and nobody is in charge"
    [address] = [line for line in letter.text.splitlines() if line.startswith(config().url)]
    assert browser.get(address.removeprefix(config().url.rstrip("/"))).status_code == 200


class TestStaffFromOutsideWhoRecordAGuardiansAppeal:
    @pytest.fixture
    def recorded(self, office):
        outside = from_outside("outside")
        outside.email = "outside@school.example"
        outside.save()
        office.charge(outside, DutyKind.REVIEWER)
        case = office.denied()
        desk.appeal(case.pk, outside, at=MONDAY, grounds="please", guardian="Ana Ruiz")
        return outside, case

    def test_are_led_to_a_page_that_is_theirs(self, office, recorded):
        outside, case = recorded
        [letter] = Letter.objects.filter(to=outside.email, key__contains="appeal_received")
        [address] = [line for line in letter.text.splitlines() if line.startswith(config().url)]
        path = address.removeprefix(config().url.rstrip("/"))
        assert path == f"/cases/{case.pk}/"
        assert logged_in(outside).get(path).status_code == 200
        [to_student] = Letter.objects.filter(to=office.student.email, key__contains="appeal_received")
        assert f"/mine/{case.pk}/" in to_student.text

    def test_without_their_duty_they_are_told_nothing_more(self, office, recorded):
        outside, case = recorded
        Duty.objects.filter(person=outside).update(ends=MONDAY.date() - timedelta(days=1))
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
        desk.uphold(case.pk, office.appeal_officer, at=MONDAY, reason="it stands", checklist=NOTHING_SEEN)
        assert written(case)["upheld"] == ["student"]

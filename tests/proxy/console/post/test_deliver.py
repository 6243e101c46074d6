"""What becomes of letters that wait."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from console_people import teacher
from proxy.console.post.deliver import BATCH, WAITS, Delivered, deliver
from proxy.console.post.models import Letter
from proxy.console.post.server import MailServer
from proxy.settings.schema.console import MailSecurity
from school_mail import DIE, TAKE, SchoolMail

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def mail() -> Iterator[SchoolMail]:
    with SchoolMail() as running:
        yield running


def at(mail: SchoolMail) -> MailServer:
    return MailServer("127.0.0.1", mail.port, MailSecurity.NONE, "filter@school.example")


def queue(key: str, to: str = "pat@school.example", moment: datetime = NOON) -> Letter:
    return Letter.objects.create(
        key=key, to=to, language="es", subject=f"Pedido {key}", text="Está abierto.\n",
        html="<p>Está abierto.</p>", queued_at=moment, not_before=moment,
    )  # fmt: skip


def stored(letter: Letter) -> Letter:
    return Letter.objects.get(pk=letter.pk)


def test_a_letter_has_both_parts_and_says_that_a_program_wrote_it(mail: SchoolMail) -> None:
    letter = queue("7")

    assert deliver(NOON, at(mail)) == Delivered(sent=1)
    taken = mail.letters[0]
    assert [(part.get_content_type(), part.get_content().strip()) for part in taken.iter_parts()] == [
        ("text/plain", "Está abierto."),
        ("text/html", "<p>Está abierto.</p>"),
    ]
    assert taken["Subject"] == "Pedido 7"
    assert taken["To"] == "pat@school.example"
    assert taken["From"] == "filter@school.example"
    assert taken["Auto-Submitted"] == "auto-generated"
    assert taken["Content-Language"] == "es"
    assert taken["Date"].datetime == NOON
    assert (stored(letter).sent_at, stored(letter).tries, stored(letter).problem) == (NOON, 1, "")


def test_a_letter_that_was_sent_is_not_sent_again(mail: SchoolMail) -> None:
    queue("7")
    deliver(NOON, at(mail))

    assert deliver(NOON + timedelta(days=2), at(mail)) == Delivered()
    assert len(mail.letters) == 1


def test_a_letter_goes_to_the_address_that_its_person_has_now(mail: SchoolMail) -> None:
    person = teacher(email="mended@school.example")
    queue(f"case.7.denied/{person.pk}", to="mistyped@school.example")

    assert deliver(NOON, at(mail)) == Delivered(sent=1)
    assert mail.letters[0]["To"] == "mended@school.example"


def test_whoever_has_left_meanwhile_gets_none(mail: SchoolMail) -> None:
    person = teacher(ends_on=(NOON - timedelta(days=1)).date())
    letter = queue(f"case.7.denied/{person.pk}", to=person.email)

    assert deliver(NOON, at(mail)) == Delivered(given_up=1)
    assert mail.letters == []
    assert stored(letter).problem == "the account can be used no more"


def test_the_longest_waiting_go_first_and_a_round_has_an_end(mail: SchoolMail) -> None:
    for number in range(BATCH + 2):
        queue(str(number), moment=NOON - timedelta(seconds=number))

    assert deliver(NOON, at(mail)) == Delivered(sent=BATCH)
    assert mail.letters[0]["Subject"] == f"Pedido {BATCH + 1}"
    assert deliver(NOON, at(mail)) == Delivered(sent=2)


def test_without_a_mail_server_letters_wait() -> None:
    letter = queue("7")
    assert deliver(NOON, None) == Delivered()
    assert stored(letter).tries == 0


def test_what_is_not_taken_now_waits_longer_each_time_and_is_given_up_in_the_end(mail: SchoolMail) -> None:
    mail.says["pat@school.example"] = "450 4.2.0 later"
    letter = queue("7")
    moment = NOON
    for number, wait in enumerate(WAITS, 1):
        assert deliver(moment, at(mail)) == Delivered(delayed=1)
        assert (stored(letter).tries, stored(letter).not_before) == (number, moment + wait)
        assert deliver(moment + wait - timedelta(seconds=1), at(mail)) == Delivered()
        moment += wait

    assert deliver(moment, at(mail)) == Delivered(given_up=1)
    assert stored(letter).given_up_at == moment
    assert stored(letter).problem == "the mail server said 450: 4.2.0 later"
    assert deliver(moment + timedelta(days=9), at(mail)) == Delivered()


def test_what_is_never_taken_is_given_up_at_once_and_stops_no_other(mail: SchoolMail) -> None:
    mail.says["gone@school.example"] = "550 5.1.1 no such user"
    gone = queue("1", "gone@school.example")
    queue("2")

    assert deliver(NOON, at(mail)) == Delivered(sent=1, given_up=1)
    assert stored(gone).given_up_at == NOON
    assert mail.recipients == ["pat@school.example"]


@pytest.mark.parametrize("address", ["a\nBcc: x@evil.example", "ä@school.example"])
def test_an_unusable_address_is_given_up_and_adds_no_header(mail: SchoolMail, address: str) -> None:
    letter = queue("1", address)
    queue("2")

    assert deliver(NOON, at(mail)).sent == 1
    assert stored(letter).given_up_at == NOON
    assert mail.recipients == ["pat@school.example"]


def test_while_no_server_answers_all_letters_wait(mail: SchoolMail) -> None:
    letters = [queue(str(number)) for number in range(3)]
    nobody = replace(at(mail), port=1)

    assert deliver(NOON, nobody) == Delivered(
        delayed=3, problem="the mail server cannot be used: Connection refused"
    )
    assert [stored(letter).not_before for letter in letters] == [NOON + MINUTE] * 3
    assert deliver(NOON + MINUTE, at(mail)) == Delivered(sent=3)


def test_a_server_that_breaks_off_delays_the_letter_in_hand_alone(mail: SchoolMail) -> None:
    poison, other = queue("1"), queue("2")
    mail.on_data = DIE
    assert deliver(NOON, at(mail)).delayed == 1
    assert (stored(poison).tries, stored(other).tries) == (1, 0)

    mail.on_data = TAKE
    assert deliver(NOON, at(mail)) == Delivered(sent=1)
    assert mail.letters[0]["Subject"] == "Pedido 2"


def test_a_process_that_dies_before_the_database_knows_sends_the_same_letter_once_more(
    mail: SchoolMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = queue("7")

    class Killed(BaseException):
        pass

    def killed(*args: object, **what: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("proxy.console.post.deliver._note", killed)
        with pytest.raises(Killed):
            deliver(NOON, at(mail))
    deliver(NOON + MINUTE, at(mail))

    assert len(mail.letters) == 2
    assert len({taken["Message-ID"] for taken in mail.letters}) == 1
    assert stored(letter).sent_at == NOON + MINUTE

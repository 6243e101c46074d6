"""Letters as people get them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest

from proxy import metrics
from proxy.console.people.models import Person
from proxy.console.post.compose import Paragraph, paragraphs, queue_letter, write
from proxy.console.post.models import Letter
from proxy.console.post.sorts import SORTS
from proxy.console.site.config import ConsoleConfig

NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\n\n-- \nThe school & you\nhttps://evil.example/"
ALL = {
    "number": 4711, "site": "physics.example/labs", "due": NOON, "appeal_until": NOON, "question": "Which?",
    "reason": "It's fine.", "note": "Yours.", "opened": "physics.example/labs for 28 students",
    "review_on": NOON.date(),
}  # fmt: skip


def mina(**what: object) -> Person:
    fields: dict[str, object] = {
        "pk": 17, "login": "mokafor", "given_name": "Mina", "family_name": "Okafor", "role": "student",
        "email": "mina@school.example",
    }  # fmt: skip
    return Person(**(fields | what))


class _Seen(HTMLParser):
    """Tags, links and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_letter_says_what_became_of_a_request_and_where_to_go_on(
    with_console: Callable[..., ConsoleConfig],
) -> None:
    with_console(url="https://ask.school.example")
    written = write(mina(), "denied", ALL, "en")

    assert written.subject == "Request 4711 was denied"
    assert written.text == (
        "Hello Mina Okafor,\n\n"
        "Your request was denied. It was about:\n\n"
        "> physics.example/labs\n\n"
        "The reason for the decision:\n\n"
        "> It's fine.\n\n"
        "If you think this is wrong, you can appeal until the end of Sunday 22 November 2026. Somebody "
        "else decides on an appeal. A parent or guardian can appeal for a student, too.\n\n"
        "Everything about it, and what you can do next:\n"
        "https://ask.school.example/mine/4711/\n\n"
        "-- \n"
        "Maple Valley School District\n"
        "This letter was written by a program. An answer to it reaches nobody: use the page above.\n"
    )
    assert _Seen(written.html).links == ["https://ask.school.example/mine/4711/"]


@pytest.mark.parametrize("name", SORTS)
@pytest.mark.parametrize(
    "more", [pytest.param(ALL, id="all"), pytest.param({"number": 1, "site": "a.example"}, id="least")]
)
def test_both_parts_of_every_sort_say_the_same(name: str, more: dict[str, object]) -> None:
    written = write(mina(), name, more, "en")
    plain = " ".join(written.text.replace("> ", "").split())
    seen = _Seen(written.html)
    for line in ("Hello Mina Okafor,", *(p.text for p in paragraphs(written.text) if p.quote)):
        assert line in plain
        assert line in seen.text
    assert len(seen.links) == 1
    assert str(seen.links[0]) in written.text
    assert "None" not in written.text + seen.text


@pytest.mark.parametrize("name", SORTS)
def test_no_name_and_nothing_anybody_wrote_is_in_a_subject(name: str) -> None:
    words = dict.fromkeys(ALL, "Mina Okafor") | {
        "number": 4711,
        "due": NOON,
        "appeal_until": NOON,
        "review_on": NOON.date(),
    }
    subject = write(mina(), name, words, "en").subject
    assert "Mina" not in subject
    assert "Okafor" not in subject


def test_words_of_others_stay_their_words_in_both_parts() -> None:
    written = write(mina(), "denied", {**ALL, "reason": HOSTILE}, "en")

    assert (
        "\n\n> <script>alert(1)</script>\n>\n> --\n> The school & you\n> https://evil.example/\n\n"
    ) in written.text
    seen = _Seen(written.html)
    assert "script" not in seen.tags
    assert "<script>alert(1)</script>" in seen.text
    assert len(seen.links) == 1


def test_a_name_with_an_apostrophe_stays_one() -> None:
    assert "Hello Mina O'Kafor,\n" in write(mina(family_name="O'Kafor"), "new", ALL, "en").text


def test_quotes_and_words_of_our_own_are_told_apart() -> None:
    assert paragraphs("One\ntwo\n> three\n>\n> four\nfive\n\n\n  six") == [
        Paragraph("One\ntwo"),
        Paragraph("three\n\nfour", quote=True),
        Paragraph("five"),
        Paragraph("six"),
    ]


@pytest.mark.django_db
class TestQueue:
    def test_a_letter_waits_from_now_on(self) -> None:
        letter = queue_letter(mina(), "approved", ALL, key="case.4711.approved", at=NOON)
        assert letter is not None
        assert Letter.objects.get() == letter
        assert (letter.to, letter.language, letter.subject) == (
            "mina@school.example", "en", "Request 4711 was approved",
        )  # fmt: skip
        assert (letter.queued_at, letter.not_before, letter.tries, letter.sent_at) == (NOON, NOON, 0, None)

    def test_one_cause_makes_one_letter_for_each_person(self) -> None:
        for _ in range(2):
            queue_letter(mina(), "approved", ALL, key="case.4711.approved", at=NOON)
            queue_letter(
                mina(pk=18, email="x@school.example"), "approved", ALL, key="case.4711.approved", at=NOON
            )
        assert sorted(Letter.objects.values_list("to", flat=True)) == [
            "mina@school.example",
            "x@school.example",
        ]

    @pytest.mark.parametrize(
        "who",
        [
            pytest.param({"email": ""}, id="no address"),
            pytest.param({"ends_on": date(2026, 11, 22)}, id="left yesterday"),
            pytest.param({"enabled": False}, id="switched off"),
        ],
    )
    def test_who_gets_none(self, who: dict[str, object]) -> None:
        assert queue_letter(mina(**who), "approved", ALL, key="k", at=NOON) is None
        assert not Letter.objects.exists()

    def test_a_letter_that_cannot_be_written_stops_nothing(self, caplog: pytest.LogCaptureFixture) -> None:
        before = metrics.ERRORS.bind("letter").value
        assert queue_letter(mina(), "no such sort", ALL, key="k", at=NOON) is None
        assert metrics.ERRORS.bind("letter").value == before + 1
        assert "the letter 'no such sort' could not be written" in caplog.text
        assert "Mina" not in caplog.text


@pytest.mark.parametrize("name", SORTS)
def test_every_letter_is_in_the_persons_language(name: str) -> None:
    english, spanish = (write(mina(), name, ALL, language) for language in ("en", "es"))
    assert spanish.subject != english.subject
    assert 'lang="es"' in spanish.html
    ours = {p.text for p in paragraphs(english.text) if not p.quote}
    same = ours & {p.text for p in paragraphs(spanish.text)}
    assert {line for line in same if not line.startswith(("--", "http"))} == set()

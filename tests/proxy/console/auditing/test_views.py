"""The record's pages, as an auditor meets them."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from django.test import Client

from audited import AT, acts, tamper
from console_people import SCHOOL, logged_in, on_duty, student, teacher
from proxy.console.audit import checking
from proxy.console.audit.append import append
from proxy.console.audit.exports import COLUMNS
from proxy.console.audit.head import write_head
from proxy.console.audit.models import AuditHead, AuditRecord
from proxy.console.auditing.views import BUSY, PAGE
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.review import desk
from proxy.console.review.telling import tell
from proxy.console.site.config import config, use
from review_office import MONDAY, Office

type Browser = Callable[[Person], Client]
HOSTILE = '"><script>alert(1)</script>'
PAGES = ["/audit/", "/audit/1/", "/audit/verify/"]
FILES = ["/audit/record.csv", "/audit/record.jsonl"]
SENT = ["/audit/verify/", *FILES]


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return b"".join(answer).decode()


def own_records() -> list[tuple[str, str, Any]]:
    """What reading left in the record."""
    found = AuditRecord.objects.filter(action__startswith="audit.").order_by("number")
    return [(r.action, r.actor, json.loads(r.detail)) for r in found]


@pytest.fixture(autouse=True)
def _state_of_its_own(db: None, tmp_path: Path) -> Iterator[None]:
    """No head is kept beside the database yet, and nothing was checked."""
    before = config()
    use(replace(before, state=tmp_path))
    yield
    use(before)


@pytest.mark.parametrize("kind", [DutyKind.AUDITOR, DutyKind.ADMINISTRATOR])
def test_whoever_is_charged_at_one_school_does_not_read_the_record_of_all(
    browser: Browser, kind: DutyKind
) -> None:
    acts(1)
    reader = browser(on_duty(kind, at_school=SCHOOL))
    assert {reader.get(path).status_code for path in PAGES} == {403}
    assert {reader.post(path).status_code for path in SENT} == {403}
    assert AuditRecord.objects.filter(action__startswith="audit.").count() == 0


def test_who_told_something_to_one_adult_alone_is_not_in_the_record(office: Office) -> None:
    case = office.asks_alone()
    desk.withdraw(case.pk, office.student, at=MONDAY)
    tell(by=office.student, subject="", school=SCHOOL, text="he hits me", url="", at=MONDAY)
    told = AuditRecord.objects.filter(Q(about=f"case:{case.pk}") | Q(action="telling.tell")).order_by(
        "number"
    )
    assert [(one.action, one.actor) for one in told] == [
        ("case.submit", "asker"), ("case.withdraw", "asker"), ("telling.tell", "asker")
    ]  # fmt: skip
    assert not any(f"person:{office.student.pk}" in one.detail for one in told)


def test_where_nothing_is_found_the_page_says_so(auditor: Person, browser: Browser) -> None:
    reader = browser(auditor)
    assert "Nothing is recorded yet" in text_of(reader.get("/audit/"))
    assert "No record fits these filters" in text_of(reader.get("/audit/?action=nothing."))


def test_the_newest_records_come_first_with_links_to_what_they_name(
    auditor: Person, browser: Browser
) -> None:
    acts(3, about="case:4711")
    page = text_of(browser(auditor).get("/audit/"))
    places = [page.index(f'href="/audit/{n}/"') for n in (3, 2, 1)]
    assert places == sorted(places)
    assert 'href="/cases/4711/"' in page


def test_pages_follow_each_other_and_keep_the_filters(auditor: Person, browser: Browser) -> None:
    acts(PAGE + 3, about="case:4")
    reader = browser(auditor)
    first = text_of(reader.get("/audit/?about=case:4"))
    assert f'href="/audit/?about=case%3A4&amp;before={4}"' in first
    second = text_of(reader.get("/audit/?about=case:4&before=4"))
    assert [n for n in range(1, PAGE + 4) if f'href="/audit/{n}/"' in second] == [1, 2, 3]
    assert 'rel="prev" href="/audit/?about=case%3A4"' in second
    assert 'rel="next"' not in second


@pytest.mark.parametrize("place", ["x", "-1", "²", "9" * 40, "1 OR 1=1"])
def test_a_place_that_is_none_leads_to_the_beginning(auditor: Person, browser: Browser, place: str) -> None:
    answer = browser(auditor).get("/audit/", {"before": place, "about": "case:4"})
    assert (answer.status_code, answer["Location"]) == (302, "/audit/?about=case%3A4")


def test_a_wrong_filter_is_explained_and_kept(auditor: Person, browser: Browser) -> None:
    page = text_of(browser(auditor).get("/audit/", {"actor": HOSTILE}))
    assert "Nobody here has this log-in name." in page
    assert f'value="{escape(HOSTILE)}"' in page
    assert HOSTILE not in page


def test_one_record_shows_all_that_it_says(auditor: Person, browser: Browser) -> None:
    records = acts(3)
    page = text_of(browser(auditor).get("/audit/2/"))
    for text in ("act 2", records[1].hash, records[0].hash, "fits its hash", "follows record 1"):
        assert text in page
    assert 'rel="prev" href="/audit/1/"' in page
    assert 'rel="next" href="/audit/3/"' in page


def test_a_record_that_was_changed_says_so_on_its_own_page(auditor: Person, browser: Browser) -> None:
    acts(3)
    tamper("UPDATE audit_auditrecord SET detail = '{broken' WHERE number = 2")
    page = text_of(browser(auditor).get("/audit/2/"))
    assert "record 2: was changed: its content does not fit its hash" in page
    assert "{broken" in page


def test_hostile_texts_are_shown_as_texts(auditor: Person, browser: Browser) -> None:
    with transaction.atomic():
        append("case.deny", actor="person:1", about=HOSTILE, detail={HOSTILE: [HOSTILE]}, at=AT)
    for path in ("/audit/", "/audit/1/"):
        page = text_of(browser(auditor).get(path))
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("number", ["4", "0", "9" * 30])
def test_a_record_that_is_not_there_is_not_found(auditor: Person, browser: Browser, number: str) -> None:
    assert browser(auditor).get(f"/audit/{number}/").status_code == 404


def test_checking_says_that_it_is_whole_and_is_recorded(auditor: Person, browser: Browser) -> None:
    acts(3)
    reader = browser(auditor)
    assert "No head was kept beside the database yet" in text_of(reader.get("/audit/verify/"))
    write_head(config().state, AT)
    sent = reader.post("/audit/verify/")
    assert (sent.status_code, sent["Location"]) == (302, "/audit/verify/")
    page = text_of(reader.get("/audit/verify/"))
    assert "The record is whole" in page
    assert "the last head kept beside the database" in page
    assert f'dir="auto">Ada Auditor</a> <span class="soft small mono">person:{auditor.pk}</span>' in page
    whole = {"first_bad": None, "records": 3, "whole": True}
    assert own_records() == [("audit.verify", f"person:{auditor.pk}", whole)]


def test_checking_names_the_first_bad_record(auditor: Person, browser: Browser) -> None:
    acts(3)
    tamper("UPDATE audit_auditrecord SET actor = 'person:1' WHERE number = 2")
    page = text_of(browser(auditor).post("/audit/verify/", follow=True))
    assert "The record is not whole" in page
    assert "record 2: was changed: its content does not fit its hash" in page
    assert own_records()[0][2] == {"first_bad": 2, "records": 1, "whole": False}


def test_a_long_record_is_asked_for_and_the_page_says_so(
    auditor: Person, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts(3)
    monkeypatch.setattr(checking, "AT_ONCE", 2)
    reader = browser(auditor)
    page = text_of(reader.post("/audit/verify/", follow=True))
    assert "A check is asked for" in page
    assert "Check now" not in page
    assert BUSY not in page
    assert BUSY in text_of(reader.post("/audit/verify/", follow=True))
    assert own_records() == []
    assert checking.check_if_asked(config(), AT)
    page = text_of(reader.get("/audit/verify/"))
    assert "The record is whole" in page
    assert "A check is asked for" not in page
    assert len(own_records()) == 1


@pytest.mark.parametrize("path", SENT)
def test_what_is_sent_from_elsewhere_is_refused(auditor: Person, path: str) -> None:
    reader = logged_in(auditor, Client(enforce_csrf_checks=True))
    assert reader.post(path).status_code == 403
    assert own_records() == []


def test_a_csv_file_has_the_filtered_records_and_no_formulas(auditor: Person, browser: Browser) -> None:
    acts(2, about="case:4")
    acts(1, about="=1+1", actor="@SUM(A1)")
    reader = browser(auditor)
    assert 'action="/audit/record.csv?about=%3D1%2B1"' in text_of(reader.get("/audit/?about=%3D1%2B1"))
    answer = reader.post("/audit/record.csv?about=%3D1%2B1")
    assert len(own_records()) == 1, "it is recorded before the first byte is asked for"
    assert answer["Content-Disposition"] == 'attachment; filename="record.csv"'
    rows = list(csv.reader(io.StringIO(text_of(answer), newline="")))
    stored = AuditRecord.objects.get(number=3)
    assert rows == [
        list(COLUMNS),
        [
            "3", stored.at.isoformat(), "'@SUM(A1)", stored.action, "'=1+1", stored.detail, stored.previous,
            stored.hash,
        ],
    ]  # fmt: skip
    told = {"what": "record", "as": "csv", "about": "=1+1"}
    assert own_records() == [("audit.export", f"person:{auditor.pk}", told)]


def test_json_lines_have_the_whole_record_and_that_it_was_saved(auditor: Person, browser: Browser) -> None:
    acts(2)
    lines = text_of(browser(auditor).post("/audit/record.jsonl")).splitlines()
    assert [json.loads(line)["action"] for line in lines] == ["case.claim", "case.claim", "audit.export"]


def test_with_wrong_filters_nothing_leaves(auditor: Person, browser: Browser) -> None:
    answer = browser(auditor).post("/audit/record.csv?since=yesterday")
    assert (answer.status_code, answer["Location"]) == (302, "/audit/?since=yesterday")
    assert own_records() == []


@pytest.mark.parametrize("path", FILES)
def test_following_a_link_takes_nothing_along(auditor: Person, browser: Browser, path: str) -> None:
    reader = browser(auditor)
    assert [reader.get(path).status_code, reader.head(path).status_code] == [405, 405]
    assert own_records() == []


@pytest.mark.parametrize(("method", "path"), [("get", p) for p in PAGES] + [("post", p) for p in SENT])
def test_only_auditors_and_administrators_get_in(
    browser: Browser, auditor: Person, method: str, path: str
) -> None:
    acts(1)

    def status(person: Person) -> int:
        return int(getattr(browser(person), method)(path).status_code)

    done = 302 if path == "/audit/verify/" and method == "post" else 200
    assert [status(auditor), status(on_duty(DutyKind.ADMINISTRATOR))] == [done, done]
    assert [status(on_duty(DutyKind.REVIEWER)), status(teacher()), status(student())] == [403] * 3
    assert getattr(Client(), method)(path)["Location"].startswith("/account/login/")


def test_a_page_that_is_read_takes_nothing(browser: Browser, auditor: Person) -> None:
    acts(1)
    administrator = on_duty(DutyKind.ADMINISTRATOR)
    for path in ("/audit/", "/audit/1/"):
        assert browser(auditor).post(path).status_code == 403
        assert browser(administrator).post(path).status_code == 405
    assert AuditHead.objects.get().number == AuditRecord.objects.count()


def test_a_list_of_any_length_asks_the_same_number_of_questions(
    auditor: Person, browser: Browser, django_assert_max_num_queries: Any
) -> None:
    people = [teacher(f"t{n}") for n in range(20)]
    for person in people:
        acts(1, actor=f"person:{person.pk}")
    reader = browser(auditor)
    with django_assert_max_num_queries(12):
        reader.get("/audit/")

"""All chores, on a real school."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from audited import acts
from proxy.bundle.layout import Layout
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay, stored_overlay
from proxy.console.audit import checking
from proxy.console.audit.models import AuditRecord
from proxy.console.people.models import Person
from proxy.console.post.calls import queue_call
from proxy.console.post.models import Letter
from proxy.console.review.models import Case
from proxy.console.site.config import ConsoleConfig, config, use
from proxy.console.timers.chores import lanes
from proxy.console.timers.tick import tick
from proxy.settings.schema.console import MailSettings
from proxy.settings.schema.incidents import WebhookSettings
from review_office import MONDAY, Office
from school_mail import SchoolMail
from school_system import SchoolSystem

pytestmark = pytest.mark.django_db


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A state directory of the test's own."""
    before = config()
    use(replace(before, state=tmp_path))
    yield tmp_path
    use(before)


@pytest.fixture
def mail(with_console: Callable[..., ConsoleConfig], state: Path) -> Iterator[SchoolMail]:
    """The school's mail server, named in the settings."""
    with SchoolMail() as running:
        with_console(
            mail=MailSettings.model_validate(
                {
                    "host": "127.0.0.1",
                    "port": running.port,
                    "security": "none",
                    "from": "filter@school.example",
                }
            )
        )
        yield running


def test_no_chore_fails_where_nothing_is_due(state: Path) -> None:
    assert tick(MONDAY).failed == {}
    assert tick(MONDAY).failed == {}


def test_names_are_words_of_their_own() -> None:
    names = [chore.name for lane in lanes().values() for chore in lane]
    assert len(set(names)) == len(names)


def test_a_week_passes(mail: SchoolMail, state: Path) -> None:
    # The office's people are not those of the roster, who would take their place.
    chores = [chore for lane in lanes().values() for chore in lane if chore.name != "roster"]
    office = Office()
    case = office.approved()
    assert tick(MONDAY, chores).failed == {}
    assert [entry.id for entry in stored_overlay(Layout(state)).overrides] == [
        f"case-{case.pk}-{case.openings.get().pk}"
    ]
    publish_overlay(Overlay(), state)
    assert tick(MONDAY + timedelta(minutes=1), chores).failed == {}
    assert len(stored_overlay(Layout(state)).overrides) == 1

    assert tick(MONDAY + timedelta(days=7), chores).failed == {}
    assert Case.objects.get(pk=case.pk).state == "expired"
    assert stored_overlay(Layout(state)) == Overlay()
    to_student = [letter for letter in mail.letters if letter["To"] == "student@school.example"]
    assert [str(letter["Subject"]) for letter in to_student] == [
        f"Request {case.pk} was received",
        f"Request {case.pk} was approved",
        f"The time of request {case.pk} has ended",
    ]
    assert not Letter.objects.filter(sent_at__isnull=True).exists()


def test_people_come_from_the_roster_and_the_record_is_witnessed(state: Path) -> None:
    tick(MONDAY)
    tick(MONDAY)
    assert Person.objects.filter(sourced_id="student-0042").exists()
    assert AuditRecord.objects.exists()
    assert (state / "audit" / "head.jsonl").exists()


def test_a_check_of_the_record_that_was_asked_for_is_done(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts(2)
    monkeypatch.setattr(checking, "AT_ONCE", 1)
    assert checking.ask(config(), "person:17", MONDAY) is checking.Outcome.ASKED
    tick(MONDAY)
    found = checking.last_checked(config())
    assert found is not None
    assert (found.by, found.faults) == ("person:17", ())
    assert checking.asked(config()) is None


def test_the_schools_own_system_hears_of_what_waits_for_it(state: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.touch(0o600)
    secret.write_text("sesame")
    with SchoolSystem() as system:
        named = WebhookSettings(url=system.url, secret_file=secret, networks=("127.0.0.0/8", "::1/128"))
        running = config()
        incidents = running.settings.incidents.model_copy(update={"webhook": named})
        use(replace(running, settings=running.settings.model_copy(update={"incidents": incidents})))
        queue_call({"id": 7}, key="incident.7.opened", at=MONDAY)
        assert tick(MONDAY, lanes()["webhook"]).failed == {}
        assert [body for _request, _fields, body in system.taken] == [b'{"id":7}']

"""What was stopped as a way around becomes acts and incidents, each event once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from acts_seen import UV, WIREGUARD, pseudonym, seen, spooled
from proxy import metrics
from proxy.console.audit.models import AuditRecord
from proxy.console.incidents import reading
from proxy.console.incidents.forgetting import forget
from proxy.console.incidents.models import Cursor, Finding, Incident, Taken
from proxy.console.incidents.reading import Reader
from proxy.console.site.config import ConsoleConfig, config, use
from proxy.decision.verdict import Action, Reason
from proxy.journal.shipping import ship
from review_office import MONDAY, SCHOOL, Office
from written_school import write_school

pytestmark = pytest.mark.usefixtures("db")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def reader(state: Path, known_weights: None) -> Reader:
    """A reader that has begun."""
    made = Reader()
    assert made.read(MONDAY) == 0
    return made


def test_an_attempt_becomes_an_act_and_a_sure_one_an_incident(
    office: Office, reader: Reader, state: Path
) -> None:
    subject = pseudonym(office.student)
    (id_,) = spooled(state, seen(subject=subject, host="cdn.games.example"))
    before = metrics.INCIDENTS_OPENED.bind("webproxy").value

    assert reader.read(MONDAY + SECOND) == 1
    finding, incident = Finding.objects.get(), Incident.objects.get()
    assert finding.incident == incident
    assert (finding.site, finding.host, finding.event) == ("games.example", "cdn.games.example", id_)
    assert finding.evidence == {"field": "x-bare-url"}
    assert (incident.who, incident.subject, incident.school) == (subject, subject, SCHOOL)
    assert (incident.state, incident.technique, incident.score) == ("open", UV, 0.9)
    assert metrics.INCIDENTS_OPENED.bind("webproxy").value == before + 1


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"action": Action.ALLOW, "reason": Reason.DEFAULT}, id="let through"),
        pytest.param({"reason": Reason.CATEGORY, "rule": "games"}, id="stopped for another reason"),
        pytest.param({"rule": "tls.no_sni"}, id="stopped for another sign"),
        pytest.param({"signs": ""}, id="without signs"),
        pytest.param({"rule": "vpn.gone"}, id="a technique that nobody knows"),
    ],
)
def test_nothing_else_counts(reader: Reader, state: Path, other: dict[str, object]) -> None:
    spooled(state, seen(**other), seen(at=MONDAY + SECOND, client="10.20.1.8"))

    assert reader.read(MONDAY + SECOND) == 1
    assert Finding.objects.get().who == "10.20.1.8"


def test_a_hundred_parts_of_a_page_are_one_act(reader: Reader, state: Path) -> None:
    events = [seen(WIREGUARD, MONDAY + n * SECOND, sure=0.9 if n == 42 else 0.5) for n in range(100)]
    ids = spooled(state, *events)

    assert reader.read(MONDAY + MINUTE) == 100
    finding = Finding.objects.get()
    assert (finding.times, finding.first_at, finding.last_at) == (100, MONDAY, MONDAY + 99 * SECOND)
    assert finding.event == ids[42]
    assert finding.weight == pytest.approx(0.63)
    assert not Incident.objects.exists()


def test_two_days_of_the_same_are_two_acts_and_enough(reader: Reader, state: Path) -> None:
    spooled(state, seen(WIREGUARD))
    reader.read(MONDAY + SECOND)
    assert not Incident.objects.exists()
    later = MONDAY + timedelta(days=1)
    spooled(state, seen(WIREGUARD, later))
    reader.read(later + SECOND)

    incident = Incident.objects.get()
    assert incident.findings.count() == incident.times == 2
    assert (incident.first_at, incident.last_at, incident.opened_at) == (MONDAY, later, later + SECOND)


def test_what_comes_later_joins_the_one_that_stands(reader: Reader, state: Path) -> None:
    spooled(state, seen())
    reader.read(MONDAY + SECOND)
    later = MONDAY + 3 * timedelta(hours=1)
    spooled(state, seen(WIREGUARD, later, host="vpn.example"))
    reader.read(later)

    incident = Incident.objects.get()
    assert {finding.technique for finding in incident.findings.all()} == {UV, WIREGUARD}
    assert incident.technique == UV
    assert incident.score == pytest.approx(1.589, abs=0.001)


@pytest.mark.parametrize("later", [SECOND, timedelta(days=2)], ids=["a second", "two days"])
def test_an_act_that_is_just_enough_opens_however_late_it_is_read(
    reader: Reader, state: Path, with_incidents: Callable[..., ConsoleConfig], later: timedelta
) -> None:
    with_incidents(opens_at=0.7)
    spooled(state, seen(WIREGUARD, MONDAY + SECOND, sure=1.0))
    reader.read(MONDAY + SECOND + later)

    assert Incident.objects.get().score == Finding.objects.get().weight == 0.7


def test_nobody_is_counted_for_somebody_else(office: Office, reader: Reader, state: Path) -> None:
    one, other = pseudonym(office.student), pseudonym(office.student2)
    spooled(state, seen(WIREGUARD, subject=one), seen(WIREGUARD, host="b.example", subject=other))
    spooled(state, seen(WIREGUARD, host="c.example"), worker="http-1")
    reader.read(MONDAY + SECOND)

    assert set(Finding.objects.values_list("who", flat=True)) == {one, other, "10.20.1.7"}
    assert not Incident.objects.exists()


class TestEachOnce:
    def test_another_round_or_another_process_counts_nothing_twice(self, reader: Reader, state: Path) -> None:
        spooled(state, seen(), seen(WIREGUARD))
        assert reader.read(MONDAY + SECOND) == 2
        assert reader.read(MONDAY + 2 * SECOND) == 0
        assert Reader().read(MONDAY + 3 * SECOND) == 0
        assert Finding.objects.count() == 2

    def test_what_is_killed_before_its_end_has_not_been(
        self, reader: Reader, state: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spooled(state, seen())
        with monkeypatch.context() as patch:
            patch.setattr(reading, "weigh", _killed)
            with pytest.raises(KeyboardInterrupt):
                reader.read(MONDAY + SECOND)
        assert not Finding.objects.exists()
        assert not Taken.objects.exists()

        assert Reader().read(MONDAY + 2 * SECOND) == 1
        assert Incident.objects.count() == 1

    def test_what_came_to_disk_hours_late_is_counted_within_the_hour(
        self, reader: Reader, state: Path
    ) -> None:
        later = MONDAY + timedelta(hours=3)
        reader.read(later - 61 * MINUTE)
        reader.read(later)
        spooled(state, seen())
        assert reader.read(later + 5 * SECOND) == 0
        assert reader.read(later + 61 * MINUTE) == 1
        assert reader.read(later + 200 * MINUTE) == 0

    def test_after_a_long_absence_it_goes_on_where_it_was_in_the_archive_too(
        self, reader: Reader, state: Path
    ) -> None:
        then = MONDAY + timedelta(days=2)
        spooled(state, seen(at=then))
        spooled(state, seen(at=then + MINUTE, client="10.20.1.8"))
        later = then + timedelta(days=9)
        assert ship(state, later).freed == 1

        assert Reader().read(later) == 2
        assert Finding.objects.count() == 2

    def test_after_a_long_stop_nothing_counts_twice_whatever_was_deleted_first(
        self, reader: Reader, state: Path
    ) -> None:
        spooled(state, seen())
        reader.read(MONDAY + SECOND)
        later = MONDAY + timedelta(days=3)
        forget(later)
        assert Reader().read(later) == 0
        assert Finding.objects.get().times == Incident.objects.get().times == 1

    def test_a_long_backlog_is_worked_off_round_by_round(
        self, reader: Reader, state: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "AT_ONCE", 3)
        spooled(state, *(seen(at=MONDAY + n * SECOND, host=f"h{n}.example") for n in range(8)))
        later = MONDAY + timedelta(hours=4)

        assert [reader.read(later + n * SECOND) for n in range(4)] == [3, 3, 2, 0]
        assert Finding.objects.count() == 8

    def test_a_quiet_round_writes_nothing(self, reader: Reader, django_assert_num_queries: Callable) -> None:
        with django_assert_num_queries(2):  # how far, and what is known since
            reader.read(MONDAY + SECOND)
        assert Cursor.objects.get().read_to == MONDAY
        reader.read(MONDAY + 6 * MINUTE)
        assert Cursor.objects.get().read_to == MONDAY + 6 * MINUTE


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_where_nothing_is_counted_nothing_is_read_and_it_is_not_made_up_for(
    reader: Reader, state: Path, with_incidents: Callable[..., ConsoleConfig]
) -> None:
    with_incidents(enabled=False)
    spooled(state, seen(at=MONDAY + MINUTE))
    assert reader.read(MONDAY + 2 * MINUTE) == 0
    with_incidents(enabled=True)
    assert reader.read(MONDAY + 5 * MINUTE) == 0
    assert not Finding.objects.exists()
    spooled(state, replace(seen(), time=MONDAY + 6 * MINUTE))
    assert reader.read(MONDAY + 7 * MINUTE) == 1
    assert reader.read(MONDAY + 70 * MINUTE) == 0  # looks back a day, and not to before it was enabled
    assert Finding.objects.get().first_at == MONDAY + 6 * MINUTE


def test_what_was_before_the_first_round_is_never_read(state: Path, known_weights: None) -> None:
    spooled(state, seen(at=MONDAY - SECOND))
    reader = Reader()
    assert [reader.read(at) for at in (MONDAY, MONDAY + SECOND, MONDAY + 61 * MINUTE)] == [0, 0, 0]
    assert Cursor.objects.get().counts_from == MONDAY


def test_without_a_policy_in_force_nothing_is_passed_over(
    reader: Reader, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spooled(state, seen())
    with monkeypatch.context() as patch:
        patch.setattr(reading, "in_force", lambda state: None)
        assert reader.read(MONDAY + SECOND) == 0
    assert reader.read(MONDAY + timedelta(hours=2)) == 1


def test_what_a_technique_weighs_is_what_the_policy_in_force_says(tmp_path: Path) -> None:
    school = write_school(tmp_path)
    file = school.know_of("vpn.example")
    file.write_text(
        file.read_text().replace(
            '"block"', '"incident", "weight": 0.5, "innocent": ["An update of a program."]'
        )
    )
    school.publish()
    before = config()
    use(replace(before, state=school.state))
    try:
        reader = Reader()
        reader.read(MONDAY)
        spooled(school.state, seen("vpn.app"), seen(UV))
        assert reader.read(MONDAY + SECOND) == 1
        assert Finding.objects.get().weight == 0.5
        file.write_text(file.read_text().replace("0.5", "0.9"))
        school.publish()
        spooled(school.state, seen("vpn.app", MONDAY + SECOND, host="b.example"))
        assert reader.read(MONDAY + 2 * SECOND) == 1
        assert Incident.objects.get().technique == "vpn.app"
    finally:
        use(before)


class TestWhenCountingBegins:
    def test_it_is_recorded_and_so_is_when_it_stops(
        self, reader: Reader, with_incidents: Callable[..., ConsoleConfig]
    ) -> None:
        assert Reader().read(MONDAY + SECOND) == 0
        with_incidents(enabled=False)
        for _ in range(2):
            Reader().read(MONDAY + MINUTE)
        with_incidents(enabled=True)
        Reader().read(MONDAY + 2 * MINUTE)
        told = AuditRecord.objects.order_by("number").values_list("action", "actor", "at")
        assert list(told) == [
            ("incidents.begin", "timers", MONDAY),
            ("incidents.stop", "timers", MONDAY + MINUTE),
            ("incidents.begin", "timers", MONDAY + 2 * MINUTE),
        ]

    def test_one_that_is_still_to_come_blinds_nobody(
        self, reader: Reader, state: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        far = MONDAY + timedelta(days=100)
        Cursor.objects.update(counting=False)
        Cursor.objects.update(counting=True, read_to=far, counts_from=far)
        for number in (1, 2):
            at = MONDAY + number * MINUTE
            spooled(state, seen(at=at), worker=f"http-{number}")
            assert reader.read(at + SECOND) == 1
        assert caplog.text.count("still to come") == 1

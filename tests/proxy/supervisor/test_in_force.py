from array import array
from datetime import UTC, datetime

import pytest

from proxy import metrics
from proxy.lists.copies import Copies, CopyFacts
from proxy.supervisor.in_force import ListGauges, settings_in_force, subscribes
from written_school import write_school

FETCHED = datetime(2026, 11, 23, 10, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FACTS = CopyFacts("https://lists.example.org/a", FETCHED.isoformat(), FETCHED.isoformat(), "0" * 64, 9, 2)


@pytest.fixture
def school(tmp_path):
    return write_school(tmp_path)


def shown(gauge):
    return {labels: cell.value for labels, cell in gauge.children.items()}


def kept(school, list_id, why_held=""):
    copies = Copies(school.state / "lists")
    place = copies.begin(list_id)
    (place / "data").write_text("a.example\n")
    return copies.keep(
        place, CopyFacts(*(FACTS.url, FACTS.fetched_at, FACTS.checked_at, "0" * 64, 9, 2, "", "", why_held)),
        array("Q", [3]),
    )  # fmt: skip


def test_settings_that_are_written_and_not_published_are_not_in_force(school):
    before = school.settings()
    assert settings_in_force(school.state, before) is before

    school.publish()
    school.change(journal={"retention_days": 3})

    assert school.settings().journal.retention_days == 3
    assert settings_in_force(school.state, school.settings()).journal.retention_days == 30


def test_a_base_that_cannot_be_read_leaves_the_settings_of_the_start(school):
    school.publish()
    (school.base(1) / "settings.json").write_text("{")
    otherwise = school.settings()

    assert settings_in_force(school.state, otherwise) is otherwise


def test_a_school_with_starter_lists_alone_has_nothing_to_fetch(school):
    assert not subscribes(school.settings())


def test_sizes_of_the_lists_in_force_are_shown_and_those_of_removed_lists_go(school):
    school.list_games("a.example", "b.example")
    school.publish()
    gauges = ListGauges(school.state, now=lambda: NOON)

    gauges.refresh()
    sizes = shown(metrics.LIST_ENTRIES)
    assert 2 in sizes.values()
    assert shown(metrics.LIST_AGE) == {}

    (school.state / "bundle" / "base.current").unlink()
    gauges.refresh()
    assert shown(metrics.LIST_ENTRIES) == {}


def test_the_age_of_a_fetched_list_counts_from_its_last_confirmation(school):
    school.list_games("a.example")
    school.publish()
    gauges = ListGauges(school.state, now=lambda: NOON)
    gauges.refresh()
    fetched = next(iter(shown(metrics.LIST_ENTRIES)))[0].partition("/")[0]

    kept(school, fetched)
    kept(school, fetched, why_held="it loses many names")
    gauges.refresh()

    assert shown(metrics.LIST_AGE) == {(fetched,): 7200}
    assert shown(metrics.LISTS_HELD) == {(): 1}
    metrics.LIST_AGE.forget(fetched)

"""Copies of fetched lists."""

import os
from array import array
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proxy.lists.copies import Copies, CopyFacts
from proxy.lists.errors import FetchRefused

FACTS = CopyFacts(
    "https://lists.example.org/a", "2026-11-23T10:00:00+00:00", "2026-11-23T10:00:00+00:00", "0" * 64, 9, 2
)
NAMES = array("Q", [3, 5])


@pytest.fixture
def copies(tmp_path):
    return Copies(tmp_path / "lists")


def keep(copies, text, why_held=""):
    place = copies.begin("toys")
    (place / "data").write_text(text)
    return copies.keep(place, replace(FACTS, why_held=why_held), NAMES)


def texts(copies):
    return {
        name: copy.path.read_text() if copy else None
        for name, copy in (("good", copies.good("toys")), ("held", copies.held("toys")))
    }


def test_a_kept_copy_is_the_good_one_with_its_facts_and_fingerprints(copies):
    keep(copies, "a.example")

    good = copies.good("toys")
    assert good is not None
    assert (good.path.read_text(), good.facts, good.names()) == ("a.example", FACTS, NAMES)


def test_a_held_copy_stands_beside_the_good_one_until_it_is_accepted(copies):
    keep(copies, "old")
    keep(copies, "new", "it loses many")
    assert texts(copies) == {"good": "old", "held": "new"}
    assert copies.held_ids() == ["toys"]

    copies.accept("toys")
    assert texts(copies) == {"good": "new", "held": None}
    assert copies.good("toys").facts.why_held == ""


def test_a_good_update_makes_the_held_one_pointless(copies):
    keep(copies, "held", "it loses many")
    keep(copies, "good")

    assert texts(copies) == {"good": "good", "held": None}


def test_the_copy_before_stays_for_those_still_reading_it_and_older_ones_go(copies):
    first, second, third = (keep(copies, text) for text in ("one", "two", "three"))

    assert [copy.directory.exists() for copy in (first, second, third)] == [False, True, True]


def test_a_copy_that_was_only_begun_is_swept_away(copies):
    keep(copies, "a.example")
    place = copies.begin("toys")
    copies.sweep("toys")

    assert not place.exists()
    assert texts(copies)["good"] == "a.example"


def test_confirming_moves_only_the_time_of_the_last_check(copies):
    copies.confirm(keep(copies, "a.example"), datetime(2026, 11, 24, tzinfo=UTC))

    assert copies.good("toys").facts == replace(FACTS, checked_at="2026-11-24T00:00:00+00:00")


def test_there_is_nothing_to_accept_where_nothing_is_held(copies):
    with pytest.raises(FetchRefused, match="toys: no update of it is held"):
        copies.accept("toys")


@pytest.mark.parametrize("change", [("{", ""), ("2026-11", "2026-99"), ('"2026-11-23T10:00:00+00:00"', "7")])
def test_a_damaged_note_makes_a_copy_none(copies, change):
    keep(copies, "a.example")
    note = copies.good("toys").directory / "copy.json"
    note.write_text(note.read_text().replace(*change))

    assert copies.good("toys") is None


def test_a_copy_is_on_the_disk_before_a_link_leads_to_it(copies, monkeypatch):
    synced, links = [], copies.directory / "toys" / "good"

    def sync(handle):
        assert not links.is_symlink()
        synced.append(Path(os.readlink(f"/proc/self/fd/{handle}")).name)

    monkeypatch.setattr(os, "fsync", sync)
    place = keep(copies, "a.example").directory

    assert sorted(synced) == sorted(["data", "names", "copy.json", place.name, "toys"])


def test_only_one_at_a_time_changes_copies(copies):
    with copies.locked(), pytest.raises(FetchRefused, match="another process is fetching"), copies.locked():
        pass

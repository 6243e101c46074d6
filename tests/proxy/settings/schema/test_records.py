"""Settings of events and lists."""

import pytest
from pydantic import ValidationError

from proxy.lists.formats import Format
from proxy.settings.schema.records import JournalSettings, LocalList


def test_events_are_on_the_disk_within_200_ms() -> None:
    assert JournalSettings().sync_ms == 200
    with pytest.raises(ValidationError):
        JournalSettings(sync_ms=201)


@pytest.mark.parametrize("more", [{}, {"category": "games", "categories": {"spiele": "games"}}])
def test_a_local_list_has_one_kind_of_category(more: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        LocalList.model_validate({"id": "own", "title": "Own", "file": "own.txt", **more})


def test_a_local_list_holds_plain_names_unless_it_says_otherwise() -> None:
    own = LocalList.model_validate({"id": "own", "title": "Own", "file": "own.txt", "category": "games"})
    assert own.format is Format.DOMAINS

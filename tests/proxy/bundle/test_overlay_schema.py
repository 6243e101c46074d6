"""The fields of an overlay's file."""

import pytest
from pydantic import ValidationError

from proxy.bundle.overlay_schema import CorrectionEntry, OverlayFile, OverrideEntry, TargetEntry


@pytest.mark.parametrize(
    ("written", "host"),
    [("Example.ORG.", "example.org"), ("0x7f.1", "127.0.0.1"), ("[2001:DB8::1]", "2001:db8::1")],
)
def test_hosts_are_read_into_their_one_spelling(written: str, host: str) -> None:
    assert TargetEntry(host=written).host == host
    assert CorrectionEntry(id="c", name=written, category="games", why="x", by=("a",)).name == host


def test_paths_are_read_into_their_one_spelling() -> None:
    assert TargetEntry(host="example.org", path="a/../b/%63").path == "/b/c"


def test_an_empty_overlay_is_one() -> None:
    assert OverlayFile() == OverlayFile(overrides=(), corrections=())


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValidationError):
        OverlayFile.model_validate({"override": []})


@pytest.mark.parametrize("ends", ["9999-12-31T23:59:59-06:00", "0001-01-01T00:00:00+06:00"])
def test_a_moment_near_the_end_of_the_calendar_is_refused(ends: str) -> None:
    entry = {
        "id": "o",
        "action": "allow",
        "target": {"host": "example.org"},
        "audience": {"groups": ["pupils"]},
        "reason": "lesson",
        "decided_by": "office",
    }
    OverrideEntry.model_validate({**entry, "ends": "2026-12-18T15:00:00-06:00"})
    with pytest.raises(ValidationError, match="out of reach"):
        OverrideEntry.model_validate({**entry, "ends": ends})

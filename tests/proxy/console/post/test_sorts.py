"""Subjects of letters."""

import re
from pathlib import Path

import pytest

from proxy.console.post import sorts
from proxy.console.post.sorts import SORTS

BODIES = Path(sorts.__file__).parent / "templates" / "post"


@pytest.mark.parametrize("name", SORTS)
def test_a_subject_holds_a_number_and_nothing_else(name: str) -> None:
    fields = re.findall(r"%\((\w+)\)s|\{", str(SORTS[name].subject))
    assert fields == ([] if name in ("adult", "incident_nobody") else ["number"])


def test_each_sort_has_its_body_and_each_body_its_sort() -> None:
    assert {path.stem for path in BODIES.glob("*.txt")} - {"letter"} == set(SORTS)

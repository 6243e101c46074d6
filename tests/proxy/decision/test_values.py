"""Frozen values with a quicker `__init__`."""

from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest

from proxy.decision.listing import Listing
from proxy.decision.request import Attempt, Request
from proxy.decision.values import quickly_made
from proxy.decision.verdict import Evidence, Finding, Verdict


@quickly_made
@dataclass(frozen=True, slots=True)
class Quick:
    name: str
    size: int = 3
    note: str = ""


@dataclass(frozen=True, slots=True)
class Usual:
    name: str
    size: int = 3
    note: str = ""


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("a",), {}),
        (("a", 4), {"note": "x"}),
        ((), {"name": "a", "size": 5, "note": "y"}),
    ],
)
def test_it_takes_the_same_arguments_and_holds_the_same_values(args, named):
    quick, usual = Quick(*args, **named), Usual(*args, **named)
    assert [getattr(quick, f.name) for f in fields(Quick)] == [getattr(usual, f.name) for f in fields(Usual)]
    assert repr(quick) == repr(usual).replace("Usual", "Quick")


@pytest.mark.parametrize(
    ("args", "named"), [((), {}), (("a", 1, "x", 2), {}), (("a",), {"name": "b"}), (("a",), {"colour": 1})]
)
def test_it_refuses_the_same_arguments(args, named):
    for made in (Usual, Quick):
        with pytest.raises(TypeError):
            made(*args, **named)


def test_values_are_frozen_equal_hashable_and_replaced_as_ever():
    value = Quick("a")
    with pytest.raises(FrozenInstanceError):
        value.size = 4
    assert (value, hash(value)) == (Quick("a", 3), hash(Quick("a", 3, "")))
    assert replace(value, size=9) == Quick("a", 9)


@pytest.mark.parametrize("kind", [Attempt, Request, Listing, Evidence, Finding, Verdict])
def test_the_values_of_a_decision_are_made_quickly_and_frozen(kind):
    value = kind(*range(len(fields(kind))))
    assert [getattr(value, f.name) for f in fields(kind)] == list(range(len(fields(kind))))
    with pytest.raises(FrozenInstanceError):
        setattr(value, fields(kind)[0].name, None)


def test_a_class_with_more_than_plain_fields_is_refused():
    with pytest.raises(TypeError, match="plain fields"):

        @quickly_made
        @dataclass(frozen=True, slots=True)
        class Special:
            names: list[str] = field(default_factory=list)

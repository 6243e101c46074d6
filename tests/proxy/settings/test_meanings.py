"""What a key means."""

from proxy.settings.meanings import meanings
from proxy.settings.schema.part import Part


class Room(Part):
    """A room."""

    seats: int = 0
    """How many sit in it;
    not counting the teacher."""

    silent: bool = False


class Lab(Room):
    """A room with tools."""

    tools: tuple[str, ...] = ()
    """What lies on the tables."""


def test_the_words_below_a_key_are_its_meaning() -> None:
    assert meanings(Room) == {"seats": "How many sit in it;\nnot counting the teacher."}


def test_inherited_keys_keep_theirs() -> None:
    assert set(meanings(Lab)) == {"seats", "tools"}


def test_without_source_there_are_none() -> None:
    made = type("Made", (Part,), {"__doc__": "Made.", "__module__": "nowhere"})
    assert meanings(made) == {}

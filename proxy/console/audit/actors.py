"""How is whoever did something called in the record? By a kind and an id, never by a name."""

from typing import Protocol

TIMERS = "timers"
CONSOLE = "console"
STRANGER = "stranger"
ASKER = "asker"
"""A student who told something to one adult alone: the record is read by others, and does not say who."""


class HasKey(Protocol):
    """A row of the database with a key."""

    @property
    def pk(self) -> object: ...


def person(person: HasKey) -> str:
    """Somebody with an account: `person:17`."""
    return f"person:{person.pk}"


def account(name: str) -> str:
    """Somebody at the command line, by the account of the machine: `cli:root`."""
    return f"cli:{name}"


def person_in(actor: str) -> int | None:
    """The key in `person:17`; None for any other actor."""
    kind, _, key = actor.partition(":")
    return int(key) if kind == "person" and key.isascii() and key.isdigit() and len(key) < 19 else None

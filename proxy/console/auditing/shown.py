"""How are records shown to a person: whose act, about what, and what more it says?"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse

from proxy.console.audit import actors
from proxy.console.audit.models import AuditRecord
from proxy.console.people.models import Person

IN_WORDS = {
    actors.TIMERS: "the timers",
    actors.CONSOLE: "the console",
    actors.STRANGER: "somebody not logged in",
    actors.ASKER: "a student, to one adult alone",
    "unknown": "not known",
}
_PAGES = {"case": "review:case", "incident": "incidents:incident", "person": "people:person"}


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody or something that a record names.

    code    as the record has it
    words   in words; "" where there are none
    url     where more about it stands; "" where nothing does
    """

    code: str
    words: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One record for a page."""

    number: int
    at: datetime
    action: str
    actor: Named
    about: Named
    detail: tuple[tuple[str, str], ...]
    previous: str
    hash: str


def shown(records: Iterable[AuditRecord]) -> list[Shown]:
    """Records as a page shows them; the people in them are looked up at once."""
    found = list(records)
    keys = {key for r in found for code in (r.actor, r.about) if (key := actors.person_in(code)) is not None}
    people = Person.objects.in_bulk(keys)
    return [
        Shown(
            r.number,
            r.at,
            r.action,
            _named(r.actor, people),
            _named(r.about, people),
            tuple(_detail(r.detail)),
            r.previous,
            r.hash,
        )
        for r in found
    ]


def named(code: str) -> Named:
    """Somebody or something that one record names."""
    return _named(code, Person.objects.in_bulk([key] if (key := actors.person_in(code)) is not None else []))


def _named(code: str, people: dict[int, Person]) -> Named:
    kind, _, key = code.partition(":")
    person = people.get(actors.person_in(code) or 0)
    if kind == "person":
        # The record names no children, and its pages do not either.
        words = "" if person is None else "a student" if person.is_student else person.name
        return Named(code, words, _address(kind, key) if person is not None else "")
    return Named(code, IN_WORDS.get(code, ""), _address(kind, key))


def _address(kind: str, key: str) -> str:
    if kind not in _PAGES or not (key.isascii() and key.isdigit()):
        return ""
    try:
        return reverse(_PAGES[kind], args=[int(key)])
    except NoReverseMatch:
        return ""


def _detail(text: str) -> Iterable[tuple[str, str]]:
    """What more a record says, a line for each thing; a text that is no JSON object as it is."""
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return [("detail", text)]
    return [(key.replace("_", " "), _spelled(value)) for key, value in told.items()]


def _spelled(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

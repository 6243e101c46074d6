"""The reference page of all settings."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.settings.meanings import meanings
from proxy.settings.reference import described, reference
from proxy.settings.schema import Settings
from proxy.settings.schema.dns import CacheSettings
from proxy.settings.schema.part import Part
from proxy.settings.schema.scopes import Group
from proxy.settings.shape import bare, element, is_part, keys

PAGE = Path(__file__).resolve().parents[3] / "docs" / "operators" / "settings.md"


def models(model: type[Part] = Settings) -> Iterator[type[Part]]:
    yield model
    for info in keys(model).values():
        kind = bare(info.annotation)
        inner = kind if is_part(kind) else element(kind)
        if is_part(inner):
            yield from models(inner)


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text() == reference(), (
        "run: python -m proxy.settings.reference > docs/operators/settings.md"
    )


@pytest.mark.parametrize("model", sorted(set(models()), key=lambda m: m.__name__))
def test_every_key_says_what_it_means(model: type[Part]) -> None:
    silent = [key for key in keys(model) if not meanings(model).get(key)]
    assert silent == []
    assert model.__doc__


def test_types_are_said_in_words() -> None:
    group, cache = keys(Group), keys(CacheSettings)

    assert described(group["minor"]) == "`true` / `false`"
    assert described(group["safe_search"]) == "a search engine, or `all` -> a text"
    assert described(group["pass_through"]) == "list: a pass-through list"
    assert described(cache["max_entries"]) == "a whole number, 100 to 10000000"

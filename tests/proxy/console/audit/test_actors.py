"""How actors are called in the record."""

from types import SimpleNamespace

import pytest

from proxy.console.audit import actors


def test_people_are_called_by_their_key() -> None:
    assert actors.person(SimpleNamespace(pk=17)) == "person:17"
    assert actors.account("root") == "cli:root"


@pytest.mark.parametrize(
    ("actor", "key"),
    [("person:17", 17), ("cli:root", None), ("timers", None), ("person:", None), ("person:1x", None),
     ("person:²", None), ("person:" + "9" * 30, None)],
)  # fmt: skip
def test_the_key_is_found_again(actor: str, key: int | None) -> None:
    assert actors.person_in(actor) == key

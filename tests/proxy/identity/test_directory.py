"""The kept form of what identity goes by."""

import pytest

from proxy.identity.directory import Directory, KnownPerson, KnownScope, from_json, login_hash, to_json


def test_a_directory_comes_back_from_its_spelling() -> None:
    directory = Directory(
        "pupils",
        scopes={"pupils": KnownScope("group", "district", minor=True, inspect=False)},
        people=(KnownPerson("s", "pupils", classes=("a", "b")),),
        logins={login_hash("00", "pat"): "s"},
        salt="00",
    )
    assert from_json(to_json(directory)) == directory


def test_a_log_in_name_has_one_hash_in_any_case_and_another_under_another_salt() -> None:
    assert login_hash("00", "Pat ") == login_hash("00", "pat")
    assert login_hash("00", "pat") != login_hash("01", "pat")


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"strictest": 1}'])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="validation error"):
        from_json(data)

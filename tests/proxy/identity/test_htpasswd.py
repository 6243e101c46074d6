"""Log-in names and password hashes in a file."""

from pathlib import Path

import argon2
import bcrypt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.identity.htpasswd import Htpasswd, HtpasswdProblem

WITH_BCRYPT = bcrypt.hashpw(b"right", bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$")
WITH_ARGON2 = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("right")


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "htpasswd"
    file.write_text(text)
    return file


@pytest.mark.parametrize("hash_", [WITH_BCRYPT, WITH_ARGON2], ids=["bcrypt", "argon2"])
def test_the_right_password_is_told_from_a_wrong_one(tmp_path: Path, hash_: str) -> None:
    source = Htpasswd.read(written(tmp_path, f"# staff\n\nkim:{hash_}\n"))
    tried = [("kim", "right"), ("kim", "wrong"), ("kim", ""), ("Kim", "right"), ("lee", "right"), ("", "")]
    assert [source.verify(*pair) for pair in tried] == [True, False, False, False, False, False]


@pytest.mark.parametrize(
    "password",
    ["\0", "right\0", "r" * 500, "\udcff", "🔑" * 30],
    ids=["nul", "nul behind", "long", "lone", "emoji"],
)
@pytest.mark.parametrize("hash_", [WITH_BCRYPT, WITH_ARGON2], ids=["bcrypt", "argon2"])
def test_strange_passwords_are_wrong_and_raise_nothing(tmp_path: Path, hash_: str, password: str) -> None:
    assert Htpasswd.read(written(tmp_path, f"kim:{hash_}\n")).verify("kim", password) is False


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("kim", "is no line of the form name:hash", id="no colon"),
        pytest.param(":x", "is no line of the form name:hash", id="no name"),
        pytest.param("kim:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "neither bcrypt nor Argon2", id="SHA-1"),
        pytest.param("kim:$apr1$lZL6V/ci$eIMz/iKDkbtys/uU7LEK00", "neither bcrypt nor Argon2", id="MD5"),
        pytest.param("kim:rl.3StKT.4T8M", "neither bcrypt nor Argon2", id="crypt"),
        pytest.param("kim:right", "neither bcrypt nor Argon2", id="plain text"),
        pytest.param(f"kim:{WITH_BCRYPT[:-1]}", "damaged", id="cut short"),
        pytest.param(f"kim:{WITH_BCRYPT.replace('$04$', '$31$')}", "damaged", id="cost of hours"),
        pytest.param("kim:$argon2id$v=19$nonsense", "damaged", id="damaged Argon2"),
    ],
)
def test_lines_that_cannot_be_used_are_named(tmp_path: Path, line: str, words: str) -> None:
    file = written(tmp_path, f"lee:{WITH_BCRYPT}\n{line}\n")
    with pytest.raises(HtpasswdProblem) as problem:
        Htpasswd.read(file)
    assert str(problem.value).startswith(f"{file}:2: ")
    assert words in str(problem.value)


def test_a_name_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HtpasswdProblem, match="repeats a log-in name"):
        Htpasswd.read(written(tmp_path, f"kim:{WITH_BCRYPT}\nkim:{WITH_ARGON2}\n"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(HtpasswdProblem, match="cannot be read"):
        Htpasswd.read(tmp_path / "none")


PIECES = st.sampled_from(
    [b"kim:", b"$2y$", b"$argon2id$v=19$m=8,t=1,p=1$", WITH_BCRYPT.encode(), b"\n", b"#", b"\xff"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES | st.binary(max_size=12), max_size=8).map(b"".join))
def test_any_octets_are_a_file_of_log_ins_or_are_refused(tmp_path: Path, octets: bytes) -> None:
    file = tmp_path / "htpasswd"
    file.write_bytes(octets)
    try:
        source = Htpasswd.read(file)
    except HtpasswdProblem as problem:
        assert all(line.startswith(str(file)) for line in str(problem).splitlines())  # noqa: PT017
        return
    assert source.verify("kim", "wrong") is False

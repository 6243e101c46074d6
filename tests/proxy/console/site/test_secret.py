"""The console's secrets."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from proxy.console.site.secret import SecretProblem, read_secret, signing_key


def test_the_key_is_made_once_for_its_owner_alone(tmp_path):
    file = tmp_path / "console" / "secret"
    key = signing_key(file)
    assert len(key) >= 64
    assert signing_key(file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["secret"]


def test_processes_that_start_at_once_get_the_same_key(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: signing_key(tmp_path / "secret"), range(64)))
    assert len(keys) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_others_can_read_is_refused(tmp_path):
    file = tmp_path / "password"
    file.write_text("hidden\n")
    file.chmod(0o640)
    with pytest.raises(SecretProblem, match=f"chmod 600 {file}"):
        read_secret(file)
    file.chmod(0o600)
    assert read_secret(file) == "hidden"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b"\xff\xfe", "not a secret in plain letters"),
    ],
)
def test_what_is_no_secret_is_said(tmp_path, content, words):
    file = tmp_path / "password"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(SecretProblem, match=words):
        read_secret(file)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(SecretProblem, match="No such file"):
        read_secret(tmp_path / "password")

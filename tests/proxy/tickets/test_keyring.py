import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from proxy.tickets.errors import KeyringProblem, TicketUnknownKey
from proxy.tickets.keyring import Keyring, keyring_path

NOW = datetime(2026, 11, 23, 16, 40, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return keyring_path(tmp_path)


def test_the_key_file_is_made_once_and_is_the_owners_alone(path):
    first = Keyring.open_or_create(path, NOW).current()

    assert Keyring.open_or_create(path, NOW + timedelta(days=1)).current() == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert os.listdir(path.parent) == [path.name]
    assert len(first.secret) == 32


def test_processes_that_start_at_once_come_to_hold_one_key(path):
    program = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from proxy.tickets.keyring import Keyring\n"
        "sys.stdin.read()\n"
        "print(Keyring.open_or_create(Path(sys.argv[1]), datetime.now(UTC)).current().id)"
    )
    command = [sys.executable, "-c", program, str(path)]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(6)
    ]
    for one in started:
        one.stdin.close()
    ids = {one.stdout.read() for one in started}
    for one in started:
        one.stdout.close()
        assert one.wait() == 0

    assert len(ids) == 1


def test_a_key_file_that_cannot_be_read_any_more_is_said_once(path, caplog):
    keyring = Keyring.open_or_create(path, NOW)
    key = keyring.current()

    path.chmod(0o644)
    path.write_text(path.read_text() + " ")
    assert [keyring.current(), keyring.current(), keyring.current()] == [key, key, key]

    assert len(caplog.records) == 1
    assert "the keys read before stay in use" in caplog.text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_keys_that_root_rotates_stay_the_services_own(path):
    keyring = Keyring.open_or_create(path, NOW)
    os.chown(path, 1234, 1235)

    keyring.rotate(NOW)

    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 1235)
    assert os.listdir(path.parent) == [path.name]


def test_a_rotation_retires_the_key_and_is_noticed_by_others(path):
    here, elsewhere = Keyring.open_or_create(path, NOW), Keyring.open_or_create(path, NOW)
    old = here.current()

    new = elsewhere.rotate(NOW + timedelta(days=10))

    assert here.current() == new != old
    assert here.key(old.id).retired == NOW + timedelta(days=10)
    assert here.key(old.id).secret == old.secret


def test_a_retired_key_is_removed_when_its_last_ticket_has_expired(path):
    keyring = Keyring.open_or_create(path, NOW)
    old = keyring.current()
    keyring.rotate(NOW)
    keyring.rotate(NOW + timedelta(days=30))
    assert keyring.key(old.id).secret == old.secret

    keyring.rotate(NOW + timedelta(days=31))

    with pytest.raises(TicketUnknownKey, match="another gateway"):
        keyring.key(old.id)


def test_a_key_file_that_breaks_while_in_use_leaves_the_keys_in_hand(path):
    keyring = Keyring.open_or_create(path, NOW)
    key = keyring.current()
    path.write_text("{")

    assert keyring.current() == key


def test_a_key_file_that_others_can_read_is_refused(path):
    Keyring.open_or_create(path, NOW)
    path.chmod(0o640)

    with pytest.raises(KeyringProblem, match=r"tickets\.json: others than its owner .*0640.*rotate-tickets"):
        Keyring(path)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty"),
        pytest.param("[]", id="no object"),
        pytest.param('{"current": "x", "keys": []}', id="keys are a list"),
        pytest.param('{"current": "x", "keys": {}}', id="current key missing"),
        pytest.param('{"current": [], "keys": {}}', id="current is no text"),
        pytest.param(
            '{"current": "x", "keys": {"x": {"secret": "AAAA", "created": "2026-01-01"}}}', id="short"
        ),
        pytest.param("\udcff", id="not UTF-8"),
    ],
)
def test_a_damaged_key_file_is_named(path, content):
    Keyring.open_or_create(path, NOW)
    path.write_text(content, errors="surrogateescape")

    with pytest.raises(KeyringProblem, match=r"tickets\.json: "):
        Keyring(path)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "keys").write_text("a file where a directory belongs")

    with pytest.raises(KeyringProblem, match="the keys cannot be written"):
        Keyring.open_or_create(keyring_path(tmp_path), NOW)


def test_the_file_is_json_that_a_console_can_read(path):
    key = Keyring.open_or_create(path, NOW).current()

    plain = json.loads(path.read_text())

    assert plain["current"] == key.id
    assert plain["keys"][key.id]["created"] == "2026-11-23T16:40:00+00:00"

"""docs/licences.md names what the lock files install."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_its_licence_listed(lock):
    locked = set(re.findall(r"^([A-Za-z0-9_.-]+)==", (ROOT / lock).read_text(), re.MULTILINE))
    listed = set(re.findall(r"^\| (\S+) \| \S", (ROOT / "docs/licences.md").read_text(), re.MULTILINE))
    assert locked - listed == set()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_carry_hashes_and_no_addresses(lock):
    text = (ROOT / lock).read_text()
    assert text.count("--hash=sha256:") >= len(re.findall(r"^[A-Za-z0-9_.-]+==", text, re.MULTILINE))
    assert "://" not in text

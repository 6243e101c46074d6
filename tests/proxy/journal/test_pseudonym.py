import os
import stat
import subprocess
import sys

import pytest

from proxy.journal.pseudonym import KEY_NAME, PseudonymKeyError, Pseudonyms


def test_the_same_person_has_one_pseudonym_and_two_persons_two(tmp_path):
    names = Pseudonyms.open_or_create(tmp_path)

    assert names.of("s-7") == Pseudonyms.open_or_create(tmp_path).of("s-7")
    assert names.of("s-7") != names.of("s-8")
    assert len(names.of("s-7")) == 16
    assert names.of("s-7").isalnum()


def test_nobody_has_no_pseudonym():
    assert Pseudonyms(b"k" * 32).of("") == ""


def test_another_school_has_other_pseudonyms():
    assert Pseudonyms(b"a" * 32).of("s-7") != Pseudonyms(b"b" * 32).of("s-7")


def test_a_pseudonym_is_hmac_sha256_in_base32():
    """RFC 4231, test case 2, shows that the parts are put together as documented."""
    assert Pseudonyms(b"Jefe").of("what do ya want for nothing?") == "lpomcrv7mb2u42qe"


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_the_key_is_readable_by_its_owner_alone(tmp_path, umask):
    before = os.umask(umask)
    try:
        Pseudonyms.open_or_create(tmp_path / "keys")
    finally:
        os.umask(before)

    paths = (tmp_path / "keys", tmp_path / "keys" / KEY_NAME)
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o700, 0o600]
    assert os.listdir(tmp_path / "keys") == [KEY_NAME]


def test_a_key_that_others_can_read_is_refused(tmp_path):
    Pseudonyms.open_or_create(tmp_path)
    (tmp_path / KEY_NAME).chmod(0o640)

    with pytest.raises(PseudonymKeyError, match="mode 0640"):
        Pseudonyms.open_or_create(tmp_path)


def test_processes_that_start_together_use_one_key(tmp_path):
    code = "import sys; from pathlib import Path; from proxy.journal import Pseudonyms; " \
        "print(Pseudonyms.open_or_create(Path(sys.argv[1])).of('s-7'))"  # fmt: skip
    starts = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]

    assert len({start.communicate(timeout=60)[0] for start in starts}) == 1


def test_a_cut_key_is_refused_with_the_place_and_the_remedy(tmp_path):
    (tmp_path / KEY_NAME).write_bytes(b"short")
    (tmp_path / KEY_NAME).chmod(0o600)

    with pytest.raises(PseudonymKeyError, match=r"pseudonym\.key: .* 32 octets.*saved key back"):
        Pseudonyms.open_or_create(tmp_path)


def test_memory_for_known_ids_is_bounded():
    names = Pseudonyms(b"k" * 32)
    for n in range(20_100):
        names.of(f"s-{n}")

    assert len(names._known) <= 20_000


def test_a_key_for_another_purpose_is_another_one():
    names = Pseudonyms(b"k" * 32)
    assert names.derived(b"answered") == Pseudonyms(b"k" * 32).derived(b"answered")
    assert len({names.derived(b"answered"), names.derived(b"other"), b"k" * 32}) == 3
    assert len(names.derived(b"answered")) == 32

"""Index files that are none, or no longer whole."""

import os
import struct
from pathlib import Path

import pytest

from list_world import build, source
from proxy.lists.errors import IndexRefused
from proxy.lists.layout import HEADER_SIZE
from proxy.lists.mapping import MappedFile


@pytest.fixture
def path(tmp_path):
    return build(tmp_path, source(tmp_path, "toys", "example.org\n"))[0]


def refusal(path):
    with pytest.raises(IndexRefused) as caught:
        MappedFile(path).verify()
    return str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    assert refusal(tmp_path / "no.sgi") == f"{tmp_path}/no.sgi: cannot be opened: No such file or directory"


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "x.sgi").touch()

    assert "it is empty" in refusal(tmp_path / "x.sgi")


def test_a_file_of_something_else_is_refused(tmp_path):
    (tmp_path / "x.sgi").write_text("0.0.0.0 example.org\n")

    assert "it is no index file" in refusal(tmp_path / "x.sgi")


@pytest.mark.parametrize(
    ("kept", "words"), [(40, "cut short inside its header"), (HEADER_SIZE + 100, "should have")]
)
def test_a_file_cut_short_is_refused(path, kept, words):
    path.write_bytes(path.read_bytes()[:kept])

    assert words in refusal(path)


@pytest.mark.parametrize(
    ("offset", "value", "words"),
    [
        pytest.param(8, struct.pack("=Q", 0x0807060504030201), "another byte order", id="byte order"),
        pytest.param(
            16, struct.pack("=I", 99), "it is of version 99; this program reads version 2", id="version"
        ),
        pytest.param(24, b"\x01", "its header is damaged", id="header"),
        pytest.param(HEADER_SIZE + 9, b"\xff", "its checksum is wrong", id="contents"),
    ],
)
def test_changed_octets_are_refused_by_what_they_mean(path, offset, value, words):
    octets = bytearray(path.read_bytes())
    octets[offset : offset + len(value)] = value
    path.write_bytes(octets)

    assert words in refusal(path)


def test_closing_ends_every_section_that_was_handed_out(path):
    file = MappedFile(path)
    front = file.octets("front")
    file.close()

    with pytest.raises(ValueError, match="released"):
        bytes(front)


def descriptors(path):
    """How many descriptors of this process are of this file."""
    return sum(os.path.realpath(one) == str(path) for one in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize("let_go", [MappedFile.close, lambda file: None], ids=["closed", "forgotten"])
def test_a_file_that_is_let_go_keeps_no_descriptor(path, let_go):
    file = MappedFile(path)
    assert descriptors(path) > 0
    let_go(file)
    del file

    assert descriptors(path) == 0


def test_what_is_verified_is_the_mapped_file_whatever_its_name_leads_to_now(path):
    file = MappedFile(path)
    path.unlink()
    path.write_bytes(b"something else")

    file.verify()
    file.close()

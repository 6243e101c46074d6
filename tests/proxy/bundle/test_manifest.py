"""The table of contents of a base."""

from pathlib import Path

import pytest

from proxy.bundle.errors import BundleRefused
from proxy.bundle.manifest import (
    MANIFEST,
    FileMark,
    Manifest,
    mark_of,
    read_manifest,
    verified_bytes,
    verify_file,
)

EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    directory = tmp_path / "base-7"
    directory.mkdir()
    (directory / "a.json").write_bytes(b"{}")
    manifest = Manifest(7, {"a.json": mark_of(directory / "a.json")}, inputs="00")
    (directory / MANIFEST).write_bytes(manifest.to_bytes())
    return directory


def test_a_manifest_comes_back_as_it_was_written(base: Path) -> None:
    manifest = read_manifest(base, 7)
    assert (manifest.revision, list(manifest.files), manifest.inputs) == (7, ["a.json"], "00")


def test_a_mark_is_size_and_checksum(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert mark_of(tmp_path / "empty") == FileMark(EMPTY_SHA256, 0)


def test_a_file_as_published_is_read(base: Path) -> None:
    manifest = read_manifest(base, 7)
    assert verified_bytes(base, manifest, "a.json") == b"{}"
    assert verify_file(base, manifest, "a.json") == base / "a.json"


@pytest.mark.parametrize("content", [b"[]", b"{} ", b""])
def test_a_changed_file_is_refused_by_name(base: Path, content: bytes) -> None:
    manifest = read_manifest(base, 7)
    (base / "a.json").write_bytes(content)
    for check in (verified_bytes, verify_file):
        with pytest.raises(BundleRefused, match=r"bundle/base-7/a\.json: its checksum differs"):
            check(base, manifest, "a.json")


def test_a_file_that_the_manifest_does_not_list_is_refused(base: Path) -> None:
    (base / "b.json").write_bytes(b"{}")
    with pytest.raises(BundleRefused, match=r"bundle/base-7/b\.json: is not in the manifest"):
        verified_bytes(base, read_manifest(base, 7), "b.json")

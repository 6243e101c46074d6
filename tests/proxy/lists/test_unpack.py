"""Archives of lists."""

import io
import tarfile

import pytest

from proxy.lists.errors import FetchRefused
from proxy.lists.unpack import unpack_tree


def archive(tmp_path, *members):
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            if isinstance(content, bytes):
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
            else:
                info.type, info.linkname = content
                tar.addfile(info)
    return path


def unpack(tmp_path, path, max_bytes=1_000_000):
    into = tmp_path / "box"
    into.mkdir()
    root = unpack_tree(path, into, max_bytes=max_bytes)
    files = sorted(child.relative_to(root).as_posix() for child in root.rglob("*") if not child.is_dir())
    return root.relative_to(into).as_posix(), files


def test_list_files_and_links_between_folders_are_taken_and_nothing_else(tmp_path):
    path = archive(
        tmp_path,
        ("blacklists/adult/domains", b"a.example\n"),
        ("blacklists/adult/usage", b"black\n"),
        ("blacklists/adult/domains.old", b"x\n"),
        ("blacklists/porn", (tarfile.SYMTYPE, "adult")),
        ("blacklists/README", b"x\n"),
    )

    assert unpack(tmp_path, path) == ("blacklists", ["adult/domains", "adult/usage"])
    assert (tmp_path / "box" / "blacklists" / "porn").readlink().name == "adult"


def test_no_member_lands_anywhere_else(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    path = archive(
        tmp_path,
        ("../outside/domains", b"x"),
        (str(outside / "domains"), b"x"),
        ("b/link", (tarfile.SYMTYPE, str(outside))),
        ("b/link/domains", b"x"),
        ("b/up", (tarfile.SYMTYPE, "..")),
        ("b/ok/domains", b"a.example\n"),
        ("b/sym", (tarfile.SYMTYPE, "ok")),
        ("b/sym/urls", b"a.example/x\n"),
        ("b/ok/expressions", (tarfile.LNKTYPE, "/etc/passwd")),
        ("b/dev/domains", (tarfile.CHRTYPE, "")),
    )

    unpack(tmp_path, path)
    assert list(outside.iterdir()) == []
    box = tmp_path / "box"
    assert sorted(
        p.relative_to(box).as_posix() for p in box.rglob("*") if p.is_file() and not p.is_symlink()
    ) == [
        "b/link/domains",
        "b/ok/domains",
    ]


@pytest.mark.parametrize("content", [bytes(5_000_000), b"a" * 2_000_000])
def test_an_archive_is_measured_unpacked_with_what_is_skipped(tmp_path, content):
    path = archive(tmp_path, ("b/skipped", content), ("b/ok/domains", b"a.example\n"))

    with pytest.raises(FetchRefused, match="larger than 1000000 bytes unpacked"):
        unpack(tmp_path, path)


def test_an_archive_without_lists_is_refused(tmp_path):
    with pytest.raises(FetchRefused, match="no folders with domains, urls or expressions"):
        unpack(tmp_path, archive(tmp_path, ("readme", b"x")))


@pytest.mark.parametrize("cut", [0, 1, 20, -30])
def test_what_is_no_sound_archive_is_refused(tmp_path, cut):
    path = archive(tmp_path, ("b/ok/domains", bytes(range(256)) * 40))
    path.write_bytes(path.read_bytes()[:cut] if cut else b"<html>not here</html>")

    with pytest.raises(FetchRefused, match="archive"):
        unpack(tmp_path, path)

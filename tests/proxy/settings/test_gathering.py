"""What a directory defines."""

from pathlib import Path

from proxy.settings.fields import Kind
from proxy.settings.gathering import gather
from proxy.settings.positions import read_document
from small_settings import SCHOOL, write_settings


def test_gathers_what_values_may_refer_to(tmp_path: Path) -> None:
    write_settings(tmp_path)
    root = read_document(SCHOOL.encode(), "a.yaml").root
    assert root is not None

    found = gather(tmp_path, root)

    assert found.unreadable == ()
    assert found.known.names == {
        Kind.GROUP: {"students", "staff"},
        Kind.SCHOOL: set(),
        Kind.PARENT: {"district", "students", "staff"},
        Kind.SCHEDULE: {"lunch"},
        Kind.PASS_LIST: {"updates"},
        Kind.ENGINE: {"seek", "film", "all"},
        Kind.SOURCE: {"public-games"},
        Kind.CATEGORY: {"child_abuse", "pornography", "games", "gambling"},
    }
    assert found.known.floor == {"child_abuse", "pornography"}
    assert found.known.levels["film"] == ("strict", "moderate")


def test_what_cannot_be_read_is_named_and_not_checked(tmp_path: Path) -> None:
    write_settings(tmp_path)
    (tmp_path / "blocklists" / "categories.yaml").write_text("- broken\n")
    root = read_document(SCHOOL.encode(), "a.yaml").root
    assert root is not None

    found = gather(tmp_path, root, complete=False)

    assert found.unreadable == ()
    assert set(found.known.names) == {Kind.ENGINE, Kind.SOURCE}
    assert gather(tmp_path, root).unreadable == ("categories.yaml",)

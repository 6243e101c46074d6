import pytest

from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay
from proxy.decision.policy import Correction
from proxy.replay.errors import NoRules
from proxy.replay.folder_policy import compiled, groups_of, subjects
from proxy.replay.rows import Who
from written_school import write_school


def quiet(step, done, total):
    """Progress that nobody looks at."""


@pytest.fixture
def school(tmp_path):
    return write_school(tmp_path)


def test_a_folder_is_compiled_and_nothing_is_published(school):
    school.list_games("arcade.example")
    bundle = compiled(school.config, quiet)
    assert [listing.category for listing in bundle.policy.listings.for_host("www.arcade.example")] == [
        "games"
    ]
    assert not (school.state / "bundle").exists()


def test_nothing_is_left_behind(school, tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    bundle = compiled(school.config, quiet)
    assert list((tmp_path / "temporary").iterdir()) == []
    assert bundle.policy.listings.for_host("www.example.org") == ()


def test_the_overlay_in_force_counts(school):
    school.list_games("arcade.example")
    school.publish()
    mended = Correction("c-1", "arcade.example", "games", "It teaches.", ("a", "b"))
    publish_overlay(Overlay(corrections=(mended,)), school.state)
    assert compiled(school.config, quiet).policy.corrections == (mended,)


def test_everything_that_is_wrong_is_said(school):
    school.change(zone="Nowhere", strictest="nobody")
    with pytest.raises(NoRules) as raised:
        compiled(school.config, quiet)
    assert len(raised.value.problems) == 2
    assert "there is no time zone 'Nowhere'" in raised.value.problems[0]


@pytest.mark.parametrize(
    ("group", "who", "expected"),
    [
        pytest.param("", Who("staff"), "staff", id="a role called like a group"),
        pytest.param("", Who("student"), "pupils", id="a role called otherwise"),
        pytest.param("", Who(), "pupils", id="nothing"),
        pytest.param("", Who("", "203.0.113.200"), "pupils", id="an address of nobody"),
        pytest.param("staff", Who("student"), "staff", id="a group for everybody"),
        pytest.param("student-6", Who("staff"), "pupils", id="a person for everybody"),
        pytest.param("", Who("", "198.51.100.7"), "staff", id="an address of the office"),
    ],
)
def test_who_is_who(school, group, who, expected):
    bundle = compiled(school.config, quiet)
    assert subjects(bundle, group)(who).group == expected


def test_a_group_that_is_not_there_is_named_with_those_that_are(school):
    bundle = compiled(school.config, quiet)
    assert "staff" in groups_of(bundle)
    with pytest.raises(NoRules, match="no group, person or device 'teachers'") as raised:
        subjects(bundle, "teachers")
    assert ", ".join(groups_of(bundle)) in raised.value.problems[0]

from pathlib import Path

import pytest

from proxy.commands.demo import banner, lines_to_paste
from proxy.settings.loading import load

ROOT = Path(__file__).parent.parent.parent.parent


@pytest.fixture
def settings():
    loaded = load(ROOT / "config" / "demo").settings
    assert loaded is not None
    return loaded


def test_the_readme_shows_exactly_the_lines_that_the_demo_prints(settings, monkeypatch):
    monkeypatch.chdir(ROOT)
    readme = (ROOT / "README.md").read_text()
    for _, command in lines_to_paste(settings, ROOT / ".state" / "demo", 8090, 8453):
        assert f"    {command}\n" in readme


def test_the_banner_says_where_each_part_listens(settings):
    said = "\n".join(banner(settings, ROOT / ".state" / "demo", ROOT / "config" / "demo", 8090, 8453))
    for where in (
        "127.0.0.1:5354",
        "[::1]:5354",
        "127.0.0.1:8080",
        "127.0.0.1:8480",
        "127.0.0.1:8443",
        ":9310",
    ):
        assert where in said

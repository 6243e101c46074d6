"""How one logs in to the demo's console."""

from dataclasses import replace
from pathlib import Path

from proxy.console.people.demo import PEOPLE
from proxy.console.site.config import config
from proxy.console.site.demo_banner import command, log_ins


def test_everybody_is_named_with_what_they_are_and_whether_a_code_is_asked():
    lines = list(log_ins(config()))
    assert len([line for line in lines if line.startswith("  ")]) == len(PEOPLE)
    assert "  rcastillo      teacher" in lines
    assert "  reviewer     * reviewer (instructional)" in lines


def test_the_command_can_be_pasted(monkeypatch):
    running = config()
    monkeypatch.chdir(running.config_dir.parents[1])
    assert command(running) == ".venv/bin/schoolgate console demo-code"
    elsewhere = replace(running, config_dir=Path("/etc/schoolgate"))
    assert command(elsewhere) == ".venv/bin/schoolgate console demo-code --config /etc/schoolgate"


def test_the_readme_shows_them_as_they_are_printed():
    readme = (config().config_dir.parents[1] / "README.md").read_text()
    for person in PEOPLE:
        mark = "*" if person.needs_code else " "
        assert f"      {person.login:<13}{mark} {person.words}\n" in readme

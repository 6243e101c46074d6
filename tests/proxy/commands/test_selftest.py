import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from small_school import written


def selftest(config, *words):
    return subprocess.run(
        [sys.executable, "-m", "proxy", "selftest", "--config", str(config), *words],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def config(tmp_path):
    """Settings of a filter that does not run: its ports are closed."""
    directory = tmp_path / "config"
    directory.mkdir()
    school = written()
    school["gateway"] = {"state": str(tmp_path / "state")}
    school["dns"]["listen"] = ["127.0.0.1:1"]
    school["proxy"] = {"listen": "127.0.0.1:2"}
    school["lists"] = {"blocklists": "blocklists"}
    (directory / "school.yaml").write_text(yaml.safe_dump(school))
    (directory / "blocklists").symlink_to(Path("blocklists").resolve())
    return directory


def test_a_filter_that_does_not_run_gives_status_3_and_says_so_in_each_row(config):
    done = selftest(config, "--json")
    outcome = json.loads(done.stdout)
    assert (done.returncode, outcome["outcome"]) == (3, "no answer")
    assert {row["result"] for row in outcome["rows"]} == {"no answer"}
    assert {row["group"] for row in outcome["rows"]} == {"middle", "staff", "guest"}
    assert {row["detail"] for row in outcome["rows"]} == {
        "the resolver at 127.0.0.1 port 1: Connection refused",
        "the proxy at 127.0.0.1 port 2: Connection refused",
    }


def test_settings_that_cannot_be_used_are_explained_and_give_status_3(tmp_path):
    (tmp_path / "school.yaml").write_text("zone: America/Chicgo\n")
    done = selftest(tmp_path)
    assert done.returncode == 3
    assert "America/Chicgo" in done.stderr
    assert "without settings the running filter cannot be found" in done.stderr


def test_a_group_that_does_not_exist_is_a_wrong_command_line(config):
    done = selftest(config, "--source", "midle=127.0.1.2")
    assert done.returncode == 2
    assert done.stderr.strip() == (
        "schoolgate: --source: there is no group 'midle'; known: middle, staff, guest, club"
    )


@pytest.mark.parametrize("text", ["middle", "middle=", "=127.0.0.1", "middle=example.org"])
def test_a_source_is_a_group_and_an_address(config, text):
    done = selftest(config, "--source", text)
    assert done.returncode == 2
    assert "should be like middle=10.20.0.250" in done.stderr

"""Is what is installed what this folder holds, and does its command work?"""

import subprocess
import sys
import sysconfig
import tomllib
from fnmatch import fnmatch
from importlib.metadata import entry_points, packages_distributions, version
from pathlib import Path

import pytest

from proxy.cli import COMMANDS

PROJECT = tomllib.loads(Path("pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("package", ["proxy", "addons"])
def test_no_other_distribution_brings_a_package_of_our_names(package):
    assert set(packages_distributions()[package]) == {"schoolgate"}


def test_the_installed_version_is_the_one_written_down():
    assert version("schoolgate") == PROJECT["version"]


def test_python_and_mitmproxy_are_new_enough():
    assert PROJECT["requires-python"] == ">=3.12"
    (mitmproxy,) = [line for line in PROJECT["dependencies"] if line.startswith("mitmproxy")]
    assert mitmproxy.startswith("mitmproxy>=12.2.3")


def schoolgate(*words):
    command = Path(sysconfig.get_path("scripts")) / "schoolgate"
    return subprocess.run([str(command), *words], capture_output=True, text=True, timeout=60, check=False)


def test_the_command_is_installed_and_lists_all_commands():
    (script,) = entry_points(group="console_scripts", name="schoolgate")
    assert script.value == "proxy.cli:main"
    done = schoolgate("--help")
    assert done.returncode == 0
    listed = [
        line.split()[0] for line in done.stdout.splitlines() if line.startswith("    ") and line.split()
    ]
    assert set(COMMANDS) <= set(listed)
    assert "exit status" in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command):
    done = schoolgate(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: schoolgate {command}")


def test_a_wrong_command_is_refused_with_status_2():
    done = schoolgate("no-such-command")
    assert done.returncode == 2
    assert "invalid choice" in done.stderr


def test_python_m_proxy_is_the_same_command():
    done = subprocess.run(
        [sys.executable, "-m", "proxy", "--version"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == f"schoolgate {version('schoolgate')}\n"


@pytest.mark.parametrize(
    "path",
    [
        "proxy/pages/templates/blocked.html",
        "proxy/pages/templates/style.css",
        "proxy/pages/locale/es/LC_MESSAGES/pages.mo",
        "proxy/py.typed",
        "proxy/bench/c/echo.c",
        "proxy/bench/c/connect.c",
    ],
)
def test_files_that_are_no_python_are_installed_too(path):
    """Each is matched by a pattern under package-data, so that a wheel holds it."""
    patterns = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    wanted = [
        f"{package.replace('.', '/')}/{pattern}" for package in patterns for pattern in patterns[package]
    ]
    assert Path(path).exists()
    assert any(fnmatch(path, pattern) for pattern in wanted)

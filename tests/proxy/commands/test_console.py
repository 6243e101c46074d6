"""`schoolgate console` and what can be done instead of running it."""

import subprocess
import sys

import pytest

from running_console import RunningConsole
from running_filter import PROJECT


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with RunningConsole(tmp_path_factory.mktemp("demo"), demo=True) as running:
        yield running


@pytest.fixture
def stopped(tmp_path):
    """A console's settings, with nothing running."""
    console = RunningConsole(tmp_path)
    console.write_settings()
    return console


def test_the_demo_says_who_can_log_in(demo):
    assert f"The console is at {demo.url}. Everybody's password is maple-valley-demo" in demo.log()
    for duty in ("student", "teacher", "reviewer", "technical reviewer", "appeal officer", "technician"):
        assert duty in demo.log()
    for duty in ("counselor", "auditor", "administrator"):
        assert duty in demo.log()


def test_a_code_of_somebody_of_the_demo_is_six_figures(demo):
    done = demo.schoolgate("console", "demo-code", "reviewer")
    assert (done.returncode, len(done.stdout.strip()), done.stdout.strip().isdigit()) == (0, 6, True)


@pytest.mark.parametrize(
    ("name", "words"),
    [("nobody", "there is no 'nobody' in the demo"), ("rcastillo", "logs in with the password alone")],
)
def test_a_code_of_nobody_is_refused(demo, name, words):
    done = demo.schoolgate("console", "demo-code", name)
    assert done.returncode == 1
    assert words in done.stderr


@pytest.mark.parametrize("command", [("console",), ("console", "migrate"), ("timers",)])
def test_a_database_with_the_demos_people_starts_in_the_demo_alone(demo, command):
    done = demo.schoolgate(*command)
    assert done.returncode == 3
    assert "this database holds the people of the demo, whose passwords everybody can read" in done.stderr


def test_the_database_can_be_brought_up_to_date_beforehand(stopped):
    done = stopped.schoolgate("console", "migrate")
    assert (done.returncode, done.stdout) == (0, "the database is up to date\n")
    assert (stopped.state / "console" / "console.sqlite3").exists()


def test_the_roster_is_taken_over(stopped):
    done = stopped.schoolgate("console", "import-roster")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("roster: ")


def test_the_first_administrator_gets_a_link(stopped):
    done = stopped.schoolgate("console", "create-administrator", "nreed", "--given", "Nora")
    assert done.returncode == 0, done.stderr
    assert f"{stopped.url}/account/first/" in done.stdout
    again = stopped.schoolgate("console", "create-administrator", "NReed")
    assert again.returncode == 1
    assert "there is already somebody with the log-in name 'nreed'" in again.stderr


def test_settings_without_a_console_run_none(stopped):
    (stopped.config / "console.yaml").unlink()
    done = stopped.schoolgate("console")
    assert done.returncode == 3
    assert "have no `console`: no console is run" in done.stderr


def test_a_secret_that_others_can_read_is_refused(stopped):
    secret = stopped.state / "console" / "secret"
    secret.parent.mkdir(parents=True)
    secret.write_text("x" * 64)
    secret.chmod(0o644)
    done = stopped.schoolgate("console")
    assert done.returncode == 3
    assert f"others than its owner can read it; run: chmod 600 {secret}" in done.stderr


def test_what_a_killed_console_acknowledged_is_there_and_it_starts_again(tmp_path):
    with RunningConsole(tmp_path) as running:
        assert running.schoolgate("console", "create-administrator", "nreed").returncode == 0
        running.kill()
        running.start()
        again = running.schoolgate("console", "create-administrator", "nreed")
        assert "there is already somebody" in again.stderr
        assert running.stop() == {"console": 0}


@pytest.mark.parametrize("module", ["proxy.commands.console", "proxy.commands.dns", "proxy.commands.http"])
def test_no_process_of_the_filter_loads_django(module):
    look = f"import sys, {module}\nprint(sorted({{'django', 'allauth', 'gunicorn'}} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"

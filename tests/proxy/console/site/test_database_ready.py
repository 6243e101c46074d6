"""Is the database as it is needed?"""

import json
import subprocess
import sys

import pytest
from django.db import OperationalError, connection

from proxy.console.audit import triggers
from proxy.console.audit.models import AuditRecord
from proxy.console.review import guards
from proxy.console.site.database_ready import DatabaseProblem, make_ready, told
from running_console import RunningConsole
from running_filter import PROJECT


def test_processes_that_start_at_once_take_turns(tmp_path):
    console = RunningConsole(tmp_path)
    console.write_settings()
    words = [sys.executable, "-m", "proxy", "console", "migrate", "--config", str(console.config)]
    together = [
        subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [process.communicate(timeout=120) for process in together]
    assert [process.returncode for process in together] == [0, 0, 0], said
    assert sum("was brought up to date" in err for _, err in said) == 1


def test_what_a_database_says_is_told_on_one_line():
    said = told(OperationalError('connection to server at "db.example.org"\n\tfailed: refused\n'))
    assert said == 'the database cannot be used: connection to server at "db.example.org" failed: refused'


@pytest.mark.django_db(transaction=True)
def test_a_database_that_refuses_is_a_problem_with_its_words(tmp_path, monkeypatch):
    def refusing(*_, **__):
        raise OperationalError("disk I/O error")

    monkeypatch.setattr("proxy.console.site.database_ready.call_command", refusing)
    with pytest.raises(DatabaseProblem, match="disk I/O error"):
        make_ready(tmp_path)


@pytest.mark.django_db(transaction=True)
def test_guards_that_somebody_took_away_are_laid_again_and_that_is_recorded(tmp_path, caplog):
    table = "" if connection.vendor == "sqlite" else " ON review_decision"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER review_law_forbids{table}")

    make_ready(tmp_path)

    assert triggers.missing(connection, guards.rules) == []
    assert "has it again: review_law_forbids" in caplog.text
    detail = json.loads(AuditRecord.objects.get(action="guards.laid").detail)
    assert detail["missing"] == ["review_law_forbids"]

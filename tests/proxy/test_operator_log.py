import subprocess
import sys


def test_a_line_says_when_how_bad_which_part_and_what():
    code = (
        "import logging; from proxy.operator_log import log_to_stderr; log_to_stderr('dns-0');"
        "logging.warning('an upstream is silent')"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr
    assert said[19:] == " WARNING dns-0: an upstream is silent\n"
    assert len(said.split()[0]) == len("2026-11-21")

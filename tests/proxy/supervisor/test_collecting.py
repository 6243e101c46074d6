"""How often a settled process looks through all its objects."""

import subprocess
import sys

PROGRAM = """
import gc
from proxy.supervisor.collecting import settle
settle()
passes = lambda: gc.get_stats()[2]["collections"]
before, frozen, kept = passes(), gc.get_freeze_count(), []
for _ in range({count}):
    kept.append([])
print(passes() > before, frozen > 1000)
"""


def told(count: int) -> str:
    program = PROGRAM.format(count=count)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60).stdout


def test_a_new_policy_of_many_thousand_objects_makes_it_look_at_nothing_else() -> None:
    assert told(500_000) == "False True\n"


def test_what_grows_without_end_is_looked_through_after_all() -> None:
    assert told(2_500_000) == "True True\n"

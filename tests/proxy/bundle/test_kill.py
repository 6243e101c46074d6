"""A publisher that is killed at any moment leaves a bundle that loads."""

import os
import random
import select
import signal
import subprocess
import sys
from pathlib import Path

from proxy.bundle.layout import Part
from proxy.bundle.load import load_current
from written_school import write_school

KILLS = 20
PUBLISHER = """
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish import publish_base
from proxy.bundle.publish_overlay import publish_overlay
from proxy.settings.loading import load

config, state, start = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
settings = load(config).settings
for number in count(start):
    (config / "games.txt").write_text(f"games.example\\nn{number}.example\\n")
    publish_base(settings, state, now=datetime(2026, 11, 23, tzinfo=UTC))
    publish_overlay(Overlay(), state)
    if number == start:
        print("ready", flush=True)
"""


def test_killing_a_publisher_at_any_moment_leaves_a_valid_bundle(tmp_path: Path) -> None:
    school = write_school(tmp_path)
    school.publish()
    chance = random.Random(17)
    seen = [1]
    for kill in range(KILLS):
        arguments = [str(school.config), str(school.state), str(kill * 1000)]
        publisher = subprocess.Popen([sys.executable, "-c", PUBLISHER, *arguments], stdout=subprocess.PIPE)
        assert publisher.stdout is not None
        assert publisher.stdout.readline() == b"ready\n"
        select.select([], [], [], chance.uniform(0.0, 0.08))
        os.kill(publisher.pid, signal.SIGKILL)
        publisher.wait()
        publisher.stdout.close()

        loaded = load_current(school.state)

        assert loaded.problems == ()
        assert loaded.policy.listings.for_host("games.example")
        assert school.layout.current(Part.BASE) == loaded.policy.base
        assert (school.layout.current(Part.OVERLAY) or 0) == loaded.policy.overlay
        seen.append(loaded.policy.base)
    assert seen == sorted(seen)
    assert seen[-1] > KILLS

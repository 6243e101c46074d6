"""Each fuzz target, for a moment: that it runs, finds nothing, and has a turn at every parser.

`make fuzz SECONDS=600` runs them for longer.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
FOREIGN = {
    "fuzz_addresses": "addresses inside addresses, hosts and claims",
    "fuzz_block_page": "requests and handshakes at the block-page host",
    "fuzz_bodies": "bodies of answers, for signs of ways around the filter",
    "fuzz_bundle": "published bundles, and overlays that people write",
    "fuzz_bypass_names": "questions and answers that look like tunnels",
    "fuzz_chained_log": "the publish log and the file of the record's heads",
    "fuzz_codings": "codings of bodies",
    "fuzz_dns": "DNS messages and service bindings",
    "fuzz_exchange": "requests and heads of answers, for signs of ways around the filter",
    "fuzz_first_bytes": "the first bytes of a connection to the proxy",
    "fuzz_frames": "first messages of WebSockets",
    "fuzz_lists": "list formats, archives, index files, categories",
    "fuzz_nflog": "the kernel's messages about refused packets, and the packets",
    "fuzz_pcap": "captured packets, and the DNS in them",
    "fuzz_openings": "the first octets of any connection",
    "fuzz_people": "roster files and password files",
    "fuzz_replay_rows": "rows of recorded traffic, through every detector",
    "fuzz_settings": "settings in YAML",
    "fuzz_spool": "segments of the journal",
    "fuzz_tickets": "tickets and codes",
}


def test_every_kind_of_foreign_bytes_has_its_target():
    assert {path.stem for path in HERE.glob("fuzz_*.py")} == set(FOREIGN)


@pytest.mark.parametrize("target", FOREIGN)
def test_a_target_finds_nothing_in_a_moment(target):
    done = subprocess.run(
        [sys.executable, "-m", f"tests.fuzz.{target}", "--seconds", "0.7"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search("[1-9]", done.stdout), "nothing was tried"

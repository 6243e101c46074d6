"""The filter stays true while its processes are killed under load: a short form of kill_all.py."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import dns.message
import dns.rcode
import dns.rrset
import pytest

from killer import Kill
from steady_load import Fate, Marked, Question, judge_dns

pytestmark = [pytest.mark.processes, pytest.mark.timeout(400)]

SCRIPT = Path(__file__).with_name("kill_all.py")


def test_killed_processes_come_back_and_neither_an_answer_nor_an_event_is_wrong():
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--seconds", "15", "--qps", "200", "--rps", "10", "--kills", "2",
         "--supervisor-kills", "1"],
        capture_output=True, text=True, timeout=380, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    outcome = json.loads(done.stdout)
    assert outcome["kills"] == {"dns-0": 2, "dns-1": 2, "http-0": 2, "http-1": 2, "supervisor": 1}, outcome
    assert (outcome["dns"]["wrong"], outcome["web"]["wrong"]) == (0, 0), outcome
    assert (outcome["events"]["dns"]["lost"], outcome["events"]["web"]["lost"]) == ([], []), outcome
    assert outcome["dns"]["right"] > 1500, outcome
    assert outcome["web"]["right"] > 50, outcome
    assert outcome["events"]["dns"]["present"] > 100, outcome
    assert outcome["passed"], outcome
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        (["games.demo.test. 5 IN A 127.0.0.1"], Fate.RIGHT),
        (["games.demo.test. 5 IN A 127.0.9.1"], Fate.WRONG),
        (["games.demo.test. 5 IN A 127.0.0.1", "games.demo.test. 5 IN A 127.0.9.1"], Fate.WRONG),
        ([], Fate.WRONG),
        (dns.rcode.REFUSED, Fate.DECLINED),
        (dns.rcode.NXDOMAIN, Fate.WRONG),
    ],
    ids=["the page", "the site", "both", "nothing", "refused", "not there"],
)
def test_the_load_knows_a_wrong_answer_when_it_sees_one(answer, fate):
    message = dns.message.make_response(dns.message.make_query("games.demo.test", "A"))
    if isinstance(answer, list):
        message.answer = [dns.rrset.from_text(*line.split(maxsplit=4)) for line in answer]
    else:
        message.set_rcode(answer)
    question = Question("127.0.1.2", "games.demo.test", 1, ("127.0.0.1",))
    assert judge_dns(question, message.to_wire())[0] is fate


@pytest.mark.parametrize(
    ("killed", "lost"),
    [
        pytest.param((99.7, 99.9), ["m"], id="before it was asked"),
        pytest.param((99.9, 100.1), [], id="while it was asked"),
        pytest.param((100.8, 100.9), [], id="before it had to be on the disk"),
        pytest.param((101.0, 101.1), ["m"], id="after that"),
    ],
)
def test_an_event_is_lost_unless_it_was_under_way_at_a_kill(killed, lost):
    look_for = runpy.run_path(str(SCRIPT))["look_for"]
    asked = [Marked("m", 100.0, 100.2), Marked("n", 100.0, 100.2)]
    assert look_for(asked, {"n"}, [Kill("dns-0", *killed, 1.0)], 0.7).lost == lost

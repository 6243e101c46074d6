"""Which verdicts were met on the way to one answer, and until when do they all hold?"""

from dataclasses import replace
from pathlib import Path

import policies
import policy_gateway
from proxy.dns.judging import ALIAS, Judging


def test_hosts_and_the_first_change_are_gathered(tmp_path: Path) -> None:
    lunch = replace(policies.PUPILS, rules=(policies.rule("games", schedule=policies.LUNCH, scope="pupils"),))
    policy = policy_gateway.policy({"games.example": ["games"]}, lunch)
    gateway = policy_gateway.gateway(tmp_path, policy, policy_gateway.settings())
    judging = Judging(gateway, "127.0.0.1", None, "A")

    first = judging.judge("www.example")
    assert judging.until is None
    assert judging.first_block(["a.games.example"], ALIAS, first) is None
    assert judging.hosts == {"www.example", "a.games.example"}
    assert judging.until == policies.school_time("12:00")


def test_a_block_behind_a_name_keeps_the_question_and_takes_the_verdict(tmp_path: Path) -> None:
    policy = policy_gateway.policy({"games.example": ["games"]})
    gateway = policy_gateway.gateway(tmp_path, policy, policy_gateway.settings())
    judging = Judging(gateway, "127.0.0.1", None, "A")
    first = judging.judge("www.example")

    closed = judging.first_block(["b.example", "games.example", "c.example"], ALIAS, first)

    assert closed is not None
    assert closed.request == first.request
    assert closed.verdict.evidence.rule == "games.example"
    assert "c.example" not in judging.hosts

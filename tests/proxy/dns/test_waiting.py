"""What is known of a question for a client while its answer is on the way?"""

import policies
from proxy.decision.unspoken import Unspoken
from proxy.decision.view import view_for
from proxy.dns.labels import to_wire
from proxy.dns.records import AAAA, Asked
from proxy.dns.saying import Said
from proxy.dns.waiting import Waiting
from proxy.metrics import Cell

AT = policies.school_time("10:40")


def test_it_knows_its_question_and_the_verdict_on_its_own_host() -> None:
    rules = policies.policy({"a.example": ["games"], "b.example": ["games"]})
    unspoken = Unspoken(rules, view_for(rules, policies.PUPIL))
    (first,), (second,) = (rules.listings.for_host(host) for host in ("a.example", "b.example"))
    shared = unspoken.listed("a.example", [first], AT)
    assert shared is unspoken.listed("b.example", [second], AT) is not None
    waiting = Waiting()
    waiting.key = Asked(to_wire("b.example"), AAAA, do=True).key
    waiting.said, waiting.listing = Said(shared.verdict, Cell(), AT, shared), second

    assert waiting.asked == (to_wire("b.example"), AAAA, True, False)
    assert (waiting.verdict.evidence.rule, waiting.said.verdict.evidence.rule) == ("b.example", "a.example")
    waiting.said, waiting.listing = Said(shared.verdict, Cell(), AT), None
    assert waiting.verdict is shared.verdict

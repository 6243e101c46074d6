"""Which octets say that a name is blocked?"""

from dataclasses import replace

import dns.message
import pytest

from proxy.decision.policy import BlockAnswer
from proxy.decision.verdict import Action, Basis, Evidence, Handling, Reason, Verdict
from proxy.dns import messages
from proxy.dns.blocking import Blocking
from proxy.dns.packing import pack
from proxy.dns.wire import hot_key, parse

LISTED = Verdict(
    Action.BLOCK, Reason.CATEGORY, "games.example is listed under Games in fun.", "listed_category",
    Evidence("games", Basis.LOCAL, "fun", 3, "games.example"), None, Handling.NAME_ONLY, "", 1, 1,
)  # fmt: skip
FLOOR = replace(LISTED, reason=Reason.FLOOR, evidence=replace(LISTED.evidence, basis=Basis.CIPA))
PAGE = ("192.0.2.80", "2001:db8::80")


@pytest.mark.parametrize("verdict", [LISTED, FLOOR], ids=["listed", "floor"])
@pytest.mark.parametrize("how", BlockAnswer)
@pytest.mark.parametrize("type_", ["A", "AAAA", "HTTPS", "MX"])
@pytest.mark.parametrize(
    "options", [{}, {"use_edns": 0, "payload": 1232}, {"want_dnssec": True, "payload": 1232}]
)
def test_they_are_those_of_the_general_way(
    verdict: Verdict, how: BlockAnswer, type_: str, options: dict[str, object]
) -> None:
    blocking = Blocking()
    for name in ("games.example", "www.a-much-longer-name.games.example"):
        query = dns.message.make_query(name, type_, id=0, **options).to_wire()  # type: ignore[arg-type]
        question, key = parse(query), hot_key(query)
        assert isinstance(key, bytes)
        end = 10 + len(question.name) + 4
        reply = messages.blocked(question.folded, question.qtype, verdict, how, 5, PAGE)

        octets = blocking.octets(key[10:end], key[end:], verdict, how, 5, PAGE)

        assert octets == pack(question, reply).message[2:]


@pytest.mark.parametrize("reason", [Reason.DEVICE_SIGNAL, Reason.ERROR, Reason.NO_POLICY])
def test_what_is_blocked_in_a_way_of_its_own_is_left_to_the_general_way(reason: Reason) -> None:
    verdict = replace(LISTED, reason=reason)
    assert Blocking().octets(b"\x01n\x00\x00\x01\x00\x01", b"", verdict, BlockAnswer.PAGE, 5, PAGE) is None

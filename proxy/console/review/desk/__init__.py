"""Where is a case changed? Here alone: each step with its move, record and letters, or not at all."""

from proxy.console.review.desk.appealing import (
    NOT_SIGNED,
    appeal,
    claim_appeal,
    endorse_appeal,
    overturn,
    release_appeal,
    return_appeal,
    take_over_appeal,
    uphold,
    waits_for_second,
    withdraw_appeal,
)
from proxy.console.review.desk.asking import NewAsking, case_of_ticket, submit
from proxy.console.review.desk.deciding import approve, deny, endorse
from proxy.console.review.desk.ending import close, expire, keep, revoke, withdraw
from proxy.console.review.desk.reviewing import answer, ask, claim, hand_over, release, take_over
from proxy.console.review.desk.schools import confined, counts_at, holds_beyond
from proxy.console.review.desk.signing import why_no_second
from proxy.console.review.desk.taking import Incomplete, Overtaken, TooMany, remark
from proxy.console.review.desk.terms import Offer, as_asked, cipa_category, grantable, offer, why_not_open
from proxy.console.review.visibility import why_not
from proxy.console.review.workflow import Forbidden

__all__ = [
    "NOT_SIGNED",
    "Forbidden",
    "Incomplete",
    "NewAsking",
    "Offer",
    "Overtaken",
    "TooMany",
    "answer",
    "appeal",
    "approve",
    "as_asked",
    "ask",
    "case_of_ticket",
    "cipa_category",
    "claim",
    "claim_appeal",
    "close",
    "confined",
    "counts_at",
    "deny",
    "endorse",
    "endorse_appeal",
    "expire",
    "grantable",
    "hand_over",
    "holds_beyond",
    "keep",
    "offer",
    "overturn",
    "release",
    "release_appeal",
    "remark",
    "return_appeal",
    "revoke",
    "submit",
    "take_over",
    "take_over_appeal",
    "uphold",
    "waits_for_second",
    "why_no_second",
    "why_not",
    "why_not_open",
    "withdraw",
    "withdraw_appeal",
]

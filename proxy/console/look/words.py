"""What are states, kinds, steps, duties and outcomes called, in the reader's language?"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATES: Mapping[str, Promise] = {
    "submitted": _("Waiting for a reviewer"),
    "in_review": _("Being reviewed"),
    "needs_answer": _("Question for you"),
    "approved": _("Approved"),
    "denied": _("Not approved"),
    "appealed": _("Appeal waiting"),
    "in_appeal": _("Appeal being heard"),
    "closed": _("Closed"),
    "withdrawn": _("Withdrawn"),
    "revoked": _("Ended early"),
    "expired": _("Time is over"),
}
FOR_STAFF: Mapping[str, Promise] = {"submitted": _("Waiting"), "needs_answer": _("Question asked")}
TONES: Mapping[str, str] = {
    "submitted": "waiting",
    "in_review": "waiting",
    "needs_answer": "question",
    "approved": "good",
    "denied": "bad",
    "appealed": "waiting",
    "in_appeal": "waiting",
}
KINDS: Mapping[str, Promise] = {
    "unblock": _("Open a blocked page"),
    "should_block": _("A page should be blocked"),
    "not_working": _("The filter does not work"),
    "resource": _("Approve an app, site or download"),
}
RESOURCES: Mapping[str, Promise] = {
    "app": _("App"),
    "site": _("Site"),
    "download": _("Download"),
}
STEPS: Mapping[str, Promise] = {
    "": _("Asked"),
    "claim": _("Taken up by a reviewer"),
    "release": _("Put back into the queue"),
    "ask": _("Question"),
    "answer": _("Answer"),
    "hand_over": _("Handed over"),
    "take_over": _("Taken over by the official in charge"),
    "keep": _("Looked at again and kept"),
    "escalate": _("Overdue: passed on to the next official"),
    "hand_on": _("Who is in charge changed"),
    "endorse": _("Endorsed; the other review follows"),
    "approve": _("Approved"),
    "deny": _("Not approved"),
    "withdraw": _("Withdrawn"),
    "appeal": _("Appealed"),
    "claim_appeal": _("Appeal taken up"),
    "release_appeal": _("Appeal put back into the queue"),
    "endorse_appeal": _("Appeal endorsed; a second person follows"),
    "return_appeal": _("Appeal returned without a second signature"),
    "take_over_appeal": _("Appeal taken over by the official in charge"),
    "withdraw_appeal": _("Appeal taken back"),
    "overturn": _("Appeal granted"),
    "uphold": _("Decision upheld"),
    "close": _("Closed: the time to appeal is over"),
    "expire": _("Its time is over"),
    "revoke": _("Ended early"),
}
OUTCOMES: Mapping[str, Promise] = {
    "approved": _("Approved"),
    "narrowed": _("Approved in part"),
    "endorsed": _("Endorsed"),
    "denied": _("Not approved"),
    "overturned": _("Appeal granted"),
    "upheld": _("Decision upheld"),
}
DUTIES: Mapping[str, Promise] = {
    "reviewer": _("Reviewer"),
    "technical_reviewer": _("Technical reviewer"),
    "appeal_officer": _("Appeal officer"),
    "technician": _("Technician"),
    "counselor": _("Counselor"),
    "auditor": _("Auditor"),
    "administrator": _("Administrator"),
    "safeguarding": _("Safeguarding officer"),
}
REACHES: Mapping[str, Promise] = {
    "page": _("this page only"),
    "path": _("this part of the site"),
    "site": _("the whole site"),
}


def state(value: str, *, staff: bool = False) -> str:
    """What a state is called; `staff` for those who answer, not ask."""
    words = {**STATES, **FOR_STAFF} if staff else STATES
    return str(words[value]) if value in words else value


def tone(value: str) -> str:
    """Which colour goes with a state: a class of the style sheet."""
    return TONES.get(value, "still")

"""How are kinds, states and steps called where somebody is told why something cannot be done?"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from proxy.console.review.states import State, Step

NOW_IS: Mapping[State, Promise | str] = {
    State.SUBMITTED: _("This request waits for somebody to take it."),
    State.IN_REVIEW: _("This request is being looked at now."),
    State.NEEDS_ANSWER: _("A question about this request waits for an answer."),
    State.APPROVED: _("This request is approved."),
    State.DENIED: _("This request is denied."),
    State.APPEALED: _("An appeal on this request waits for somebody to take it."),
    State.IN_APPEAL: _("The appeal on this request is being looked at now."),
    State.CLOSED: _("This request is closed."),
    State.WITHDRAWN: _("This request was withdrawn."),
    State.REVOKED: _("What this request brought about was taken back."),
    State.EXPIRED: _("The time of what this request brought about has ended."),
}

NOT_NOW: Mapping[Step, Promise | str] = {
    Step.CLAIM: _("It cannot be claimed."),
    Step.RELEASE: _("It cannot be released."),
    Step.ASK: _("No question can be asked about it."),
    Step.ANSWER: _("There is no question to answer."),
    Step.HAND_OVER: _("It cannot be handed over."),
    Step.ENDORSE: _("It cannot be endorsed."),
    Step.TAKE_OVER: _("It cannot be taken over."),
    Step.APPROVE: _("It cannot be approved."),
    Step.DENY: _("It cannot be denied."),
    Step.WITHDRAW: _("It cannot be withdrawn."),
    Step.APPEAL: _("It cannot be appealed."),
    Step.CLAIM_APPEAL: _("There is no appeal to claim."),
    Step.RELEASE_APPEAL: _("There is no appeal to release."),
    Step.ENDORSE_APPEAL: _("There is no appeal to endorse."),
    Step.RETURN_APPEAL: _("There is no appeal to return."),
    Step.TAKE_OVER_APPEAL: _("There is no appeal to take over."),
    Step.WITHDRAW_APPEAL: _("There is no appeal to take back."),
    Step.OVERTURN: _("There is no denial to overturn."),
    Step.UPHOLD: _("There is no denial to uphold."),
    Step.CLOSE: _("It cannot be closed."),
    Step.EXPIRE: _("It cannot end by itself."),
    Step.ESCALATE: _("It cannot go up."),
    Step.HAND_ON: _("It cannot be handed on."),
    Step.REVOKE: _("There is nothing to take back."),
    Step.KEEP: _("There is nothing to keep."),
}

DID: Mapping[Step, Promise | str] = {
    Step.CLAIM: _("%(who)s claimed it at %(when)s."),
    Step.RELEASE: _("%(who)s released it at %(when)s."),
    Step.ASK: _("%(who)s asked a question at %(when)s."),
    Step.ANSWER: _("%(who)s answered at %(when)s."),
    Step.HAND_OVER: _("%(who)s handed it over at %(when)s."),
    Step.ENDORSE: _("%(who)s signed first at %(when)s."),
    Step.TAKE_OVER: _("%(who)s took it over at %(when)s."),
    Step.APPROVE: _("%(who)s approved it at %(when)s."),
    Step.DENY: _("%(who)s denied it at %(when)s."),
    Step.WITHDRAW: _("It was withdrawn at %(when)s."),
    Step.APPEAL: _("It was appealed at %(when)s."),
    Step.CLAIM_APPEAL: _("%(who)s claimed the appeal at %(when)s."),
    Step.RELEASE_APPEAL: _("%(who)s released the appeal at %(when)s."),
    Step.ENDORSE_APPEAL: _("%(who)s signed the appeal first at %(when)s."),
    Step.RETURN_APPEAL: _("%(who)s returned the appeal at %(when)s."),
    Step.TAKE_OVER_APPEAL: _("%(who)s took the appeal over at %(when)s."),
    Step.WITHDRAW_APPEAL: _("The appeal was taken back at %(when)s."),
    Step.OVERTURN: _("%(who)s granted the appeal at %(when)s."),
    Step.UPHOLD: _("%(who)s refused the appeal at %(when)s."),
    Step.REVOKE: _("%(who)s took it back at %(when)s."),
    Step.KEEP: _("%(who)s kept it at %(when)s."),
}

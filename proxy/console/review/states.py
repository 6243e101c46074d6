"""Which kinds of request, states, steps and outcomes are there?

The values stand in the database, in addresses and in exports.
"""

from enum import Enum


class Kind(Enum):
    """What somebody asks for. All kinds stand in one queue and have a due time (S14, S80)."""

    UNBLOCK = "unblock"
    SHOULD_BLOCK = "should_block"
    NOT_WORKING = "not_working"
    RESOURCE = "resource"


class Resource(Enum):
    """What kind of thing a resource is: an app, a site or a download (S55)."""

    APP = "app"
    SITE = "site"
    DOWNLOAD = "download"


class State(Enum):
    """Where a case stands."""

    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    NEEDS_ANSWER = "needs_answer"
    APPROVED = "approved"
    DENIED = "denied"
    APPEALED = "appealed"
    IN_APPEAL = "in_appeal"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Step(Enum):
    """What can be done to a case."""

    CLAIM = "claim"
    RELEASE = "release"
    ASK = "ask"
    ANSWER = "answer"
    HAND_OVER = "hand_over"
    ENDORSE = "endorse"
    TAKE_OVER = "take_over"
    ESCALATE = "escalate"
    HAND_ON = "hand_on"
    APPROVE = "approve"
    DENY = "deny"
    WITHDRAW = "withdraw"
    APPEAL = "appeal"
    CLAIM_APPEAL = "claim_appeal"
    RELEASE_APPEAL = "release_appeal"
    ENDORSE_APPEAL = "endorse_appeal"
    RETURN_APPEAL = "return_appeal"
    TAKE_OVER_APPEAL = "take_over_appeal"
    WITHDRAW_APPEAL = "withdraw_appeal"
    OVERTURN = "overturn"
    UPHOLD = "uphold"
    CLOSE = "close"
    EXPIRE = "expire"
    REVOKE = "revoke"
    KEEP = "keep"


class Stage(Enum):
    """Which decision on a case.

    The first one; one of the two signatures of a resource's review or a correction; the decision on an
    appeal, or the first of its two signatures where that is a correction.
    """

    FIRST = "first"
    INSTRUCTIONAL = "instructional"
    TECHNICAL = "technical"
    APPEAL = "appeal"
    APPEAL_ENDORSEMENT = "appeal_endorsement"


ON_APPEAL = frozenset({Stage.APPEAL.value, Stage.APPEAL_ENDORSEMENT.value})
"""The stages of the answer to an appeal."""


class Outcome(Enum):
    """What was decided. `narrowed` opens less than was asked for."""

    APPROVED = "approved"
    NARROWED = "narrowed"
    ENDORSED = "endorsed"
    DENIED = "denied"
    OVERTURNED = "overturned"
    UPHELD = "upheld"


class Lane(Enum):
    """Who sees a case: staff of the ordinary queue, or the counselor alone."""

    ORDINARY = "ordinary"
    PRIVATE = "private"


class Reach(Enum):
    """How much of a site is meant."""

    PAGE = "page"
    PATH = "path"
    SITE = "site"


class Listing(Enum):
    """What a decision on an unblock rests on: an exception for an audience, or a list that is wrong."""

    EXCEPTION = "exception"
    CORRECTION = "correction"


class Effect(Enum):
    """What an opening does: an override that allows or blocks, a mended listing, or a line of the list of
    approved resources that opens nothing (an app without a site)."""

    ALLOW = "allow"
    BLOCK = "block"
    CORRECTION = "correction"
    LISTED = "listed"


class Lasts(Enum):
    """How long something is asked for."""

    LESSON = "lesson"
    DATES = "dates"
    STANDING = "standing"

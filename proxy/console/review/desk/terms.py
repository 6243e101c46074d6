"""On which terms can a case be approved: what was asked, what the law says, what is narrower?"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from proxy.bundle.fit import floor_listing
from proxy.console.review.audiences import beyond, reaches_minors
from proxy.console.review.checklist import Checklist, objection
from proxy.console.review.desk.schools import confined
from proxy.console.review.desk.taking import Incomplete
from proxy.console.review.in_force import in_force
from proxy.console.review.models import Asking, Case
from proxy.console.review.opened import AUDIENCE, Opened, audience, together, wider
from proxy.console.review.states import Kind, Lasts, Listing, Reach
from proxy.console.site.config import config
from proxy.decision.policy import Policy

OPENS = frozenset({Kind.UNBLOCK, Kind.RESOURCE})


@dataclass(frozen=True, slots=True)
class Offer:
    """What an approval as asked would open at a moment.

    late   the time that was asked for has passed, and it would be open as long from that moment on; None: it
           has not
    """

    opened: Opened
    late: timedelta | None = None

    @property
    def sign(self) -> str:
        """Another text whenever something else would be opened; a page carries it to the decision."""
        if self.late is None:
            return self.opened.sign
        return f"{replace(self.opened, begins=None, ends=None).sign}+{self.late.total_seconds():.0f}"


def asked_by(asking: Asking, case: Case) -> Opened:
    """What one person or device asks for."""
    standing = asking.lasts == Lasts.STANDING.value
    return Opened(
        host=case.host,
        reach=Reach(case.reach),
        path=case.path,
        query=case.query,
        audience=audience(asking.audience),
        begins=asking.begins,
        ends=None if standing else asking.ends,
    )


def as_asked(case: Case) -> Opened:
    """What an approval as asked would open: for all who still ask, together."""
    return together([asked_by(asking, case) for asking in _who_ask(case)])


def _who_ask(case: Case) -> list[Asking]:
    """Those who still ask; all of them where nobody does."""
    askings = list(case.askings.filter(withdrawn_at__isnull=True).order_by("pk"))
    return askings or list(case.askings.order_by("pk"))


def grantable(case: Case, at: datetime) -> Opened:
    """The most that an approval at a moment can open; see `offer`."""
    return offer(case, at).opened


def offer(case: Case, at: datetime, school: str = "") -> Offer:
    """The most that an approval at a moment can open: what was asked for.

    Where the time that was asked for has passed, which is usual on an appeal, it is as long a time from that
    moment on.

    school   at which the decision counts (see `counts_at`); "" for every school
    """
    askings = _who_ask(case)
    asked = confined(together([asked_by(asking, case) for asking in askings]), school)
    if asked.ends is None or asked.ends > at:
        return Offer(asked)
    late = max(asking.ends - (asking.begins or asking.at) for asking in askings if asking.ends is not None)
    return Offer(replace(asked, begins=None, ends=at + late), late)


def cipa_category(case: Case, opened: Opened | None = None) -> str | None:
    """The category under which a site or page is listed and that the law asks to block; None: there is none,
    or no policy is in force that could say.

    opened   what is to be opened; None: what was asked for
    """
    policy = _policy()
    if policy is None or not case.host:
        return None
    asked = opened or Opened(case.host, Reach(case.reach), case.path, case.query)
    return floor_listing(asked.target, policy, frozenset({case.school} - {""})) or None


def why_not_open(
    case: Case, opened: Opened | None, checklist: Checklist | None, listing: Listing, *, last: bool = True
) -> str | None:
    """Why a case cannot be approved on these terms, or None. Can be asked before anything is decided.

    opened   None for what opens nothing: a report that is answered, a correction
    last     whether this signature puts it into force, or passes it on for a second one
    """
    kind = Kind(case.kind)
    minors = listing is Listing.CORRECTION or opened is None or reaches_minors(opened.audience, _policy())
    why = objection(checklist, kind, listing, minors, last=last)
    if why is not None:
        return why
    if listing is Listing.CORRECTION:
        return None if kind is Kind.UNBLOCK else _("Only a blocked page can be listed wrongly.")
    if kind not in OPENS:
        return None
    for earlier in case.decisions.exclude(checklist={}):
        # Who answers later does not take a yes back: such a case goes on as a correction alone.
        why = objection(Checklist.from_plain(earlier.checklist), kind, listing, minors)
        if why is not None:
            return why
    floor = cipa_category(case, opened)
    if floor is not None:
        return _(
            "It is listed under “%(category)s”, which the law (CIPA) asks to block: no exception can open "
            "it. If the listing is wrong, it can go on as a correction."
        ) % {"category": floor}
    return None


def check_terms(case: Case, opened: Opened, at: datetime) -> None:
    """See that what is to be opened is not more than what was asked for; see `grantable`.

    A report that something should be blocked asks for nobody in particular: the decider says for whom.

    Raises Incomplete, in words for the decider.
    """
    if not any(opened.audience.get(kind) for kind in AUDIENCE):
        raise Incomplete("audience", _("Say for whom."))
    if opened.host != case.host:
        raise Incomplete("path", _("It is another site than the one that was asked for."))
    if Kind(case.kind) is Kind.SHOULD_BLOCK:
        return
    asked = grantable(case, at)
    extra = beyond(opened.audience, asked.audience)
    if extra:
        raise Incomplete(
            "audience", _("Nobody asked for: %(names)s. Choose fewer.") % {"names": ", ".join(extra)}
        )
    same_audience = Opened(
        opened.host, opened.reach, opened.path, opened.query, asked.audience, opened.begins, opened.ends
    )
    for why in wider(same_audience, asked):
        raise Incomplete("opening", why)


def is_narrower(opened: Opened, case: Case, at: datetime) -> bool:
    """Say whether something opens less than was asked for; what a school decides is for that school."""
    return replace(opened, within="") != grantable(case, at)


def _policy() -> Policy | None:
    loaded = in_force(config().state)
    return loaded.policy if loaded is not None else None

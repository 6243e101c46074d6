"""What is frozen of the decision that somebody met? What the gateway sealed into the ticket, no more.

Neither the person's pseudonym nor anything else that they did is in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from proxy.console.portal.places import Place, read_place
from proxy.console.review.states import Kind
from proxy.console.site.config import ConsoleConfig
from proxy.decision.names import NameProblem
from proxy.decision.policy import FLOOR
from proxy.decision.verdict import Basis, Reason
from proxy.journal.event import Event
from proxy.tickets.claims import TicketClaims
from proxy.tickets.keyring import Keyring, keyring_path
from proxy.tickets.sealing import verify

FAULTS = frozenset({"error", "no_policy"})


@dataclass(frozen=True, slots=True)
class Met:
    """A block that somebody met.

    ticket     id under which it can be used once; "" when there is none
    subject    pseudonym of whom the gateway took the client for; "" when nothing identified it
    kept       what goes into `Asking.evidence`
    """

    ticket: str = ""
    code: str = ""
    subject: str = ""
    place: Place = field(default_factory=Place)
    category: str = ""
    kept: Mapping[str, Any] = field(default_factory=lambda: {"via": "portal"})

    @property
    def is_law(self) -> bool:
        """Whether the law asks for this block, so that only a wrong listing can be mended."""
        return bool(self.kept.get("basis") == "cipa")

    @property
    def is_fault(self) -> bool:
        """Whether a fault of the filter, and no rule, was behind it."""
        return self.kept.get("reason") in FAULTS

    @property
    def kind(self) -> Kind:
        """What is asked for: to have it opened; after a fault there is nothing to open, but to mend."""
        return Kind.NOT_WORKING if self.is_fault else Kind.UNBLOCK


NOTHING_MET = Met()


def from_ticket(token: str, config: ConsoleConfig, at: datetime) -> Met:
    """What a ticket says. Raises TicketProblem when it is none of ours, changed, or too old."""
    claims = verify(token, Keyring(keyring_path(config.state)), at)
    return Met(
        ticket=claims.event or f"{claims.gateway[:28]}.{claims.code}",
        code=claims.code,
        subject=claims.subject,
        place=_place(claims.url),
        category=claims.category,
        kept=_of_claims(claims),
    )


def from_event(event: Event) -> Met:
    """What the journal says of the event whose code somebody typed."""
    return Met(
        ticket=event.id,
        code=event.ticket,
        subject=event.subject,
        place=_place(event.url or event.host),
        category=event.category,
        kept={
            "via": "code",
            "event": event.id,
            "at": event.time.isoformat(),
            "gateway": event.gateway,
            "group": event.group,
            "url": event.url,
            "url_cut": False,
            "category": event.category,
            # Events keep no basis; that of these categories is laid down (`proxy.lists.categories`).
            "basis": Basis.CIPA.value if event.category in FLOOR else "",
            "reason": event.reason.value,
            "list_id": event.list_id,
            "rule": event.rule,
            "technique": event.rule if event.reason is Reason.WAY_AROUND else "",
            "line": 0,
            "base": event.base,
            "overlay": event.overlay,
            "code": event.ticket,
        },
    )


def _of_claims(claims: TicketClaims) -> dict[str, Any]:
    return {
        "via": "ticket",
        "event": claims.event,
        "at": claims.at.isoformat(),
        "gateway": claims.gateway,
        "group": claims.group,
        "url": claims.url,
        "url_cut": claims.url_cut,
        "category": claims.category,
        "basis": claims.basis,
        "reason": claims.reason,
        "list_id": claims.list_id,
        "technique": claims.technique,
        "line": claims.line,
        "base": claims.base,
        "overlay": claims.overlay,
        "code": claims.code,
    }


def _place(url: str) -> Place:
    """The page; of an address that is none (a host without a dot, a name like `com`), nothing."""
    try:
        return read_place(url)
    except NameProblem:
        return Place()

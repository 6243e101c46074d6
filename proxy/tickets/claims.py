"""What does a ticket state about a blocked attempt?"""

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from proxy.tickets.errors import TicketBad

VERSION = 1
MAX_URL = 1000
MAX_TEXT = 100

_SHORT = {
    "event": "e",
    "at": "t",
    "gateway": "g",
    "subject": "s",
    "group": "r",
    "url": "u",
    "url_cut": "x",
    "category": "c",
    "basis": "b",
    "reason": "n",
    "list_id": "l",
    "line": "i",
    "base": "v",
    "overlay": "o",
    "expires": "p",
    "code": "k",
    "technique": "w",
}


@dataclass(frozen=True, slots=True)
class TicketClaims:
    """One blocked attempt, as the gateway saw and judged it.

    event        id of the journal's event
    at           when it was judged; aware, kept to the second
    gateway      name of the gateway
    subject      the subject's pseudonym as the journal has it; "" for an unidentified client
    url          what was asked for; a ticket carries its first 1,000 octets
    url_cut      the URL was longer than that
    basis        `cipa`, `local` or ""
    list_id      list or settings section, "" when none is concerned; `line` 0 when unknown
    expires      aware; the ticket is good before this moment
    code         the eight characters beside it on the page
    technique    of the way around the filter that was stopped, or ""
    """

    event: str
    at: datetime
    gateway: str
    subject: str
    group: str
    url: str
    category: str
    basis: str
    reason: str
    list_id: str
    line: int
    base: int
    overlay: int
    expires: datetime
    code: str
    url_cut: bool = False
    technique: str = ""


def to_plain(claims: TicketClaims) -> dict[str, Any]:
    """Turn claims into a small JSON object; empty claims are left out, and texts are cut to MAX_TEXT (the
    URL to MAX_URL) octets."""
    plain: dict[str, Any] = {}
    for field in fields(TicketClaims):
        value = getattr(claims, field.name)
        if isinstance(value, datetime):
            value = int(value.timestamp())
        elif isinstance(value, str):
            value = _cut(value, MAX_URL if field.name == "url" else MAX_TEXT)
        if value not in ("", 0, False):
            plain[_SHORT[field.name]] = value
    if claims.url_cut or len(claims.url.encode("utf-8", "replace")) > MAX_URL:
        plain[_SHORT["url_cut"]] = True
    return plain


def from_plain(plain: object) -> TicketClaims:
    """Read the JSON object that `to_plain` made.

    Raises TicketBad when a claim is of another type or unknown to this version.
    """
    if not isinstance(plain, dict) or not set(plain) <= set(_SHORT.values()):
        raise TicketBad("the ticket states things that this version does not know")
    return TicketClaims(
        **{
            field.name: _typed(plain.get(_SHORT[field.name]), field.type, field.name)
            for field in fields(TicketClaims)
        }
    )


def _typed(value: object, kind: object, name: str) -> Any:
    if kind is datetime:
        return _moment(value, name)
    if value is None:
        return kind() if callable(kind) else None
    if type(value) is not kind:
        raise TicketBad(f"the ticket's {name} is not of the right kind")
    return value


def _moment(value: object, name: str) -> datetime:
    if type(value) is not int:
        raise TicketBad(f"the ticket's {name} is not a moment")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise TicketBad(f"the ticket's {name} is not a moment") from error


def _cut(text: str, octets: int) -> str:
    """Keep what fits, without what UTF-8 cannot carry (lone surrogates) and JSON writes at length."""
    text = "".join(c if c.isprintable() else "?" for c in text[:octets])
    return text.encode("utf-8", "replace")[:octets].decode("utf-8", "ignore")

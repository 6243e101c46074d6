"""How does somebody without a log-in come back to what they asked? By a link that only the console can make.

A receipt shows where one request stands, and what was answered; no other request, and nothing of the
private lane.
"""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

SALT = "schoolgate.portal.receipt"


def link(asking_id: int) -> str:
    """The receipt's address for one asking."""
    return reverse("portal:receipt", args=[_signer().sign(str(asking_id))])


def asking_of(token: str) -> int | None:
    """The asking that a receipt is for; None for anything that the console did not sign."""
    try:
        return int(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None


def _signer() -> Signer:
    return Signer(salt=SALT, sep="~")

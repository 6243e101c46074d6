"""A resource on the way to the public list."""

from typing import Any

from proxy.console.review import desk
from proxy.console.review.models import Case
from proxy.console.review.states import Kind, Lasts, Listing
from review_office import MONDAY, NOTHING_SEEN, Office


def approve(office: Office, host: str = "optics.example", **fields: Any) -> Case:
    """A resource that both tracks have looked at."""
    given = {
        "kind": Kind.RESOURCE,
        "title": "Optics Lab",
        "course": "Physics",
        "grade": "10",
        "lasts": Lasts.STANDING.value,
        "audience": {"schools": ["valley-high"]},
        **fields,
    }
    office.technical_reviewer  # noqa: B018
    case = office.asks(host, "teacher", **given)
    for who in (office.reviewer, office.technical_reviewer):
        desk.claim(case.pk, who, at=MONDAY)
        terms = {"at": MONDAY, "reason": "good", "checklist": NOTHING_SEEN}
        if who == office.reviewer:
            desk.endorse(case.pk, who, **terms)
        else:
            desk.approve(case.pk, who, **terms, listing=Listing.EXCEPTION, opening=desk.as_asked(case))
    case.refresh_from_db()
    assert case.state == "approved"
    return case

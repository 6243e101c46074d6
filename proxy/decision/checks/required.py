"""Does the law require this block, whatever a school, a list, a schedule or an override says?

`child_abuse` (18 U.S.C. 2256) and `pornography` (obscene: 18 U.S.C. 1460; harmful to minors: 47 U.S.C.
254(h)(7)(G)) are blocked for everyone. A wrong listing is mended as a listing, by a correction; for
minors nothing else opens it.
"""

from proxy.decision.case import Case
from proxy.decision.policy import FLOOR, FLOOR_FOR_ALL
from proxy.decision.verdict import Action, Basis, Evidence, Finding, Reason


def required(case: Case) -> Finding | None:
    """Block what stands in a category that CIPA names."""
    if not case.listings:
        return None
    floor = [listing for listing in case.listings if listing.category in FLOOR]
    if not floor:
        return None
    listing = min(floor, key=lambda one: one.category != FLOOR_FOR_ALL)
    category = case.policy.categories.get(listing.category)
    name = category.name if category else listing.category
    return Finding(
        Action.BLOCK,
        Reason.FLOOR,
        f"{listing.rule} is listed under {name} in {listing.list_id}. "
        "Federal law (CIPA) requires this block, for everyone.",
        Evidence(
            listing.category,
            Basis.CIPA,
            listing.list_id,
            listing.line,
            listing.rule,
            category.decided_by if category else "Federal law (CIPA)",
        ),
    )

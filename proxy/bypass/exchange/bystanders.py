"""Did somebody ask for this, or a page of another site that he happened to look at?

Whoever can put a picture into a forum makes the browsers of all its readers ask for any address. What they
ask for is stopped like everything else, and nobody is counted for it. The fields are the browser's own (Fetch
Metadata Request Headers, W3C); pages cannot set them. Who sends them by other means is stopped all the same.
"""

from dataclasses import replace

from proxy.bypass.observed import Exchange
from proxy.decision.signs import Consequence, Sign

PASSIVE = frozenset({"audio", "font", "image", "style", "track", "video"})
"""What a page shows without running it (`Sec-Fetch-Dest`)."""


def is_bystander(seen: Exchange) -> bool:
    """Say whether a page of another site asked for this, to show it."""
    return seen.field("sec-fetch-site") == "cross-site" and seen.field("sec-fetch-dest") in PASSIVE


def excused(seen: Exchange, signs: tuple[Sign, ...]) -> tuple[Sign, ...]:
    """Signs of an exchange, as what they come to for whoever is at the browser: never more than a block."""
    if not signs or not is_bystander(seen):
        return signs
    return tuple(
        replace(sign, consequence=Consequence.BLOCK) if sign.consequence is Consequence.INCIDENT else sign
        for sign in signs
    )

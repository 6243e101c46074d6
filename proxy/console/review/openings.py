"""Does the overlay in force say what was decided, and what has no effect?

The console's part of the overlay is made of the rows of `Opening` and `Permitted` alone, every time anew:
whatever was lost, doubled or overwritten in it is right again after the next time.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from proxy import metrics
from proxy.bundle.layout import Layout, Part
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import revise_overlay
from proxy.console.review import permits, words
from proxy.console.review.entries import Entries, LeftOut, entries, entry_id, holding, opened_of, with_ours
from proxy.console.review.in_force import in_force
from proxy.console.review.models import Opening
from proxy.console.review.named import names_for
from proxy.console.review.states import Effect
from proxy.console.site.config import config
from proxy.decision.policy import Category, Policy

log = logging.getLogger("schoolgate.console")

type Sign = tuple[int | None, int, int | None, int, int | None]

_OF_OURS = re.compile(r"(?:override|correction) (case-([0-9]+)-[0-9]+):? (.*)", re.DOTALL)


def overlay_entries(at: datetime) -> Entries:
    """What the console's part of the overlay is at a moment."""
    return _entries(at, _categories())


def _categories() -> Mapping[str, Category]:
    loaded = in_force(config().state)
    return loaded.policy.categories if loaded is not None else {}


def _entries(at: datetime, categories: Mapping[str, Category]) -> Entries:
    schools = {school.id: school.title or school.id for school in config().settings.schools}
    return entries(at, categories, schools)


def publish(at: datetime) -> None:
    """Make the overlay in force say what was decided.

    Does nothing where it does already, so that it can be called at any time and as often as one likes.
    Raises whatever stops it: the database's errors, those of reading and writing the bundle.
    """
    categories = _categories()  # a new base is read before others have to wait for the lock

    def with_decided(overlay: Overlay) -> Overlay:
        return with_ours(overlay, _entries(at, categories).overlay)

    revise_overlay(with_decided, config().state, say=log.info)


def publish_now(at: datetime) -> bool:
    """Publish what was just decided; say whether it is in force.

    Never raises: what fails is counted and logged, and the timers try it again within seconds.
    """
    try:
        publish(at)
    except Exception:
        metrics.ERRORS.inc("overlay")
        log.exception("the overlay could not be published; it is tried again within seconds")
        return False
    return True


def sign(at: datetime) -> Sign:
    """Something that is another one whenever the overlay or what should stand in it may be another one.

    Rows come with higher ids and go for good, so that their number and the last id tell; cheap to ask.
    """
    told: list[int | None] = []
    for rows in (holding(at), permits.holding(at)):
        found = rows.aggregate(number=Count("id"), last=Max("id"))
        told += found["number"], found["last"]
    opened, opened_last, permitted, permitted_last = told
    return (
        Layout(config().state).current(Part.OVERLAY),
        opened or 0,
        opened_last,
        permitted or 0,
        permitted_last,
    )


class Stands(Enum):
    """Whether a decision's effect is in force by what is published, is not yet, or begins later."""

    NOW = "now"
    NOT_YET = "not_yet"
    LATER = "later"


def stands(opening: Opening, at: datetime) -> Stands:
    """How it stands with an opening that has neither ended nor been revoked."""
    if opening.begins is not None and opening.begins > at:
        return Stands.LATER
    loaded = in_force(config().state)
    if opening.action == Effect.LISTED.value or (loaded is not None and _holds(loaded.policy, opening)):
        return Stands.NOW
    return Stands.NOT_YET


def _holds(policy: Policy, opening: Opening) -> bool:
    id_ = entry_id(opening)
    return any(one.id == id_ for one in policy.overrides) or any(one.id == id_ for one in policy.corrections)


def in_words(opening: Opening, at: datetime) -> str:
    """What a decision opened, in the active language; for one not made yet see `words`."""
    effect = Effect(opening.action)
    if effect is Effect.LISTED:
        return _("it stands on the list of approved resources")
    if effect is Effect.CORRECTION:
        schools = names_for({}).schools
        ids = opening.audience.get("schools", ())
        return words.correction(opening.host, opening.category, [schools.get(id_, id_) for id_ in ids])
    opened = opened_of(opening)
    return words.in_words(opened, names_for(opened.audience), at=at, zone=config().zone)


def without_effect(at: datetime) -> Iterator[LeftOut]:
    """What of the console's entries has no effect on the policy in force, or only a part of it."""
    yield from overlay_entries(at).left_out
    loaded = in_force(config().state)
    for problem in loaded.problems if loaded is not None else ():
        ours = _OF_OURS.fullmatch(problem)
        if ours is not None:
            yield LeftOut(int(ours[2]), ours[1], ours[3])

"""Which entries of the overlay do the openings make that hold now or later?"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from proxy.bundle.fit import objection
from proxy.bundle.overlay import Overlay, OverlayProblem, from_data, to_data
from proxy.console.review import permits
from proxy.console.review.models import Asking, Opening
from proxy.console.review.opened import Opened, audience
from proxy.console.review.states import Effect, Lane, Reach, Stage, State
from proxy.decision.policy import Category, Correction, Override
from proxy.decision.verdict import Action
from proxy.settings.schema.who import Role

_OURS = re.compile(r"case-[0-9]+-[0-9]+")

_ACTIONS = {Effect.ALLOW: Action.ALLOW, Effect.BLOCK: Action.BLOCK}
_OFFICE = {
    Stage.FIRST: "reviewer",
    Stage.INSTRUCTIONAL: "instructional reviewer",
    Stage.TECHNICAL: "technical reviewer",
    Stage.APPEAL: "appeal officer",
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An opening that cannot stand in an overlay, and why."""

    case: int
    entry: str
    why: str


@dataclass(frozen=True, slots=True)
class Entries:
    """What openings come to: entries that every gateway loads, and what must be left out."""

    overlay: Overlay
    left_out: tuple[LeftOut, ...] = ()


def holding(at: datetime) -> QuerySet[Opening]:
    """Openings that are in force at a moment or begin later: approved, not revoked, their end not come."""
    return Opening.objects.filter(
        Q(ends__isnull=True) | Q(ends__gt=at),
        case__state=State.APPROVED.value,
        action__in=[effect.value for effect in (*_ACTIONS, Effect.CORRECTION)],
        revoked_at__isnull=True,
    )


def entries(at: datetime, categories: Mapping[str, Category], schools: Mapping[str, str]) -> Entries:
    """Make the entries for all openings that hold.

    categories   of the policy in force, by which a correction may or may not apply
    schools      id -> title

    Each is checked by itself, so that one that no gateway would load keeps no other one out.
    """
    students = Asking.objects.filter(case=OuterRef("case")).filter(
        Q(asker__isnull=True) | Q(asker__role=Role.STUDENT.value)
    )
    rows = holding(at).select_related("case", "decision").annotate(by_student=Exists(students))
    fit: list[Override | Correction] = []
    left_out: list[LeftOut] = []
    for row in rows.order_by("id"):
        entry = _entry(row, schools)
        why = _objection(entry, categories)
        if why is None:
            fit.append(entry)
        else:
            left_out.append(LeftOut(row.case_id, entry.id, why))
    return Entries(
        Overlay(
            tuple(e for e in fit if isinstance(e, Override)),
            tuple(e for e in fit if isinstance(e, Correction)),
            permits.permits(at),
        ),
        tuple(left_out),
    )


def with_ours(overlay: Overlay, ours: Overlay) -> Overlay:
    """An overlay with its entries of the console replaced, and all others as they are."""
    return Overlay(
        (*_others(overlay.overrides), *ours.overrides),
        (*_others(overlay.corrections), *ours.corrections),
        (*permits.others(overlay), *ours.permits),
    )


def _others[E: (Override, Correction)](entries: Iterable[E]) -> Iterator[E]:
    return (entry for entry in entries if not is_ours(entry.id))


def is_ours(id_: str) -> bool:
    """Whether an entry with this id is the console's: `case-<case>-<opening>`."""
    return _OURS.fullmatch(id_) is not None


def entry_id(row: Opening) -> str:
    """What an opening's entry is called; see `is_ours`."""
    return f"case-{row.case_id}-{row.pk}"


def opened_of(row: Opening) -> Opened:
    """An opening as a value."""
    reach = Reach.PAGE if row.exact else Reach.SITE if row.path == "/" else Reach.PATH
    within = next(iter(row.audience.get("within", ())), "")
    whom = audience(row.audience)
    return Opened(row.host, reach, row.path, row.query, whom, row.begins, row.ends, within)


def _entry(row: Opening, schools: Mapping[str, str]) -> Override | Correction:
    id_ = entry_id(row)
    effect = Effect(row.action)
    if effect is Effect.CORRECTION:
        signers = [row.decision.second_id, row.decision.decider_id]
        # Ids: two signers with one name are two people, and one signer under two names is one.
        by = tuple(f"person:{signer}" for signer in signers if signer is not None)
        only = frozenset(row.audience.get("schools", ()))
        return Correction(id_, row.host, row.category, _reason(row), by, only)
    return opened_of(row).as_override(id_, _reason(row), _office(row, schools), action=_ACTIONS[effect])


def _reason(row: Opening) -> str:
    """What explanations and events say of the entry.

    Students' own words stay in the console: whoever is blocked or let through here would carry them
    in their events. So do staff's words about what should be blocked: the block page would show them to
    everybody, and they tell what somebody saw, and who did.
    """
    number = f"request {row.case_id}"
    kept = row.case.lane == Lane.PRIVATE.value or row.action == Effect.BLOCK.value
    kept = kept or getattr(row, "by_student", True)
    return number if kept or not row.purpose.strip() else f"{number}: {row.purpose.strip()}"


def _office(row: Opening, schools: Mapping[str, str]) -> str:
    """Who is answerable, by office: the block page shows it."""
    office = _OFFICE.get(Stage(row.decision.stage), "reviewer")
    if row.case.lane == Lane.PRIVATE.value:
        office = "counselor"
    school = schools.get(row.case.school, row.case.school)
    return f"{office}, {school}" if school else office


def _objection(entry: Override | Correction, categories: Mapping[str, Category]) -> str | None:
    """Why no gateway would load or apply an entry, or None."""
    alone = Overlay((entry,)) if isinstance(entry, Override) else Overlay(corrections=(entry,))
    try:
        from_data(to_data(alone))
    except OverlayProblem as problem:
        return str(problem)
    return objection(entry, categories) if isinstance(entry, Correction) else None

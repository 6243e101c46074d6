"""What is written down of a decision, and of what it opens or closes?"""

from django.db.models import F

from proxy.console.review.appeals import appeal_of
from proxy.console.review.desk import counting
from proxy.console.review.desk.ruling import Ruling
from proxy.console.review.desk.taking import Turn
from proxy.console.review.models import Case, Decision, Opening
from proxy.console.review.states import ON_APPEAL, Effect, Kind, Lane, Listing, Outcome, Reach, Stage
from proxy.console.review.timetable import A_YEAR

MAX_PURPOSE = 500


def decide(turn: Turn, ruling: Ruling, stage: Stage, outcome: Outcome, first: Decision | None) -> Decision:
    """Write a decision down. The database refuses deciders whom the procedure forbids."""
    assert turn.by is not None
    decision = Decision.objects.create(
        case=turn.case,
        stage=stage.value,
        outcome=outcome.value,
        decider=turn.by,
        second=first.decider if first is not None else None,
        appeal=appeal_of(turn.case) if stage.value in ON_APPEAL else None,
        at=turn.at,
        reason=ruling.reason,
        checklist=ruling.checklist.as_plain() if ruling.checklist is not None else {},
        listing=ruling.listing.value,
    )
    turn.tell_decision(decision)
    counting.decided(turn.case, decision, turn.times)
    return decision


def put_into_force(turn: Turn, ruling: Ruling, decision: Decision) -> None:
    """Write down what an approval opens or closes; the overlay follows when the transaction is kept."""
    opening = _opening(turn, ruling, decision)
    if opening is None:
        return
    if opening.ends is None:
        opening.review_on = turn.times.day(turn.at + A_YEAR)
    opening.save(force_insert=True)
    turn.told["opening"] = opening.pk
    turn.publishes = True


def _opening(turn: Turn, ruling: Ruling, decision: Decision) -> Opening | None:
    case, opened = turn.case, ruling.opened
    made = Opening(case=case, decision=decision, host=case.host, purpose=_purpose(case))
    if ruling.listing is Listing.CORRECTION:
        made.action, made.category = Effect.CORRECTION.value, ruling.category
        made.audience = {"schools": [ruling.school]} if ruling.school else {}
        return made
    if opened is None:
        return None
    kind = Kind(case.kind)
    effect = Effect.BLOCK if kind is Kind.SHOULD_BLOCK else Effect.ALLOW if case.host else Effect.LISTED
    made.action = effect.value
    made.path, made.query = opened.target.path, opened.target.query
    made.exact = opened.reach is Reach.PAGE
    made.audience = {names: list(ids) for names, ids in opened.audience.items()}
    if opened.within:
        made.audience["within"] = [opened.within]
    made.begins, made.ends = opened.begins, opened.ends
    return made


def _purpose(case: Case) -> str:
    if case.lane == Lane.PRIVATE.value:
        return "private request"
    first = case.askings.order_by(F("withdrawn_at").asc(nulls_first=True), "pk").first()
    return " ".join((first.purpose or first.title).split())[:MAX_PURPOSE] if first is not None else ""

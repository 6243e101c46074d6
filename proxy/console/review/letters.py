"""Who is written to at which step?

Each is queued in the step's own transaction, under a key that names the case, the sort and the occasion: what
is tried again writes nobody twice.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from proxy.console.people import access
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.post.compose import queue_letter
from proxy.console.post.sorts import ASKER, REVIEWER, SORTS
from proxy.console.review import openings, visibility
from proxy.console.review.appeals import Appeal, appeal_of
from proxy.console.review.guardians import children
from proxy.console.review.models import Asking, Case, Decision
from proxy.console.review.states import Effect, Kind, Lane, State, Step
from proxy.console.review.timetable import timetable
from proxy.console.review.workflow import UNDER_APPEAL


def received(case: Case, asking: Asking, at: datetime) -> None:
    """To whoever asked: it has arrived, and until when an answer comes."""
    _write(_people([asking]), "received", case, at, f"{asking.pk}", due=case.due_at)


def new(case: Case, at: datetime) -> None:
    """To the official in charge; to the administrators where nobody is."""
    _to_official("new", case, at, "0")


def question(case: Case, text: str, at: datetime) -> None:
    """To all who ask: somebody needs to know more."""
    _write(askers(case), "question", case, at, _occasion(case), question=text)


def answered(case: Case, at: datetime) -> None:
    """To whoever asked the question."""
    holder = [case.holder] if case.holder is not None else []
    _write(holder, "answered", case, at, _occasion(case), due=case.due_at)


def handed_over(case: Case, note: str, at: datetime) -> None:
    """To the official who is now in charge."""
    _to_official("handed_over", case, at, _occasion(case), note=note)


def approved(case: Case, decision: Decision, at: datetime) -> None:
    """To all who ask: the decision and its reason."""
    _write(askers(case), "approved", case, at, "", reason=decision.reason, **_granted(case, at))


def denied(case: Case, decision: Decision, at: datetime) -> None:
    """To all who ask, and to the teacher named: the reason, and how to appeal until when."""
    told = [*askers(case), *_teachers(case)]
    _write(told, "denied", case, at, "", reason=decision.reason, appeal_until=case.appeal_until)


def appealed(case: Case, at: datetime) -> None:
    """To whoever appealed and all who ask, and to the appeal officer in charge."""
    appeal = appeal_of(case)
    _write([appeal.by, *askers(case)], "appeal_received", case, at, f"{appeal.pk}", due=case.due_at)
    _to_official("new_appeal", case, at, f"{appeal.pk}")


def appeal_withdrawn(case: Case, appeal: Appeal, at: datetime) -> None:
    """To those who can appeal in their turn: until when. To the student whose guardian's it was, in any case.
    Who took it back is told to nobody, and why to staff alone."""
    on = timetable().day(at)
    theirs = _people([appeal.asking]) if appeal.asking is not None else []
    told = {person.pk: person for person in (*theirs, *askers(case), *_teachers(case))}
    for person in told.values():
        may = visibility.why_not(person, case, Step.APPEAL, on) is None
        if person in theirs:
            until = case.appeal_until if may else None
            _write([person], "guardian_withdrawn", case, at, f"{appeal.pk}", appeal_until=until)
        elif may:
            fields = {"appeal_until": case.appeal_until, "guardian_may": _guardian_may(person, case)}
            _write([person], "appeal_withdrawn", case, at, f"{appeal.pk}", **fields)


def _guardian_may(person: Person, case: Case) -> bool:
    """Whether a guardian can appeal still: of a student who asks, or of one who names this teacher."""
    if person.is_student:
        seen = children(case, case.askings.all())
        return any(not child.had for child in seen if child.student.pk == person.pk)
    return any(not child.had for child in children(case, visibility.naming(person).filter(case=case)))


def overturned(case: Case, decision: Decision, at: datetime) -> None:
    """To whoever appealed and all who ask: the appeal was granted."""
    told = [appeal_of(case).by, *askers(case)]
    _write(told, "overturned", case, at, "", reason=decision.reason, **_granted(case, at))


def upheld(case: Case, decision: Decision, at: datetime) -> None:
    """To whoever appealed and all who ask: the denial stands."""
    _write([appeal_of(case).by, *askers(case)], "upheld", case, at, "", reason=decision.reason)


def revoked(case: Case, reason: str, at: datetime) -> None:
    """To all who asked: what was granted was taken back."""
    _write(askers(case), "revoked", case, at, _occasion(case), reason=reason, did=_did(case, at))


def ended(case: Case, at: datetime) -> None:
    """To all who asked: its time is over."""
    _write(askers(case), "ended", case, at, "", did=_did(case, at))


def due_soon(case: Case, at: datetime) -> None:
    """To whoever holds it or is in charge; with a question open, to those who were asked."""
    if State(case.state) is State.NEEDS_ANSWER:
        last = case.moves.filter(step="ask").order_by("pk").last()
        _write(
            askers(case), "question", case, at, f"{_occasion(case)}.again", question=last.note if last else ""
        )
        return
    whom = case.holder or case.official
    _write([whom] if whom else [], "due_soon", case, at, _occasion(case), due=case.due_at)


def overdue(case: Case, at: datetime) -> None:
    """To the next official in charge; to the administrators where there is no next one."""
    _to_official("overdue", case, at, _occasion(case))


def handed_on(case: Case, at: datetime) -> None:
    """To the official who is now in charge in place of one who has left; who holds it knows it already."""
    if case.official is None or case.official_id != case.holder_id:
        late = case.overdue_at is not None
        _to_official("overdue" if late else "handed_over", case, at, _occasion(case))


def nobody_left(case: Case, at: datetime) -> None:
    """To the administrators: nobody answers, and there is nobody to hand it up to."""
    _to_administrators(case, at, f"{at:%Y-%m-%dT%H}")


def yearly_review(case: Case, review_on: Any, at: datetime, *, school: str) -> None:
    """To the officials of a school: what stands open is looked at again.

    school   where it holds; "" where that is at several
    """
    on = timetable().day(at)
    kind = DutyKind.COUNSELOR if case.lane == Lane.PRIVATE.value else DutyKind.REVIEWER
    told = access.officials(kind, school, on)[:1]
    extra = {"review_on": review_on, "opened": _opened(case, at), "did": _did(case, at)}
    if not told:
        _to_administrators(case, at, f"review.{review_on}")
    _write(told, "yearly_review", case, at, str(review_on), **extra)


def askers(case: Case) -> list[Person]:
    """The people who still ask, also where only the gateway knew them."""
    return _people(case.askings.filter(withdrawn_at__isnull=True).select_related("asker"))


def _people(askings: Iterable[Asking]) -> list[Person]:
    found: dict[int, Person] = {}
    unnamed = []
    for asking in askings:
        if asking.asker is not None:
            found[asking.asker.pk] = asking.asker
        else:
            unnamed.append(asking.subject)
    for person in Person.objects.filter(sourced_id__in=unnamed):
        found[person.pk] = person
    return list(found.values())


def _teachers(case: Case) -> list[Person]:
    named = case.askings.filter(withdrawn_at__isnull=True, teacher__isnull=False).select_related("teacher")
    return [asking.teacher for asking in named if asking.teacher is not None]


def _to_official(template: str, case: Case, at: datetime, occasion: str, **extra: Any) -> None:
    if case.official is None:
        _to_administrators(case, at, f"{template}.{occasion}")
        return
    _write([case.official], template, case, at, f"{_stage(case)}.{occasion}", due=case.due_at, **extra)


def _to_administrators(case: Case, at: datetime, occasion: str) -> None:
    told = access.officials(DutyKind.ADMINISTRATOR, case.school, timetable().day(at))
    _write(told, "nobody", case, at, occasion, due=case.due_at)


def _write(
    people: Iterable[Person], template: str, case: Case, at: datetime, occasion: str, **extra: Any
) -> None:
    key = f"case.{case.pk}.{template}" + (f".{occasion}" if occasion else "")
    if case.lane == Lane.PRIVATE.value:
        extra = {name: _READ_AT_LOG_IN if name in _WORDS and said else said for name, said in extra.items()}
    context = {"number": case.pk, "site": _site(case), **extra}
    for person in {person.pk: person for person in people}.values():
        if person.role in access.ASKING_ROLES or SORTS[template].page != ASKER:
            queue_letter(person, template, context, key=key, at=at)
        elif visibility.may_read_as_staff(person, case, timetable().day(at)):
            # Who is from outside has no requests of their own: they read it where they work on it.
            queue_letter(person, template, context, key=key, at=at, page=REVIEWER)


_WORDS = frozenset({"question", "reason", "note"})
_READ_AT_LOG_IN = _("This is private: read it where you log in.")
"""What a counselor and a student say to each other stands in no mailbox."""


def _site(case: Case) -> str | Promise:
    """The site in words, at most a line; no site: what it is called. A private one stands in no mailbox."""
    if case.lane == Lane.PRIVATE.value:
        return _("A page that is named where you log in.")
    if case.host:
        return f"{case.host}{case.path}" if case.path != "/" else case.host
    first = case.askings.order_by(F("withdrawn_at").asc(nulls_first=True), "pk").first()
    return " ".join(first.title.split()) if first is not None else ""


def _opened(case: Case, at: datetime) -> str:
    standing = case.openings.filter(revoked_at__isnull=True)
    if case.lane == Lane.PRIVATE.value:
        return ""
    return "; ".join(openings.in_words(opening, at) for opening in standing if opening.host)


def _granted(case: Case, at: datetime) -> dict[str, str]:
    """What a decision brings about, for whoever asked; of a block its reason tells enough."""
    opened = "" if case.kind == Kind.SHOULD_BLOCK.value else _opened(case, at)
    return {"opened": opened, "did": _did(case, at)}


def _did(case: Case, at: datetime) -> str:
    """What the case brought about: a value of `Effect`, or "later" for an opening that has not begun; "":
    nothing."""
    last = case.openings.order_by("pk").last()
    if last is None:
        return ""
    begins_later = last.action == Effect.ALLOW.value and last.begins is not None and last.begins > at
    return "later" if begins_later else last.action


def _occasion(case: Case) -> str:
    """What differs from one time to the next: how many steps the case has taken."""
    return str(case.moves.count())


def _stage(case: Case) -> str:
    return "appeal" if State(case.state) in UNDER_APPEAL else "first"

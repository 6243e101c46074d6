"""How does an asking become a case of its own, or join the one that is open for the same?"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.people import access
from proxy.console.people.models import Person, SchoolClass
from proxy.console.review import letters
from proxy.console.review.desk import counting, turns
from proxy.console.review.desk.taking import Incomplete, TooMany
from proxy.console.review.models import Asking, Case, Move, SeenTicket
from proxy.console.review.opened import AUDIENCE, audience
from proxy.console.review.separation import HELD_BY, has_decided
from proxy.console.review.states import Kind, Lane, Lasts, Reach, Resource, State
from proxy.console.review.timetable import Timetable, timetable
from proxy.console.review.workflow import Forbidden
from proxy.decision.urls import canonical_path
from proxy.settings.schema.who import Role

A_DAY = timedelta(days=1)
TRIES = 5


@dataclass(frozen=True, slots=True)
class NewAsking:
    """What somebody asks for; the fields are those of Case and Asking.

    asker, subject   one of them at least: a person, or the device (or person) that the gateway knew
    host             canonical; "" where no site is meant
    ticket           id of the ticket's event
    """

    kind: Kind
    asker: Person | None = None
    subject: str = ""
    lane: Lane = Lane.ORDINARY
    school: str = ""
    ticket: str | None = None
    code: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""
    host: str = ""
    path: str = "/"
    query: str | None = None
    reach: Reach = Reach.SITE
    category: str = ""
    purpose: str = ""
    course: str = ""
    grade: str = ""
    more_at: str = ""
    title: str = ""
    resource: Resource | None = None
    audience: Mapping[str, Any] = field(default_factory=dict)
    school_class: SchoolClass | None = None
    lasts: str = Lasts.DATES.value
    begins: datetime | None = None
    ends: datetime | None = None
    looked_through_on: date | None = None
    terms: str = ""
    privacy_policy: str = ""
    guardians_told_on: date | None = None
    teacher: Person | None = None


def case_of_ticket(event: str) -> Case | None:
    """The case that a ticket was used for; None: it was not used yet."""
    seen = SeenTicket.objects.filter(pk=event).select_related("case").first()
    return seen.case if seen is not None else None


def submit(asking: NewAsking, *, at: datetime) -> Case:
    """Put in what somebody asks for, and return its case.

    Whoever asks for the same again, or uses the same ticket again, gets the case that there is; after
    withdrawing, with what they ask for now. Somebody else who asks for the same joins the open case, which
    is answered for all together; never in the private lane.

    Raises Incomplete for what is missing or cannot be, TooMany, and Forbidden.
    """
    _check(asking, at)
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                return _submitted(asking, at, timetable())
        except IntegrityError:
            # Somebody put in the same at the same moment; theirs is found now.
            continue
    raise Forbidden(_("Others are asking for the same right now. Please try again."))


def _submitted(asking: NewAsking, at: datetime, times: Timetable) -> Case:
    if asking.asker is not None:
        # Locked, so that the requests of one person are counted one after the other; `no_key`, so that rows
        # which name the person can be written meanwhile by who holds the case that this waits for.
        asker = Person.objects.select_for_update(no_key=True).get(pk=asking.asker.pk)
        if asker.role not in access.ASKING_ROLES or not asker.may_use(times.day(at)):
            raise Forbidden(_("This account cannot make requests."))
    known = case_of_ticket(asking.ticket) if asking.ticket else None
    if known is not None:
        own = _own_askings(asking, known)
        if own.filter(withdrawn_at__isnull=True).exists() or (own.exists() and known.join_key is None):
            return known
        # It was handed on, and the case it opened is another one's; or its asker withdrew and asks again.
        asking = replace(asking, ticket=None)
    key = _join_key(asking)
    case = Case.objects.select_for_update().filter(join_key=key).first() if key else None
    if case is not None and _own_askings(asking, case).filter(withdrawn_at__isnull=True).exists():
        _note_ticket(asking, case, at)
        return case
    _check_rate(asking, at, times)
    joins = case is not None
    if case is None:
        case = _opened(asking, key, at)
    else:
        _check_may_join(asking, case)
        if asking.category and not case.category:
            case.category = asking.category
            case.save(update_fields=["category"])
    row = _kept(asking, case, at)
    counting.asked(case, row, times)
    _note_ticket(asking, case, at)
    if not joins:
        turns.begin(case, turns.first_duty(asking.kind, asking.lane), turns.allowed(case, times), at, times)
        case.save()
        Move.objects.create(case=case, step="", before="", after=case.state, by=asking.asker, at=at)
        letters.new(case, at)
    letters.received(case, row, at)
    append(
        "case.join" if joins else "case.submit",
        actor=_actor(asking),
        about=f"case:{case.pk}",
        detail={"asking": row.pk, "kind": case.kind, "lane": case.lane, "school": case.school},
        at=at,
    )
    return case


def _actor(asking: NewAsking) -> str:
    if asking.asker is None:
        return actors.STRANGER
    return actors.ASKER if asking.lane is Lane.PRIVATE else actors.person(asking.asker)


def _check(asking: NewAsking, at: datetime) -> None:
    if asking.asker is None and not asking.subject:
        raise ValueError("somebody asks: give an asker or a subject")
    if asking.kind in (Kind.UNBLOCK, Kind.SHOULD_BLOCK) and not asking.host:
        raise Incomplete("host", _("Which site? Give its address."))
    if asking.kind is Kind.RESOURCE and not asking.host and not asking.title.strip():
        raise Incomplete("title", _("Which app, site or download? Give its name or its address."))
    if asking.kind is Kind.RESOURCE and asking.resource is None:
        raise Incomplete("resource", _("Is it an app, a site or a download?"))
    if asking.kind in (Kind.UNBLOCK, Kind.RESOURCE):
        _check_terms(asking, at)
    if asking.lane is Lane.PRIVATE and (
        asking.kind is Kind.RESOURCE or (asking.asker is not None and asking.asker.role != Role.STUDENT.value)
    ):
        raise Incomplete("lane", _("Only what a student asks for can go to the counselor alone."))


def _check_terms(asking: NewAsking, at: datetime) -> None:
    if not any(_audience(asking).values()):
        raise Incomplete("audience", _("For whom? Name a class, a grade, a school or a person."))
    if asking.lasts == Lasts.STANDING.value:
        return
    if asking.ends is None:
        raise Incomplete("ends", _("Until when? Give a date, or ask for it without an end."))
    if asking.ends <= max(at, asking.begins or at):
        raise Incomplete("ends", _("The end has passed already, or comes before the beginning."))


def _audience(asking: NewAsking) -> dict[str, list[str]]:
    unknown = set(asking.audience) - set(AUDIENCE)
    if unknown:
        raise ValueError(f"no audience is called {', '.join(sorted(unknown))}")
    return {kind: list(names) for kind, names in audience(asking.audience).items()}


def _join_key(asking: NewAsking) -> str | None:
    """What is equal for requests that are answered together; None for what is answered alone."""
    if asking.lane is Lane.PRIVATE or not asking.host:
        return None
    what = asking.resource.value if asking.resource is not None else ""
    same = [asking.kind.value, what, asking.school, asking.host, *_place(asking)]
    return _digest(json.dumps(same))


def _place(asking: NewAsking) -> tuple[str, str, str | None]:
    """Reach, path and query, where the path and the query count only as far as they are meant."""
    path = canonical_path(asking.path)
    if asking.reach is Reach.SITE or (asking.reach is Reach.PATH and path == "/"):
        return Reach.SITE.value, "/", None
    return asking.reach.value, path, asking.query if asking.reach is Reach.PAGE else None


def _own_askings(asking: NewAsking, case: Case) -> QuerySet[Asking]:
    """What the same person or device asked for in a case before, also what they withdrew."""
    if asking.asker is None:
        return case.askings.filter(asker=None, subject=asking.subject)
    return case.askings.filter(asker=asking.asker)


def _check_may_join(asking: NewAsking, case: Case) -> None:
    asker = asking.asker or Person.objects.filter(sourced_id=asking.subject).first()
    if asker is None:
        return
    if has_decided(asker, case) or case.moves.filter(by=asker, step__in=HELD_BY).exists():
        raise Forbidden(_("You have worked on the answer to this request; you cannot ask for the same."))


def _check_rate(asking: NewAsking, at: datetime, times: Timetable) -> None:
    lately = Asking.objects.filter(at__gt=at - A_DAY)
    if asking.asker is None:
        if lately.filter(asker=None, subject=asking.subject).count() >= times.requests_per_shared_device:
            raise TooMany(
                _("Many requests came from shared devices like this one in a day. Log in and ask again.")
            )
    elif lately.filter(asker=asking.asker).count() >= times.requests_per_day:
        raise TooMany(
            _("You have asked %(count)d times within a day, which is as often as one person can.")
            % {"count": times.requests_per_day}
        )


def _opened(asking: NewAsking, key: str | None, at: datetime) -> Case:
    reach, path, query = _place(asking)
    return Case.objects.create(
        kind=asking.kind.value,
        state=State.SUBMITTED.value,
        lane=asking.lane.value,
        school=asking.school,
        host=asking.host,
        path=path,
        query=query,
        reach=reach,
        category=asking.category,
        join_key=key,
        opened_at=at,
    )


def _kept(asking: NewAsking, case: Case, at: datetime) -> Asking:
    private = asking.lane is Lane.PRIVATE
    values = {
        "at": at,
        "subject": asking.subject,
        "ticket": asking.ticket or None,
        "code": asking.code,
        "evidence": dict(asking.evidence),
        "url": asking.url,
        "purpose": asking.purpose,
        "course": asking.course,
        "grade": asking.grade,
        "more_at": asking.more_at,
        "title": asking.title,
        "resource": asking.resource.value if asking.resource is not None else "",
        "audience": _audience(asking),
        "school_class": asking.school_class,
        "lasts": Lasts(asking.lasts).value,
        "begins": asking.begins,
        "ends": None if asking.lasts == Lasts.STANDING.value else asking.ends,
        "looked_through_on": asking.looked_through_on,
        "terms": asking.terms,
        "privacy_policy": asking.privacy_policy,
        "guardians_told_on": asking.guardians_told_on,
        "teacher": None if private else asking.teacher,
    }
    return Asking.objects.create(case=case, asker=asking.asker, **values)


def _note_ticket(asking: NewAsking, case: Case, at: datetime) -> None:
    if asking.ticket:
        SeenTicket.objects.get_or_create(pk=asking.ticket, defaults={"case": case, "at": at})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

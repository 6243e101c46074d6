"""What does somebody have in front of them who decides a case?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from proxy.bundle.load import LoadedBundle
from proxy.console.people.models import Person
from proxy.console.review import desk, visibility
from proxy.console.review.in_force import in_force
from proxy.console.review.lately import Lately, lately
from proxy.console.review.models import Appeal, Asking, Case, Decision, Move, Opening
from proxy.console.review.opened import Opened
from proxy.console.review.spoken import Sort, Spoken, sorts_of, spoken
from proxy.console.review.states import Kind, Reach, State, Step
from proxy.console.review.workflow import AWAITED, Actor, steps_from
from proxy.console.site.config import ConsoleConfig
from proxy.decision.names import NameProblem
from proxy.decision.verdict import Action

MOST_ASKINGS = 20
MOST_EARLIER = 8


@dataclass(frozen=True, slots=True)
class Effect:
    """What an approval would do.

    opened   for whom, what, until when
    spoken   what each sort of people is told now and would be told then
    """

    opened: Opened
    spoken: Sequence[Spoken]

    @property
    def is_open_already(self) -> bool:
        """Whether nobody of the audience is refused now."""
        return bool(self.spoken) and not any(one.is_blocked for one in self.spoken)

    @property
    def on_the_floor(self) -> bool:
        """Whether the law asks for the block of somebody here, so that no exception lifts it."""
        return any(one.on_the_floor for one in self.spoken)

    @property
    def stays_blocked(self) -> bool:
        """Whether somebody of the audience would be refused all the same."""
        return any(one.stays_blocked for one in self.spoken)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case with all that bears on it.

    askings      the first of those who ask; `asked` says how many there are
    evidence     the decision as the gateway froze it in a ticket; empty where nobody had one
    address      what is asked about, as a URL where one is known
    offer        what an approval as asked would open; None where it opens nothing
    school       the only one at which an exception by this person counts; "" for every school
    parts        in which parts the person stands to the case
    steps        what they can do now
    """

    case: Case
    person: Person
    at: datetime
    on: date
    askings: Sequence[Asking]
    asked: int
    evidence: Mapping[str, Any]
    address: str
    offer: desk.Offer | None
    school: str
    decisions: Sequence[Decision]
    appeals: Sequence[Appeal]
    openings: Sequence[Opening]
    moves: Sequence[Move]
    earlier: Sequence[Case]
    parts: frozenset[Actor]
    steps: frozenset[Step]

    @property
    def kind(self) -> Kind:
        """What is asked for."""
        return Kind(self.case.kind)

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.case.state)

    @property
    def opened(self) -> Opened | None:
        """What an approval as asked would open; None where it opens nothing."""
        return self.offer.opened if self.offer is not None else None

    @property
    def is_late(self) -> bool:
        """Whether the time that was asked for has passed, so that `opened` is as long a time from now."""
        return self.offer is not None and self.offer.late is not None

    @property
    def is_awaited(self) -> bool:
        """Whether an answer is awaited, so that it matters what an approval would do."""
        return self.state in AWAITED

    @property
    def others(self) -> int:
        """How many ask beside the first."""
        return self.asked - 1

    @property
    def unlisted(self) -> int:
        """How many of those who ask are not in `askings`."""
        return self.asked - len(self.askings)

    @property
    def frozen_at(self) -> datetime | None:
        """When the gateway froze its decision."""
        try:
            moment = datetime.fromisoformat(str(self.evidence.get("at", "")))
        except ValueError:
            return None
        return moment if moment.tzinfo is not None else None

    @property
    def signs_second(self) -> bool:
        """Whether the person is the technician who signs a correction on appeal second, or returns it."""
        return self.can(Step.RETURN_APPEAL) and desk.waits_for_second(self.case)

    @property
    def why_returned(self) -> str:
        """Why nobody signed the correction on the last appeal second; "" where that was not so,
        or the appeal was taken back."""
        last = self.appeals[-1] if self.appeals else None
        if last is None or last.returned_at is None or last.withdrawn_at is not None:
            return ""
        return next((m.note for m in reversed(self.moves) if m.step == Step.RETURN_APPEAL.value), "")

    @property
    def last_move(self) -> int:
        """Id of the last step, by which the desk knows what somebody had on screen."""
        return self.moves[-1].id if self.moves else 0

    def can(self, step: Step) -> bool:
        """Whether the person can take a step now."""
        return step in self.steps

    def why_not(self, step: Step) -> str | None:
        """Why the person cannot take a step, in words for them."""
        return visibility.why_not(self.person, self.case, step, self.on)


def dossier(case: Case, person: Person, at: datetime, on: date) -> Dossier:
    """Put together what the database has."""
    asked = _asked(case)
    askings = list(
        asked.select_related("asker", "teacher", "school_class", "guardian_recorded_by").order_by("id")[
            :MOST_ASKINGS
        ]
    )
    parts = visibility.parts_of(person, case, on)
    school = desk.counts_at(case, person, on)
    return Dossier(
        case=case,
        person=person,
        at=at,
        on=on,
        askings=askings,
        asked=len(askings) if len(askings) < MOST_ASKINGS else asked.count(),
        evidence=next((asking.evidence for asking in askings if asking.evidence.get("event")), {}),
        address=_address(case, askings),
        offer=desk.offer(case, at, school) if case.host or case.kind == Kind.RESOURCE.value else None,
        school=school,
        decisions=list(case.decisions.select_related("decider", "second").order_by("at", "id")),
        appeals=list(case.appeals.select_related("by", "returned_by", "asking__asker").order_by("id")),
        openings=list(case.openings.select_related("revoked_by").order_by("id")),
        moves=list(case.moves.select_related("by").order_by("id")),
        earlier=_earlier(case, person, on),
        parts=parts,
        steps=frozenset(steps_from(State(case.state), parts)),
    )


def _asked(case: Case) -> QuerySet[Asking]:
    """What was asked; without what somebody withdrew and then asked for anew."""
    anew = case.askings.filter(pk__gt=OuterRef("pk")).filter(
        Q(asker=OuterRef("asker")) | Q(asker=None, subject=OuterRef("subject"))
    )
    return case.askings.filter(Q(withdrawn_at__isnull=True) | ~Exists(anew))


def effect(loaded: LoadedBundle | None, found: Dossier, opened: Opened) -> Effect | None:
    """What opening something would do by the policy in force; None where that cannot be said."""
    if loaded is None:
        return None
    block = found.kind is Kind.SHOULD_BLOCK
    opening = opened.as_override("this request", "this request", "", Action.BLOCK if block else Action.ALLOW)
    address = found.address if opened.reach is not Reach.SITE else opened.host
    try:
        return Effect(opened, spoken(loaded, people(loaded, found, opened), address, found.at, opening))
    except NameProblem:
        return None


def people(loaded: LoadedBundle, found: Dossier, opened: Opened) -> list[Sort]:
    """The sorts of people that something opens for; the person who asked where it names nobody."""
    sorts = sorts_of(loaded, opened.whom())
    if sorts or opened.audience:
        return sorts
    subjects = [loaded.identities.named(asking.subject) for asking in found.askings if asking.subject]
    return [Sort(subject, 1) for subject in subjects if subject is not None]


def policy(config: ConsoleConfig) -> LoadedBundle | None:
    """The policy in force."""
    return in_force(config.state)


def events(config: ConsoleConfig, loaded: LoadedBundle | None, found: Dossier) -> Lately | None:
    """What the events say of the case's site; None where it names none."""
    if not found.case.host:
        return None
    sorts = people(loaded, found, found.opened) if loaded is not None and found.opened is not None else []
    return lately(config.state, loaded, found.case.host, sorts, found.at)


def _address(case: Case, askings: Sequence[Asking]) -> str:
    """The address to explain: the page where one is meant, else one that was asked for."""
    if case.reach != Reach.SITE.value:
        query = f"?{case.query}" if case.query else ""
        return f"https://{case.host}{case.path}{query}"
    return next((asking.url for asking in askings if asking.url), case.host)


def _earlier(case: Case, person: Person, on: date) -> list[Case]:
    if not case.host:
        return []
    same = visibility.readable_by(person, on).filter(host=case.host).exclude(id=case.id)
    return list(same.order_by("-opened_at").prefetch_related("decisions__decider")[:MOST_EARLIER])

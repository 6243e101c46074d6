"""How is a step taken: allowed, made, kept and told, all of it or nothing?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from proxy.console.audit import actors
from proxy.console.incidents import visibility
from proxy.console.incidents.models import Incident, Move
from proxy.console.incidents.offers import acts_of
from proxy.console.incidents.states import TABLE, State, Step
from proxy.console.people.models import Person
from proxy.console.review.desk.recording import publish, record
from proxy.console.review.desk.taking import Incomplete
from proxy.console.review.workflow import Forbidden
from proxy.console.site.config import config

MOST_WORDS = 4000
MORE_SEEN = gettext_lazy("More was seen meanwhile than the page showed. Look at it as it stands now.")


class Overtaken(Forbidden):
    """The incident is no longer as it was seen: somebody was faster, or an act joined it. Nothing was done.

    incident   as it is now
    """

    def __init__(self, incident: Incident, why: str) -> None:
        super().__init__(why)
        self.incident = incident


@dataclass(slots=True)
class Turn:
    """A step while it is being taken. Whoever takes it changes the incident's fields, but for the state.

    told        goes into the audit record; ids and figures, no texts, no pseudonyms and no names
    publishes   whether what is permitted may have changed
    """

    incident: Incident
    by: Person
    at: datetime
    before: State
    note: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    publishes: bool = False


@contextmanager
def taking(
    incident_id: int,
    step: Step,
    by: Person,
    *,
    at: datetime,
    seen: int | None = None,
    acts: str | None = None,
) -> Iterator[Turn]:
    """Take a step: what is done inside, the incident's new state, its move and its record are kept together.

    seen   id of the last move that `by` had on screen, 0 for none; None: not known
    acts   which acts they had on screen (`offers.acts_of`); None: the step does not ask

    Raises Incident.DoesNotExist, Forbidden when the step is not `by`'s to take, and Overtaken when somebody
    else changed the incident since, or acts joined it.
    """
    with transaction.atomic():
        incident = Incident.objects.select_for_update().get(pk=incident_id)
        if not visibility.may_review(by, incident, day(at)):
            raise Forbidden(_("This needs somebody with another duty at this school."))
        if seen is not None and incident.moves.filter(pk__gt=seen).exclude(by=by).exists():
            why_not = _("Somebody else has changed this incident meanwhile. Look at it again.")
            raise Overtaken(incident, why_not)
        why = visibility.why_not(by, incident, step, day(at))
        if why is not None:
            raise Forbidden(why)
        if acts is not None and acts != acts_of(incident):
            raise Overtaken(incident, str(MORE_SEEN))
        before = State(incident.state)
        turn = Turn(incident, by, at, before)
        incident.state = TABLE[before, step].after.value
        yield turn
        _record(turn, step)


def _record(turn: Turn, step: Step) -> None:
    """Write a step's move and audit record, the last things in its transaction."""
    incident = turn.incident
    move = Move.objects.create(
        incident=incident,
        step=step.value,
        before=turn.before.value,
        after=incident.state,
        by=turn.by,
        at=turn.at,
        note=turn.note,
    )
    record(f"incident:{incident.pk}", move, actors.person(turn.by), turn.told)
    if turn.publishes:
        publish(turn.at)


def day(at: datetime) -> date:
    """The school's day at a moment."""
    return at.astimezone(config().zone).date()


def words_of(words: str, field: str = "words") -> str:
    """What somebody says, trimmed. Raises Incomplete when that is nothing, or too much."""
    said = words.strip()
    if not said:
        raise Incomplete(field, _("Say why, in a sentence that somebody else understands a year from now."))
    if len(said) > MOST_WORDS:
        raise Incomplete(field, _("This is longer than %(most)d characters.") % {"most": MOST_WORDS})
    return said

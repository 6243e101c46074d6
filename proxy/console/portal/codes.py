"""Which block does a code stand for, and who has tried too often?"""

from datetime import datetime, timedelta

from proxy.console.people.models import Person
from proxy.console.portal.askers import known_to_gateway, logged_in, was_handed_to
from proxy.console.portal.evidence import Met, from_event
from proxy.console.portal.models import WrongCode
from proxy.console.site.config import ConsoleConfig
from proxy.journal.archive import open_events
from proxy.tickets.codes import parse_code

MOST_WRONG = 10
WITHIN = timedelta(hours=1)


class CodeUnknown(Exception):
    """No event has this code, or its event is not kept any more."""


class TooManyCodes(Exception):
    """Too many wrong codes within the last hour."""


def met_by_code(text: str, person: Person, config: ConsoleConfig, at: datetime) -> Met:
    """The block whose page showed this code.

    What one student met is nobody's business among students: their codes lead a student to what they met
    themselves, or what was met on a device that several use.

    Raises CodeProblem for what can be no code, CodeUnknown, and TooManyCodes, which is then raised for
    right ones too.
    """
    if WrongCode.objects.filter(by=person, at__gt=at - WITHIN).count() >= MOST_WRONG:
        raise TooManyCodes
    code = parse_code(text)
    event = open_events(config.state).by_ticket(code)
    met = from_event(event) if event is not None else None
    if met is None or (person.is_student and not _is_theirs(met, person, config)):
        WrongCode.objects.filter(at__lte=at - WITHIN).delete()
        WrongCode.objects.create(by=person, at=at)
        raise CodeUnknown
    return met


def _is_theirs(met: Met, student: Person, config: ConsoleConfig) -> bool:
    if not met.subject or was_handed_to(logged_in(student), met, config):
        return True
    known = known_to_gateway(met, config)
    return known is not None and known.person is None

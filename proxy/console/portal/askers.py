"""Who asks: somebody logged in, or whom the gateway knew when it handed out the ticket?"""

import logging
from dataclasses import dataclass

from proxy.console.people.models import Person
from proxy.console.people.today import today
from proxy.console.portal.evidence import Met
from proxy.console.site.config import ConsoleConfig
from proxy.journal.pseudonym import PseudonymKeyError, Pseudonyms

log = logging.getLogger("schoolgate.console")


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who can ask.

    person    None: a device of the roster that several people use
    subject   roster id, or the device's id; "" of people whom the roster does not have
    known_by  `login`, or `ticket`: the gateway knew them, and this is all they can do without a log-in
    """

    person: Person | None
    subject: str
    school: str
    known_by: str

    @property
    def is_student(self) -> bool:
        """Whether the short form is shown, and the way to the counselor; a shared device is a student's."""
        return self.person is None or self.person.is_student

    @property
    def grade(self) -> str:
        """As the roster has it."""
        return self.person.grade if self.person is not None else ""


def logged_in(person: Person) -> Asker:
    """Somebody who has logged in."""
    return Asker(person, person.sourced_id or "", person.school, "login")


def known_to_gateway(met: Met, config: ConsoleConfig) -> Asker | None:
    """The student or device of the roster that a ticket was handed out to.

    None for an unidentified client, a guest, a member of staff (who can do more, and so must log in), for
    somebody whose account cannot be used any more, and for everybody while the gateway's key cannot be read.
    """
    if not met.subject:
        return None
    try:
        pseudonyms = Pseudonyms.open_or_create(config.state / "keys")
    except (PseudonymKeyError, OSError) as problem:
        log.error("nobody is known by a ticket, for the pseudonyms cannot be told: %s", problem)
        return None
    students = Person.objects.filter(role="student", sourced_id__isnull=False)
    for person in students.only("sourced_id", "school", "role", "enabled", "ends_on", "grade").iterator():
        if pseudonyms.of(person.sourced_id or "") == met.subject:
            usable = Person.objects.get(pk=person.pk)
            return (
                Asker(usable, usable.sourced_id or "", usable.school, "ticket")
                if usable.may_use(today())
                else None
            )
    for device in config.settings.devices:
        if device.subject is None and pseudonyms.of(device.id) == met.subject:
            return Asker(None, device.id, device.school or "", "ticket")
    return None


def was_handed_to(asker: Asker, met: Met, config: ConsoleConfig) -> bool:
    """Say whether a ticket was handed out to this very person or device, as far as the gateway knew."""
    if not (asker.subject and met.subject):
        return False
    try:
        return Pseudonyms.open_or_create(config.state / "keys").of(asker.subject) == met.subject
    except (PseudonymKeyError, OSError):
        return False  # `known_to_gateway` says so

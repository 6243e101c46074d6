"""Who looks at a reviewers' page, and when?"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from django.http import HttpRequest

from proxy.console.people.models import Person
from proxy.console.site import clock
from proxy.console.site.config import ConsoleConfig, config


@dataclass(frozen=True, slots=True)
class Visit:
    """A person at a moment.

    on    the day of the school's calendar, by which duties count
    """

    person: Person
    at: datetime
    on: date
    config: ConsoleConfig

    @property
    def schools(self) -> list[tuple[str, str]]:
        """Id and title of each school, in the order of the settings."""
        return [(school.id, school.title or school.id) for school in self.config.settings.schools]


def visit(request: HttpRequest) -> Visit:
    """Read a visit off a request that the gate has let in, so that somebody is signed in."""
    at, running = clock.now(), config()
    return Visit(cast(Person, request.user), at, at.astimezone(running.zone).date(), running)

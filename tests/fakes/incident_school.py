"""A pytest plugin: a school whose incidents are looked at, on a Monday, with a policy in force.

def test_a_page(school):
    found = school.incident(about=school.student)
    assert school.browser(school.safeguarding).get(f"/incidents/{found.pk}/").status_code == 200
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from console_people import logged_in
from found_incidents import Act, incident
from proxy.bundle.publish import publish_base
from proxy.console.incidents import desk
from proxy.console.incidents.models import Incident
from proxy.console.incidents.states import State
from proxy.console.people.models import Person
from proxy.console.site import clock
from proxy.console.site.config import config, use
from proxy.settings.schema.incidents import IncidentSettings
from review_office import MONDAY, Office


class IncidentSchool(Office):
    """People with one duty each, and incidents."""

    def incident(self, *acts: Act, about: Person | None = None, **fields: Any) -> Incident:
        """An incident that has opened."""
        return incident(about, acts=acts or (Act(),), **fields)

    def taken(self, *acts: Act, **fields: Any) -> Incident:
        """One that the safeguarding officer has taken up."""
        return desk.take_up(self.incident(*acts, **fields).pk, self.safeguarding, at=MONDAY)

    def ended(self, outcome: State, *acts: Act, words: str = "We talked.", **fields: Any) -> Incident:
        """One that the safeguarding officer has ended."""
        found = self.taken(*acts, **fields)
        return desk.end(found.pk, self.safeguarding, at=MONDAY, outcome=outcome, words=words)

    def browser(self, person: Person) -> Client:
        """One in which somebody is logged in; what it asks for again, it may."""
        return logged_in(person)

    def settings(self, **keys: Any) -> None:
        """Change settings of incidents."""
        running = config()
        changed = running.settings.incidents.model_copy(update=keys)
        use(replace(running, settings=running.settings.model_copy(update={"incidents": changed})))


@pytest.fixture(scope="session")
def _incidents_policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("incidents-policy")
    publish_base(config().settings, state, now=MONDAY, say=lambda line: None)
    return state


@pytest.fixture
def school(db: None, _incidents_policy: Path) -> Iterator[IncidentSchool]:
    """The school, on a Monday at nine."""
    before = config()
    usual = before.settings.model_copy(update={"incidents": IncidentSettings()})
    use(replace(before, state=_incidents_policy, settings=usual))
    clock.set_to(MONDAY)
    try:
        yield IncidentSchool()
    finally:
        clock.set_to(None)
        use(before)

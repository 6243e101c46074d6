"""What tests of the reviewers' pages have at hand."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from console_people import logged_in
from proxy.bundle.publish import publish_base
from proxy.console.people.models import Person
from proxy.console.site import clock
from proxy.console.site.config import config, use
from review_office import MONDAY


@pytest.fixture(autouse=True)
def _on_monday():
    """It is nine o'clock on a Monday."""
    clock.set_to(MONDAY)
    yield
    clock.set_to(None)


@pytest.fixture
def browser(db):
    """`browser(person)`: one in which somebody is logged in, with a second factor where one is needed."""

    def open_for(person: Person, **options: object) -> Client:
        return logged_in(person, Client(**options))

    return open_for


@pytest.fixture(scope="session")
def _published_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("published")
    publish_base(config().settings, state, now=MONDAY, say=lambda line: None)
    return state


@pytest.fixture
def published(_published_state: Path):
    """A console beside a gateway in which the demo school's policy is in force."""
    before = config()
    use(replace(before, state=_published_state))
    yield config()
    use(before)

"""What tests of incidents have at hand."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from acts_seen import WEIGHTS, known
from proxy.console.incidents import reading
from proxy.console.site.config import ConsoleConfig, config, use
from review_office import Office


@pytest.fixture
def office(db: None) -> Office:
    """A school's people, made as they are mentioned."""
    return Office()


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A state directory of the test's own."""
    before = config()
    use(replace(before, state=tmp_path))
    yield tmp_path
    use(before)


@pytest.fixture
def with_incidents() -> Iterator[Callable[..., ConsoleConfig]]:
    """Change settings of incidents for one test: `with_incidents(opens_at=2)`."""
    before = config()

    def change(**keys: object) -> ConsoleConfig:
        running = config()
        incidents = running.settings.incidents.model_copy(update=keys)
        use(replace(running, settings=running.settings.model_copy(update={"incidents": incidents})))
        return config()

    yield change
    use(before)


@pytest.fixture
def known_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy in force that knows a few techniques."""
    techniques = {id_: known(id_, weight) for id_, weight in WEIGHTS.items()}
    loaded = SimpleNamespace(knowledge=SimpleNamespace(techniques=techniques))
    monkeypatch.setattr(reading, "in_force", lambda state: loaded)


@pytest.fixture
def officers(office: Office) -> Office:
    """The school with its safeguarding officers there, whatever the database refuses."""
    assert office.safeguarding != office.safeguarding2
    return office

from pathlib import Path

import pytest

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.surroundings import Surroundings
from proxy.settings.bypass.reading import read_knowledge


@pytest.fixture(scope="session")
def shipped() -> Knowledge:
    """What the files that come with the filter say."""
    around = Surroundings(zones=frozenset({"school.example.org"}))
    knowledge, problems = read_knowledge(Path("blocklists/bypass"), around)
    assert problems == ()
    return knowledge

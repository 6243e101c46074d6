import ipaddress
from pathlib import Path

import pytest

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.surroundings import Surroundings
from proxy.settings.bypass.reading import read_knowledge


@pytest.fixture(scope="session")
def shipped() -> Knowledge:
    """What the files that come with the filter say, in a school with a network for its staff."""
    around = Surroundings(
        networks=(ipaddress.ip_network("198.51.100.0/24"),),
        zones=frozenset({"school.example.org"}),
        privileged=(ipaddress.ip_network("10.20.8.0/24"),),
    )
    knowledge, problems = read_knowledge(Path("blocklists/bypass"), around)
    assert problems == ()
    return knowledge

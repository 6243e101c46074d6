"""One world for all tests of this folder."""

from collections.abc import Iterator

import pytest

from adversary_world import AdversaryWorld, adversary_world
from namespaces import need


@pytest.fixture(scope="package")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdversaryWorld]:
    need("conntrack")
    with adversary_world(tmp_path_factory.mktemp("adversaries")) as made:
        yield made


@pytest.fixture
def world(whole: AdversaryWorld) -> Iterator[AdversaryWorld]:
    """The world with the filter off, as each test begins."""
    whole.off()
    return whole

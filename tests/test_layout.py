"""Does every source file have its test file, where a newcomer looks for it?"""

from pathlib import Path

import pytest

ROOTS = ("proxy", "addons")
UNTESTED_NAMES = {
    "__init__.py": "a docstring, or names handed on",
    "__main__.py": "starts what is tested; run as a process by other tests",
    "apps.py": "tells Django the name of an app",
}
CONSOLE = Path("proxy/console")
OF_EVERY_APP = {
    "migrations": "tests/proxy/console/test_migrations.py",
    "models.py": "tests/proxy/console/test_migrations.py",
    "urls.py": "tests/proxy/console/test_role_matrix.py",
}
"""What each app of the console has, and the test that looks at it in all of them."""
PIPELINE = "tests/proxy/decision/test_pipeline.py"
SIGNS = "tests/proxy/decision/test_signs.py"
ELSEWHERE = {
    # Checks are only worth something in their order, so the pipeline's tests ask them.
    "proxy/decision/checks/": PIPELINE,
    "proxy/decision/audience.py": PIPELINE,
    "proxy/decision/case.py": PIPELINE,
    "proxy/decision/handling.py": PIPELINE,
    "proxy/decision/view.py": PIPELINE,
    "addons/codings.py": "tests/addons/test_coded_bodies.py",
    "proxy/bypass/observed.py": "tests/proxy/bypass/test_noticing.py",
    "proxy/bypass/packets/seen.py": "tests/proxy/packets/test_headers.py",
    "proxy/bypass/packets/table.py": "tests/proxy/settings/bypass/test_packets.py",
    "proxy/settings/bypass/family.py": "tests/proxy/settings/bypass/test_reading.py",
    "proxy/settings/bypass/ids.py": "tests/proxy/settings/bypass/test_reading.py",
    "proxy/settings/bypass/ordinary.py": "tests/proxy/settings/bypass/test_tables.py",
    "proxy/console/incidents/guarded_seen.py": "tests/proxy/console/incidents/test_guarded_pardons.py",
    # What signs come to, seen in verdicts.
    "proxy/decision/permits.py": SIGNS,
    "proxy/decision/signed.py": SIGNS,
    # Values without behaviour of their own.
    "proxy/decision/listing.py": PIPELINE,
    "proxy/decision/policy.py": PIPELINE,
    "proxy/decision/request.py": PIPELINE,
    "proxy/decision/verdict.py": PIPELINE,
    "proxy/bench/errors.py": "tests/proxy/bench/test_programs.py",
    "proxy/replay/errors.py": "tests/proxy/commands/test_replay.py",
    "proxy/bundle/errors.py": "tests/proxy/bundle/test_load.py",
    # Seen from outside, as a person uses them, on a running filter.
    "proxy/decision/explain.py": "tests/journeys/test_first_day.py",
    "proxy/commands/up.py": "tests/network/test_block_page_ports.py",
    "proxy/journal/wanted.py": "tests/proxy/journal/test_read.py",
}
"""A source file, or a folder of small ones, and the test file that tests it under another name.

This list shrinks: a line for what has a test file of its own, or is gone, fails the test below.
"""


def sources():
    for root in ROOTS:
        for path in sorted(Path(root).rglob("*.py")):
            if path.name not in UNTESTED_NAMES:
                yield path


def own_tests(source):
    """The file's own test, or one for the whole package it is in."""
    folder = Path("tests") / source.parent
    return [folder / f"test_{source.name}", folder.parent / f"test_{source.parent.name}.py"]


def elsewhere(source):
    if source.is_relative_to(CONSOLE):
        for part in {source.name, source.parent.name} & set(OF_EVERY_APP):
            return OF_EVERY_APP[part]
    places = [str(source), *(f"{parent}/" for parent in source.parents)]
    return next((place for place in places if place in ELSEWHERE), None)


@pytest.mark.parametrize("source", list(sources()), ids=str)
def test_each_source_file_has_a_test_file(source):
    if any(test.exists() for test in own_tests(source)):
        return
    place = elsewhere(source)
    assert place is not None, f"{source} wants {own_tests(source)[0]}"
    if place in OF_EVERY_APP.values():
        assert Path(place).exists()
        return
    assert Path(ELSEWHERE[place]).exists(), f"{ELSEWHERE[place]}, which should test {place}, is gone"


@pytest.mark.parametrize("place", ELSEWHERE)
def test_no_exception_is_kept_longer_than_needed(place):
    covered = [source for source in sources() if elsewhere(source) == place]
    assert covered, f"{place} is gone; take it off the list"
    needing = [source for source in covered if not any(test.exists() for test in own_tests(source))]
    assert needing, f"{place} has tests of its own now; take it off the list"


def test_no_drawers():
    drawers = {"utils", "helpers", "common", "misc", "core"}
    found = [str(path) for root in ROOTS for path in Path(root).rglob("*") if path.stem in drawers]
    assert found == []

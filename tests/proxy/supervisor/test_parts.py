from pathlib import Path

import pytest

from proxy.settings.loading import load
from proxy.supervisor.parts import console_parts, packet_parts, parts_of, workers

DEMO = Path(__file__).parent.parent.parent.parent / "config" / "demo"


def test_a_gateway_has_resolver_and_proxy_workers_that_share_one_listening_socket():
    settings = load(DEMO).settings
    assert settings is not None
    parts = parts_of(settings, DEMO, 7)
    assert [part.name for part in parts] == ["dns-0", "dns-1", "http-0", "http-1"]
    assert [part.pass_fds for part in parts] == [(), (), (7,), (7,)]
    assert parts[3].argv[-4:] == ("--worker", "1", "--listen-fd", "7")


def test_no_number_means_one_worker_for_each_core():
    assert workers(3) == 3
    assert workers(0) >= 1


def test_what_the_packet_filter_refused_is_recorded_where_there_is_one():
    example = DEMO.parent / "examples" / "one-school"
    settings = load(example).settings
    assert settings is not None
    (part,) = packet_parts(settings, example)
    assert part.argv[3:] == ("packets", "watch", "--config", str(example), "--stay")
    assert not part.filters
    assert packet_parts(settings.model_copy(update={"packets": None}), example) == []


def test_the_console_runs_beside_the_filter_when_the_settings_have_one():
    settings = load(DEMO).settings
    assert settings is not None
    parts = console_parts(settings, DEMO)
    assert [(part.name, part.argv[3:], part.filters) for part in parts] == [
        ("console", ("console", "--config", str(DEMO)), False),
        ("timers", ("timers", "--config", str(DEMO)), False),
    ]
    assert all(part.argv[-1] == "--demo" for part in console_parts(settings, DEMO, demo=True))
    assert console_parts(settings.model_copy(update={"console": None}), DEMO) == []


@pytest.mark.parametrize(("gateway", "count"), [("demo", 2), ("north-2", 0)])
def test_of_gateways_that_share_their_settings_one_runs_the_console(gateway, count):
    settings = load(DEMO).settings
    assert settings is not None
    console = settings.console.model_copy(update={"gateway": gateway})
    assert len(console_parts(settings.model_copy(update={"console": console}), DEMO)) == count


def test_the_filters_own_parts_are_needed_for_it_to_be_ready():
    settings = load(DEMO).settings
    assert settings is not None
    assert all(part.filters for part in parts_of(settings, DEMO, 7))

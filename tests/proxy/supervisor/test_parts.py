from pathlib import Path

from proxy.settings.loading import load
from proxy.supervisor.parts import parts_of, workers

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

import asyncio
import socket

from policies import school_time
from proxy.gateway import Gateway
from proxy.settings.fields import Endpoint
from proxy.settings.loading import load
from proxy.supervisor.worker import administration, share_of_events
from written_school import WrittenSchool, write_school


def settings_of(school: WrittenSchool, **gateway: object):
    settings = load(school.config).settings
    assert settings is not None
    return settings.model_copy(update={"gateway": settings.gateway.model_copy(update=gateway)})


def test_the_size_bound_of_all_events_is_shared_out_among_the_workers(tmp_path):
    settings = settings_of(write_school(tmp_path), workers_dns=1, workers_http=3)
    assert share_of_events(settings) == settings.journal.max_bytes // 4


def test_a_share_is_never_less_than_one_file(tmp_path):
    settings = settings_of(write_school(tmp_path), workers_dns=200, workers_http=250)
    small = settings.model_copy(
        update={"journal": settings.journal.model_copy(update={"max_bytes": 1 << 20})}
    )
    assert share_of_events(small) == settings.journal.segment_bytes


def test_a_worker_goes_on_without_metrics_when_its_port_is_taken(tmp_path, caplog):
    school = write_school(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = Endpoint("127.0.0.1", taken.getsockname()[1] - 1)
        settings = settings_of(school, admin_listen=listen)
        gateway = Gateway(school.state, clock=lambda: school_time("10:40"))
        assert asyncio.run(administration(settings, 0, gateway)) is None
    assert "metrics are not served: 127.0.0.1 port" in caplog.text

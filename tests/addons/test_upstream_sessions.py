"""A server that proved its name lately resumes; another never profits from it."""

import ssl

import pytest

from fake_origins import TestAuthority, http_origin
from school_proxy import records_for, school

NAMES = records_for("learn.test", "other.test")


def get(run, host: str, port: int) -> int:
    with run.client() as client:
        return client.get(f"https://{host}:{port}/").status_code


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_second_connection_to_a_server_resumes(tmp_path, version):
    origins = TestAuthority(tmp_path)
    context = origins.context("learn.test")
    context.maximum_version = version
    with (
        http_origin(tls=context) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        for _ in range(2):
            assert get(run, "learn.test", origin.port) == 200
            run.wait_until_idle()
        assert context.session_stats()["hits"] == 1


def test_a_session_of_one_name_is_not_offered_for_another(tmp_path):
    origins = TestAuthority(tmp_path)
    context = origins.context("learn.test")
    with (
        http_origin(tls=context) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        assert get(run, "learn.test", origin.port) == 200
        run.wait_until_idle()
        assert get(run, "other.test", origin.port) == 502
        assert get(run, "learn.test", origin.port) == 200
        assert context.session_stats()["hits"] == 1

"""The worker as a whole: start, memory, stop."""

import gc
import socket
from dataclasses import replace

import pytest
from mitmproxy import http

from fake_origins import TestAuthority, http_origin
from known_ways import delivered
from looked_into import answer
from proxy.bundle.load import LoadedBundle
from proxy.frontdoor.sessions import Session
from school_proxy import read_all, records_for, school

NAMES = records_for("learn.test", "games.test")


def test_an_allowed_page_comes_through(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run:
        with run.client() as client:
            got = client.get(f"http://learn.test:{origin.port}/a?b=1")
        assert (got.status_code, got.text) == (200, "origin says /a?b=1")
        assert [seen.headers["host"] for seen in origin.requests] == [f"learn.test:{origin.port}"]


def flows_and_sessions() -> set[int]:
    gc.collect()
    # By type(): isinstance would ask lazy objects of other tests for their class, and wake them.
    return {id(one) for one in gc.get_objects() if issubclass(type(one), http.HTTPFlow | Session)}


def test_no_flow_and_no_session_outlives_its_connection(tmp_path):
    origins, of_others = TestAuthority(tmp_path), flows_and_sessions()
    with (
        http_origin(
            lambda _: answer(b"page", "text/html", pieces=2), origins.context("learn.test")
        ) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        for known in [None, delivered()] * 5:
            run.gateway.knowledge = known
            with run.client() as client:
                for number in range(15):
                    client.get(f"https://learn.test:{origin.port}/{number}")
                    client.get(f"https://games.test:{origin.port}/{number}")
        run.events_when(lambda events: len(events) == 300)
        run.wait_until_idle()
        assert not flows_and_sessions() - of_others
        with run.client() as client:
            client.get(f"https://learn.test:{origin.port}/")
            assert flows_and_sessions() - of_others


def test_after_stop_the_ports_are_closed_and_open_connections_have_ended(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        port, waiting = run.port, run.connect()
    assert read_all(waiting) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=60)


def test_a_swapped_policy_counts_for_connections_that_are_open(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run, run.client() as client:
        url = f"http://games.test:{origin.port}/"
        assert client.get(url).status_code == 403
        gateway = run.gateway
        opened = replace(gateway.policy, base=8, listings=type(gateway.policy.listings)({}))
        run.on_loop(gateway.swap, LoadedBundle(opened, gateway.settings, gateway.identities))
        assert client.get(url).status_code == 200

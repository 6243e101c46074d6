"""What is dialled is what was judged."""

import asyncio
import socket
from dataclasses import replace

import pytest

import policies
from fake_origins import http_origin, raw_origin
from greetings import client_hello
from proxy.decision.request import Attempt, Stage
from proxy.decision.verdict import Action
from proxy.frontdoor.sessions import Exchange, Session
from school_proxy import BYOD, PUPIL, read_all, records_for, school

ADDRESSES = {("learn.test", "A"): "127.0.0.1", ("inside.example", "A"): "127.0.0.1"}


def get(run, url: str, port: int | None = None, host: str = "learn.test") -> bytes:
    with run.connect(port=port) as connection:
        connection.sendall(f"GET {url} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return read_all(connection)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"],
)
def test_no_spelling_of_loopback_is_reached(tmp_path, host):
    with raw_origin() as target, school(tmp_path, records=ADDRESSES) as run:
        assert get(run, f"http://{host}:{target.port}/", host=host)[9:12] in (b"403", b"400", b"502")
        assert target.connections == 0


def test_the_proxy_does_not_lead_to_itself(tmp_path):
    with school(tmp_path, records=ADDRESSES, listen="127.0.0.1:18080") as run:
        assert get(run, "http://learn.test:18080/")[9:12] == b"403"


def test_a_name_outside_local_zones_cannot_lead_inside(tmp_path):
    with raw_origin() as target, school(tmp_path, records=ADDRESSES) as run:
        answer = get(run, f"http://inside.example:{target.port}/", host="inside.example")
        assert answer[9:12] == b"403"
        assert target.connections == 0
        assert [(e.host, e.action) for e in run.events()] == [("inside.example", Action.BLOCK)]


def test_a_redirected_client_gets_its_destination_when_the_name_has_it(tmp_path):
    """Two addresses: the client's packets go to the second, and so does the proxy."""
    with http_origin(host="127.0.0.3") as second:
        records = {("learn.test", "A"): "127.0.0.1", ("two.test", "A"): "127.0.0.3"}
        with school(tmp_path, records=records) as run:
            run.going_to.append(("127.0.0.3", second.port))
            assert get(run, "/", run.transparent_port, "two.test")[9:12] == b"200"


def test_a_redirected_client_that_chose_another_address_gets_the_judged_one(tmp_path):
    with raw_origin(host="127.0.0.3") as evil, school(tmp_path, records=ADDRESSES) as run:
        run.going_to.append(("127.0.0.3", evil.port))
        assert get(run, "/", run.transparent_port)[9:12] == b"502"
        assert evil.connections == 0


def test_a_greeting_leads_to_an_address_of_its_name_or_nowhere(tmp_path):
    """Wherever the client's packets were going: a name without an address is dialled nowhere."""
    records = {("has.test", "A"): "127.0.0.3", ("elsewhere.test", "A"): "127.0.0.1"}
    with raw_origin(host="127.0.0.3") as evil, school(tmp_path, records=records) as run:
        run.going_to.append(("127.0.0.3", evil.port))
        reached = []
        for name in ("has.test", "elsewhere.test", "hasnone.test"):
            before = evil.connections
            with run.connect(BYOD, run.transparent_port) as connection:
                connection.sendall(client_hello(name))
                connection.shutdown(socket.SHUT_WR)
                read_all(connection)
            reached.append(evil.connections - before)
        assert reached == [1, 0, 0]


def test_many_requests_of_one_client_share_a_connection_to_the_server(tmp_path):
    with http_origin() as origin, school(tmp_path, records=records_for("learn.test", "other.test")) as run:
        with run.client() as client:
            for number in range(5):
                assert client.get(f"http://learn.test:{origin.port}/{number}").status_code == 200
        assert (len(origin.requests), origin.connections) == (5, 1)


def test_the_filter_s_own_pages_are_reached_through_the_proxy_under_their_name_only(tmp_path):
    names = records_for("block.school.example", "learn.test")
    with http_origin() as page, school(tmp_path, records=names, page_port=page.port) as run:
        own = get(run, f"http://block.school.example:{page.port}/", host="block.school.example")
        assert own[9:12] == b"200"
        assert get(run, f"http://learn.test:{page.port}/")[9:12] == b"403"


def test_an_address_that_did_not_answer_is_avoided_for_a_while(tmp_path):
    records = {("learn.test", "A"): "127.0.0.1", ("learn.test", "AAAA"): "::1"}
    with http_origin(host="::1") as origin, school(tmp_path, records=records) as run:
        url = f"http://learn.test:{origin.port}/"
        assert get(run, url)[9:12] == b"502"
        assert get(run, url)[9:12] == b"200"


@pytest.mark.parametrize(
    ("at", "blocked", "until"), [("12:10", False, "12:30"), ("11:50", True, "12:00")], ids=["open", "closed"]
)
def test_the_address_that_another_one_stands_for_is_judged_again_too(tmp_path, at, blocked, until):
    lunch = replace(
        policies.PUPILS,
        rules=(
            policies.rule("games", "allow", policies.LUNCH, "pupils"),
            policies.rule("games", scope="pupils"),
        ),
    )
    with school(
        tmp_path,
        records=ADDRESSES,
        listed={"8.8.8.8": ["games"]},
        scopes=(lunch,),
        clock=lambda: policies.school_time(at),
    ) as run:
        session, dialling = Session(PUPIL), run.proxy.door.dialling
        behind = asyncio.run_coroutine_threadsafe(dialling.behind(session, "64:ff9b::808:808"), run.loop)
        assert behind.result(60) == (blocked, policies.school_time(until))
        found = run.on_loop(dialling.known, session, "64:ff9b::808:808", 443)
        assert (found.address is None) is blocked
        assert found.until == (None if blocked else policies.school_time(until))


def test_the_next_address_is_tried_for_no_longer_than_its_own_verdict_holds(tmp_path):
    lunch = replace(
        policies.PUPILS,
        rules=(
            policies.rule("games", "allow", policies.LUNCH, "pupils"),
            policies.rule("games", scope="pupils"),
        ),
    )
    records = {("learn.test", "A"): "8.8.8.8", ("learn.test", "AAAA"): "2001:4860:4860::8888"}
    with school(
        tmp_path,
        records=records,
        listed={"2001:4860:4860::8888": ["games"]},
        scopes=(lunch,),
        clock=lambda: policies.school_time("12:10"),
    ) as run:
        door, session = run.proxy.door, Session(PUPIL)
        session.server_name = "learn.test"
        found = asyncio.run_coroutine_threadsafe(door.dialling.find(session, "learn.test", 443), run.loop)
        first = found.result(60).address
        judgement = run.on_loop(run.gateway.judge, Attempt(PUPIL, Stage.TLS, "learn.test"))
        session.tunnel = Exchange.of(judgement, [judgement])
        other = run.on_loop(door.unreached, session, first)
        assert {first, other} == {("8.8.8.8", 443), ("2001:4860:4860::8888", 443)}
        assert session.tunnel.until == policies.school_time("12:30")


def test_what_is_known_of_a_name_says_as_well_when_to_judge_it_again(tmp_path):
    lunch = policies.rule("games", schedule=policies.LUNCH, scope="pupils")
    with school(
        tmp_path,
        records={("learn.test", "A"): "203.0.113.7"},
        listed={"203.0.113.7": ["games"]},
        scopes=(replace(policies.PUPILS, rules=(lunch,)),),
        clock=lambda: policies.school_time("11:50"),
    ) as run:
        session, dialling = Session(PUPIL), run.proxy.door.dialling
        finding = asyncio.run_coroutine_threadsafe(dialling.find(session, "learn.test", 443), run.loop)
        first, again = finding.result(60), run.on_loop(dialling.known, session, "learn.test", 443)
        assert first == again
        assert first.until == policies.school_time("12:00")

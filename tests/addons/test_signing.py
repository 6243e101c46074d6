"""What detectors see in live requests is judged before anything is dialled, and stands in the event."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest

import policies
from fake_origins import TestAuthority, http_origin
from known_ways import delivered
from proxy.decision.permits import Permit
from proxy.decision.verdict import Action, Reason
from proxy.gateway import utc_now
from school_proxy import TEACHER, records_for, school

INSIDE = "www-games-test.translate.goog"
OPEN_INSIDE = "www-learn-test.translate.goog"
NAMES = records_for("learn.test", "games.test", INSIDE, OPEN_INSIDE)
ZONES = ["test", "translate.goog"]
QUESTION = b"\0\0\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1"
BARE = {"X-Bare-Url": "https://games.test/", "X-Bare-Headers": "{}"}


def technique(run) -> str:
    [event] = run.events()
    assert (event.action, event.reason, event.list_id) == (Action.BLOCK, Reason.WAY_AROUND, "bypass")
    return event.rule


def asked_of(tmp_path, ask, knowledge=None):
    """Ask a school that knows ways around; returns the answer, the technique it was stopped for, and how many
    connections the server got."""
    with http_origin() as origin, school(tmp_path, records=NAMES, local_zones=ZONES) as run:
        run.gateway.knowledge = knowledge or delivered()
        with run.client() as client:
            answer = ask(client, origin.port)
        return answer, technique(run), origin.connections


def get(path: str, **fields: str):
    return lambda client, port: client.get(f"http://learn.test:{port}{path}", headers=fields)


def post(path: str, body: bytes, **fields: str):
    return lambda client, port: client.post(f"http://learn.test:{port}{path}", content=body, headers=fields)


UV = "/lessons/" + "".join(
    chr(ord(c) ^ 2) if at % 2 else c for at, c in enumerate("https://www.example.com/")
).replace("/", "%2F")


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        pytest.param(get("/cron/", **BARE), "webproxy.bare", id="a bare request on any path"),
        pytest.param(get(UV), "webproxy.ultraviolet.url", id="an address in Ultraviolet's code"),
        pytest.param(
            get("/x?a=" + base64.urlsafe_b64encode(QUESTION).decode().rstrip("=")),
            "dns.doh",
            id="DNS in a query",
        ),
        pytest.param(post("/api", QUESTION), "dns.doh", id="DNS in a body"),
    ],
)
def test_a_way_around_is_stopped_before_anything_is_dialled(tmp_path, ask, expected):
    answer, technique, connections = asked_of(tmp_path, ask)
    assert (answer.status_code, technique, connections) == (403, expected, 0)
    assert delivered().techniques[expected].explanation in answer.text


def test_it_is_stopped_inside_tls_and_over_http2(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("learn.test")) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        run.gateway.knowledge = delivered()
        url = f"https://learn.test:{origin.port}/cron/"
        with run.client() as http1, run.client(http2=True) as http2:
            answers = [client.get(url, headers=BARE) for client in (http1, http2)]
        assert [(one.status_code, one.http_version) for one in answers] == [
            (403, "HTTP/1.1"),
            (403, "HTTP/2"),
        ]
        assert {event.rule for event in run.events()} == {"webproxy.bare"}
        assert origin.connections == 0


def test_a_translated_page_is_judged_by_the_page_inside(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES, local_zones=ZONES) as run:
        run.gateway.knowledge = delivered()
        with run.client() as client:
            blocked = client.get(f"http://{INSIDE}:{origin.port}/")
            opened = client.get(f"http://{OPEN_INSIDE}:{origin.port}/")
        assert (blocked.status_code, opened.status_code, len(origin.requests)) == (403, 200, 1)
        assert "This address shows www.games.test inside it." in blocked.text
        events = run.events_when(lambda found: len(found) == 2)
        assert [(one.host, one.reason) for one in events] == [
            (INSIDE, Reason.CATEGORY),
            (OPEN_INSIDE, Reason.DEFAULT),
        ]


def test_what_no_reviewer_could_open_is_not_offered_to_be_asked_for(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES, local_zones=ZONES) as run:
        run.gateway.knowledge = delivered()
        with run.client(headers={"Accept": "text/html"}) as client:
            around = client.get(f"http://learn.test:{origin.port}/", headers=BARE).text
            inside = client.get(f"http://{INSIDE}:{origin.port}/").text
        assert ("Do you need this page?" in around, "Is this a mistake?" in around) == (False, True)
        assert ("Do you need this page?" in inside, "Is this a mistake?" in inside) == (True, False)


def test_who_has_a_permit_is_let_through_until_it_ends(tmp_path):
    permit = Permit("lab", "webproxy.bare", "office", "a lesson", ends=utc_now() + timedelta(hours=1))
    staff = replace(policies.STAFF, permits=(permit,), pass_lists=())
    with http_origin() as origin, school(tmp_path, records=NAMES, scopes=(staff,)) as run:
        run.gateway.knowledge = delivered()
        url = f"http://learn.test:{origin.port}/cron/"
        with run.client() as pupil, run.client(TEACHER) as teacher:
            answers = [client.get(url, headers=BARE).status_code for client in (pupil, teacher)]
        assert (answers, origin.connections) == ([403, 200], 1)


def test_without_knowledge_nothing_is_looked_at(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run, run.client() as client:
        assert client.get(f"http://learn.test:{origin.port}/cron/", headers=BARE).status_code == 200
        assert client.post(f"http://learn.test:{origin.port}/x", content=QUESTION).status_code == 200


def test_a_weak_sign_alone_lets_pass(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run, run.client() as client:
        run.gateway.knowledge = delivered()
        answer = client.get(f"http://learn.test:{origin.port}/", headers={"X-Forwarded-For": "198.51.100.1"})
        assert answer.status_code == 200
        [event] = run.events_when(bool)
        assert (event.action, event.reason) == (Action.ALLOW, Reason.DEFAULT)


def test_a_detector_that_fails_refuses(tmp_path):
    known = replace(delivered(), exchange=None)
    answer, technique, connections = asked_of(tmp_path, get("/"), known)
    assert (answer.status_code, technique, connections) == (403, "fault.detector", 0)


def test_an_upload_without_a_sign_arrives_whole(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run:
        run.gateway.knowledge = delivered()
        with run.client() as client:
            for body in (b"u" * 1000, b"u" * 3_000_000):
                client.post(f"http://learn.test:{origin.port}/", content=body)
                client.post(f"http://learn.test:{origin.port}/", content=(body[:500], body[500:]))
        assert [len(seen.body) for seen in origin.requests] == [1000, 1000, 3_000_000, 3_000_000]

"""A live request looks to detectors as its recording does."""

import json
from dataclasses import replace

from fake_origins import TestAuthority, http_origin, page
from known_ways import delivered
from proxy.bypass.observed import Exchange, Form
from proxy.replay.formats.jsonl import read_row
from school_proxy import PUPIL, records_for, school

NAMES = records_for("learn.test", "other.test")
FIELDS = {"User-Agent": "A browser", "Referer": "https://learn.test/start?x", "X-Odd": "caf\u00e9"}


class Watcher:
    """Keeps as what the exchange under way was seen."""

    def __init__(self) -> None:
        self.sessions, self.seen = None, []

    def responseheaders(self, flow) -> None:
        exchange = self.sessions.exchange(flow.client_conn.id, flow.id)
        if exchange is not None:
            self.seen.append(exchange.seen)


def seen_of(tmp_path, ask, secure=False, **client_of) -> list[Exchange]:
    watcher, origins = Watcher(), TestAuthority(tmp_path)
    tls = origins.context("learn.test", "*.more.test") if secure else None
    with (
        http_origin(lambda _: page("x"), tls=tls) as origin,
        school(
            tmp_path, records=NAMES, detectors=(watcher,), trust=origins.path, connect_ports=[origin.port]
        ) as run,
    ):
        watcher.sessions = run.proxy.door.sessions
        run.gateway.knowledge = delivered()
        with run.client(**client_of) as client:
            ask(client, origin.port)
    return [replace(one, fields=_named(one, *FIELDS, "host")) for one in watcher.seen]


def _named(seen: Exchange, *names: str):
    """Some fields in a certain order: HTTP/2 has another than HTTP/1."""
    return tuple((name.lower(), seen.field(name.lower())) for name in names)


def recorded(url: str, method="POST", **more) -> Exchange:
    """What a recording of the same request is read as."""
    host = url.split("/")[2]
    fields = [[name, value] for name, value in (*FIELDS.items(), ("Host", host))]
    row = {"url": url, "method": method, "headers": fields, "client": {"ip": PUPIL}, **more}
    [seen] = read_row(json.dumps(row).encode(), 1, lambda _: True).row.seen
    return seen


def test_it_is_what_a_recording_of_it_is_read_as(tmp_path):
    urls = []

    def ask(client, port):
        urls.append(f"https://learn.test:{port}/a/%2E%2e/b;c//d?e=%66&g#h".partition("#")[0])
        fields = {name: value.encode("latin-1") for name, value in FIELDS.items()}
        client.post(urls[0], content=b"some=form", headers=fields)

    for http2 in (False, True):
        (tmp_path / str(http2)).mkdir()
        [seen] = seen_of(tmp_path / str(http2), ask, secure=True, http2=http2)
        [url] = urls
        urls.clear()
        assert seen.target == url.partition(".test")[2].partition("/")[1] + url.split("/", 3)[3]
        told = recorded(url, sni="learn.test", request_body="some=form")
        assert replace(seen, answer=None) == told


def test_a_request_to_the_schools_own_proxy_says_so(tmp_path):
    [seen] = seen_of(tmp_path, lambda client, port: client.get(f"http://learn.test:{port}/x?y"))
    assert (seen.form, seen.is_explicit, seen.sni, seen.client) == (Form.ABSOLUTE, True, "", PUPIL)
    assert (seen.method, seen.target, seen.url.host) == ("GET", "/x?y", "learn.test")

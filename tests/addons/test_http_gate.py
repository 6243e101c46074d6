"""What becomes of HTTP requests, with TLS opened or without."""

import json
from dataclasses import replace

import pytest

import policies
from fake_origin_h2 import h2_origin
from fake_origins import TestAuthority, http_origin, page
from policies import school_rule
from proxy.decision.policy import Target
from proxy.decision.verdict import Action, Reason
from school_proxy import BYOD, PUPIL, TEACHER, read_all, records_for, school

NAMES = records_for("learn.test", "games.test", "floor.test", "mixed.test", "other.test")


def raw_request(run, text: str, who: str = PUPIL) -> bytes:
    with run.connect(who) as connection:
        connection.sendall(text.replace("\n", "\r\n").encode("latin-1"))
        return read_all(connection)


def test_a_blocked_page_is_answered_with_the_block_page_and_nothing_is_dialled(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run:
        with run.client() as client:
            allowed = client.get(f"http://learn.test:{origin.port}/")
            blocked = client.get(f"http://games.test:{origin.port}/play", headers={"Accept": "text/html"})
            spanish = client.get(f"http://games.test:{origin.port}/play", headers={"Accept-Language": "es"})
        assert (allowed.status_code, blocked.status_code, spanish.status_code) == (200, 403, 403)
        assert ("This page is blocked" in blocked.text, "games" in blocked.text) == (True, True)
        assert "Esta página está bloqueada" in spanish.text
        assert blocked.headers["cache-control"] == "no-store"
        assert [seen.headers["host"].partition(":")[0] for seen in origin.requests] == ["learn.test"]


def test_over_https_allowed_pages_are_opened_and_blocked_ones_get_their_page_undialled(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("learn.test")) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        with run.client() as client:
            allowed = client.get(f"https://learn.test:{origin.port}/a")
            blocked = client.get(f"https://games.test:{origin.port}/play")
        assert (allowed.status_code, allowed.text) == (200, "origin says /a")
        assert blocked.status_code == 403
        assert origin.connections == 1
        assert [seen.sni for seen in origin.requests] == ["learn.test"]
        events = [(e.host, e.action, e.stage.value, bool(e.ticket)) for e in run.events()]
        assert events == [
            ("learn.test", Action.ALLOW, "http", False),
            ("games.test", Action.BLOCK, "http", True),
        ]


def test_http2_clients_get_pages_and_block_pages(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("learn.test")) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        with run.client(http2=True) as client:
            answers = [client.get(f"https://learn.test:{origin.port}/{n}") for n in range(3)]
            blocked = client.get(f"https://games.test:{origin.port}/play")
        assert [(a.status_code, a.http_version) for a in answers] == [(200, "HTTP/2")] * 3
        assert (blocked.status_code, blocked.http_version) == (403, "HTTP/2")


def test_http2_goes_all_the_way_to_servers_that_speak_it(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        h2_origin(origins.context("learn.test")) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        with run.client(http2=True) as client:
            for number in range(3):
                assert client.get(f"https://learn.test:{origin.port}/{number}").text == "origin says h2"
        assert (origin.requests, origin.connections) == (["/0", "/1", "/2"], 1)


def test_octets_that_are_no_utf8_are_judged_and_passed_on(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("learn.test")) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        for host, status in ((b"learn.test", b"200"), (b"games.test", b"403")):
            connection, _ = run.tunnel(f"{host.decode()}:{origin.port}")
            secure = run.tls(connection, host.decode())
            secure.sendall(b"GET /\xff%ff?\xfe HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n")
            assert read_all(secure)[9:12] == status


def test_groups_get_different_answers(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run:
        url = f"http://games.test:{origin.port}/"
        with run.client(PUPIL) as pupil, run.client(TEACHER) as teacher:
            assert (pupil.get(url).status_code, teacher.get(url).status_code) == (403, 200)


def test_the_floor_is_closed_for_teachers_too(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run, run.client(TEACHER) as teacher:
        assert teacher.get(f"http://floor.test:{origin.port}/").status_code == 403
        assert origin.connections == 0


def test_a_url_rule_blocks_its_part_of_a_site_whatever_the_spelling(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run:
        base = f"http://mixed.test:{origin.port}"
        with run.client() as client:
            assert client.get(f"{base}/lessons").status_code == 200
        for path in ("/games", "/%67ames", "//games/x", "/lessons/../games", "/%2567ames"):
            answer = raw_request(run, f"GET {base}{path} HTTP/1.1\nHost: mixed.test\nConnection: close\n\n")
            assert answer.startswith(b"HTTP/1.1 403"), path


def test_one_open_url_on_a_blocked_host_is_reached_by_inspected_devices_only(tmp_path):
    rule = school_rule("allow", Target("games.test", "/maths"))
    origins = TestAuthority(tmp_path)
    pupils = replace(policies.PUPILS, school_rules=(rule,), pass_lists=("passes",))
    with (
        http_origin(tls=origins.context("games.test")) as origin,
        school(
            tmp_path, records=NAMES, scopes=(pupils,), trust=origins.path, connect_ports=[origin.port]
        ) as run,
    ):
        with run.client() as client:
            assert client.get(f"https://games.test:{origin.port}/maths/1").status_code == 200
            assert client.get(f"https://games.test:{origin.port}/shooter").status_code == 403
        connection, head = run.tunnel(f"games.test:{origin.port}", BYOD)
        assert head.startswith(b"HTTP/1.1 403")
        connection.close()


@pytest.mark.parametrize(
    ("target", "hosts", "status"),
    [
        pytest.param("http://learn.test:{p}/", ["learn.test"], b"200", id="the plain case"),
        pytest.param("http://learn.test:{p}/", ["games.test"], b"403", id="absolute form and another Host"),
        pytest.param("http://games.test:{p}/", ["learn.test"], b"403", id="the other way round"),
        pytest.param("http://learn.test:{p}/", ["learn.test", "other.test"], b"400", id="two Host fields"),
        pytest.param("http://learn.test:{p}/", ["exa mple"], b"400", id="a Host that is none"),
        pytest.param("http://GAMES.test.:{p}/", ["GAMES.test."], b"403", id="case and trailing dot"),
        pytest.param("http://g%61mes.test:{p}/", ["g%61mes.test"], b"400", id="percent escapes in the URL"),
        pytest.param("/", ["g%61mes.test:{p}"], b"400", id="percent escapes in the Host field"),
        pytest.param("/", ["games.test:{p}"], b"403", id="a request as to a server"),
        pytest.param("https://learn.test:{p}/", ["learn.test"], b"400", id="https without CONNECT"),
        pytest.param("http://learn.test:22/", ["learn.test"], b"403", id="a port for shells"),
        pytest.param("ftp://learn.test/", ["learn.test"], b"400", id="another scheme"),
    ],
)
def test_every_name_in_a_request_is_judged_and_doubt_is_refused(tmp_path, target, hosts, status):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run:
        fields = "".join(f"Host: {host}\n" for host in hosts)
        text = f"GET {target} HTTP/1.1\n{fields}Connection: close\n\n".replace("{p}", str(origin.port))
        assert raw_request(run, text)[9:12] == status
        assert len(origin.requests) == (status == b"200")


def test_sni_and_host_are_judged_together(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("learn.test", "other.test")) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        connection, _ = run.tunnel(f"learn.test:{origin.port}")
        secure = run.tls(connection, "learn.test")
        secure.sendall(b"GET / HTTP/1.1\r\nHost: games.test\r\nConnection: close\r\n\r\n")
        assert read_all(secure).startswith(b"HTTP/1.1 403")
        connection, _ = run.tunnel(f"learn.test:{origin.port}")
        secure = run.tls(connection, "learn.test")
        secure.sendall(b"GET / HTTP/1.1\r\nHost: other.test\r\nConnection: close\r\n\r\n")
        assert read_all(secure).startswith(b"HTTP/1.1 200")
        assert [seen.sni for seen in origin.requests] == ["learn.test"]


def test_fields_for_proxies_and_claims_of_identity_do_not_reach_the_server(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run, run.client() as client:
        client.get(
            f"http://learn.test:{origin.port}/",
            headers={
                "X-Forwarded-For": "198.51.100.1", "X-Authenticated-User": "principal", "Upgrade": "h2c",
                "Proxy-Connection": "keep-alive", "HTTP2-Settings": "AAMAAABk", "X-Kept": "yes",
            },
        )  # fmt: skip
        sent = origin.requests[0].headers
        assert sent["x-kept"] == "yes"
        assert not {
            "x-forwarded-for",
            "x-authenticated-user",
            "upgrade",
            "proxy-connection",
            "http2-settings",
        } & set(sent)


def test_apps_get_json_and_images_stay_images(tmp_path):
    with school(tmp_path, records=NAMES) as run, run.client() as client:
        answer = client.get("http://games.test/api", headers={"Accept": "application/json"})
        assert json.loads(answer.text)["category"] == "games"
        image = client.get("http://games.test/a.png", headers={"Accept": "image/avif,image/webp"})
        assert (image.status_code, image.headers["content-type"]) == (403, "image/gif")


def test_a_name_without_address_is_said_to_have_none(tmp_path):
    with school(tmp_path, records=NAMES) as run, run.client() as client:
        answer = client.get("http://missing.invalid/")
        assert answer.status_code == 502
        assert [(e.host, e.action) for e in run.events()] == [("missing.invalid", Action.ALLOW)]


def test_searches_are_held_to_the_safe_mode(tmp_path):
    pupils = replace(policies.PUPILS, safe_search={"google": "strict", "youtube": "moderate"}, pass_lists=())
    names = records_for(
        "www.google.com", "forcesafesearch.google.com", "www.youtube.com", "restrictmoderate.youtube.com"
    )
    with (
        http_origin() as origin,
        school(tmp_path, records=names, scopes=(pupils,), local_zones=["google.com", "youtube.com"]) as run,
        run.client() as client,
    ):
        client.get(f"http://www.google.com:{origin.port}/search?q=cats&s%61fe=off&safe=images")
        client.get(f"http://www.youtube.com:{origin.port}/watch?v=1")
        assert origin.requests[0].target == "/search?q=cats&safe=active"
        assert origin.requests[1].headers["youtube-restrict"] == "Moderate"


def test_alternative_services_are_not_told_to_clients(tmp_path):
    origin_answers = http_origin(lambda seen: page("x", 'Alt-Svc: h3=":443"', "X-Kept: yes"))
    with origin_answers as origin, school(tmp_path, records=NAMES) as run, run.client() as client:
        answer = client.get(f"http://learn.test:{origin.port}/")
        assert (answer.headers.get("alt-svc"), answer.headers["x-kept"]) == (None, "yes")


def test_no_answer_becomes_a_dictionary_for_others(tmp_path):
    told = ('Use-As-Dictionary: match="/*"', "X-Kept: yes")
    with (
        http_origin(lambda seen: page("x", *told)) as origin,
        school(tmp_path, records=NAMES) as run,
        run.client() as client,
    ):
        answer = client.get(f"http://learn.test:{origin.port}/", headers={"Accept-Encoding": "br, dcb"})
        assert (answer.headers.get("use-as-dictionary"), answer.headers["x-kept"]) == (None, "yes")
        assert origin.requests[0].headers["accept-encoding"] == "br"


def test_a_certificate_that_does_not_fit_is_told_and_never_hidden(tmp_path):
    origins, strangers = TestAuthority(tmp_path), tmp_path / "strangers"
    strangers.mkdir()
    with (
        http_origin(tls=TestAuthority(strangers).context("learn.test")) as unknown,
        http_origin(tls=origins.context("else.test")) as misnamed,
        school(
            tmp_path, records=NAMES, trust=origins.path, connect_ports=[unknown.port, misnamed.port]
        ) as run,
        run.client() as client,
    ):
        for origin in (unknown, misnamed):
            answer = client.get(f"https://learn.test:{origin.port}/")
            assert (answer.status_code, "Certificate verify failed" in answer.text) == (502, True)
            assert origin.requests == []


def test_the_reason_in_the_event_is_the_page_s(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        with run.client() as client:
            answer = client.get("http://games.test/", headers={"Accept": "application/json"})
        [event] = run.events()
        assert (event.reason, event.category) == (Reason.CATEGORY, "games")
        assert event.ticket == answer.json()["code"].replace("-", "")


@pytest.mark.parametrize(
    "path", ["/shooter/%252e%252e/maths", "/shooter/../maths", "/maths/..;/shooter", "/maths%00", "/maths /x"]
)
def test_an_open_url_does_not_open_others_that_some_servers_read_out_of_it(tmp_path, path):
    rule = school_rule("allow", Target("games.test", "/maths"))
    pupils = replace(policies.PUPILS, school_rules=(rule,), pass_lists=())
    with http_origin() as origin, school(tmp_path, records=NAMES, scopes=(pupils,)) as run:
        line = f"GET http://games.test:{origin.port}{{}} HTTP/1.1\nHost: games.test\nConnection: close\n\n"
        assert raw_request(run, line.format("/maths/1")).startswith(b"HTTP/1.1 200")
        assert raw_request(run, line.format(path))[9:12] in (b"400", b"403")
        assert [seen.target for seen in origin.requests] == ["/maths/1"]


def test_a_server_gets_the_path_that_was_judged_and_no_fragment(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run:
        line = f"GET http://mixed.test:{origin.port}/x?y#/../games HTTP/1.1\nHost: mixed.test\n"
        assert raw_request(run, f"{line}Connection: close\n\n").startswith(b"HTTP/1.1 200")
        assert [seen.target for seen in origin.requests] == ["/x?y"]


def test_no_client_can_ask_a_server_to_drop_the_field_that_restricts_it(tmp_path):
    """Connection names fields that end at the next hop (RFC 9110, section 7.6.1)."""
    with http_origin() as origin, school(tmp_path, records=NAMES) as run:
        line = f"GET http://learn.test:{origin.port}/ HTTP/1.1\nHost: learn.test\nTE: trailers\n"
        raw_request(run, f"{line}Connection: close, YouTube-Restrict\nConnection: TE, Host\n\n")
        [seen] = origin.requests
        assert (seen.headers["connection"], "te" in seen.headers) == ("close", False)

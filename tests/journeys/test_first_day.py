"""The README's story, with real sockets: what a school sees on its first day with the demo policy."""

import json
import os
import re
import shlex
import subprocess
import sys
import time
from contextlib import suppress

import httpcore
import pytest

from running_filter import ORIGINS, PROJECT, RunningFilter

pytestmark = [pytest.mark.processes, pytest.mark.timeout(400)]

ELEMENTARY, MIDDLE, STAFF, GUEST = "127.0.1.1", "127.0.1.2", "127.0.1.4", "127.0.1.5"
PAGE = "127.0.0.1"


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    with RunningFilter(tmp_path_factory.mktemp("first-day")) as running:
        yield running


@pytest.fixture(params=["http", "https"])
def scheme(request):
    return request.param


def site(school, name, scheme, path="/"):
    port = school.origin_https if scheme == "https" else school.origin_http
    return f"{scheme}://{name}:{port}{path}"


def addresses(message):
    return [item.address for rrset in message.answer for item in rrset if hasattr(item, "address")]


def errors(message):
    return [(int(one.code), one.text or "") for one in message.extended_errors()]


def events(school, *words):
    found = school.schoolgate("events", "--since", "10m", "--json", *words)
    assert found.returncode == 0, found.stderr
    return [json.loads(line) for line in found.stdout.splitlines()]


def soon(look, seconds=60):
    """Look until something is there: events are on the disk within a fifth of a second."""
    deadline = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def status_soon(school, page, wanted):
    """Wait until a page is answered so; what is under way when the policy changes is cut."""

    def answered():
        with suppress(httpcore.NetworkError, httpcore.RemoteProtocolError):
            return school.browse(page).status_code == wanted
        return False

    return soon(answered)


def test_an_allowed_page_opens(school, scheme):
    answer = school.browse(site(school, "learn.demo.test", scheme, "/light?x=1"))
    assert answer.status_code == 200
    assert f"page <code>/light?x=1</code>, reached over <code>{scheme}</code>" in answer.text


def test_a_blocked_page_says_what_why_and_by_whom(school, scheme):
    answer = school.browse(site(school, "games.demo.test", scheme))
    assert answer.status_code == 403
    assert answer.headers["cache-control"] == "no-store"
    for words in ("This page is blocked", "games.demo.test", "Games", "local decision", "demo-games"):
        assert words in answer.text
    assert "CIPA" not in answer.text


def test_a_program_gets_the_block_as_json(school):
    answer = school.browse(site(school, "games.demo.test", "http"), Accept="application/json")
    assert answer.status_code == 403
    said = answer.json()
    assert (said["blocked"], said["category"], said["basis"], said["list"]) == (
        True, "games", "local", "demo-games",
    )  # fmt: skip


def test_a_blocked_name_leads_to_the_block_page_and_says_why(school):
    answer = school.dig("games.demo.test")
    assert (answer.rcode(), addresses(answer)) == (0, [PAGE])
    assert errors(answer) == [(4, "games.demo.test is listed under Games in demo-games."), (15, "")]
    assert 0 < answer.answer[0].ttl <= 5


def test_a_name_that_the_law_asks_to_block_is_marked_so_for_staff_too(school):
    for client in (ELEMENTARY, MIDDLE, STAFF):
        answer = school.dig("pornography.schoolgate-test.example", source=client)
        assert addresses(answer) == [PAGE]
        assert [code for code, _ in errors(answer)] == [4, 16]


def test_after_a_dns_block_a_browser_reaches_the_block_page(school, scheme):
    (address,) = addresses(school.dig("games.demo.test"))
    port = school.page_https if scheme == "https" else school.page_http
    answer = school.visit(f"{scheme}://games.demo.test/", address, port)
    assert answer.status_code == 403
    assert "This page is blocked" in answer.text
    assert "demo-games" in answer.text


@pytest.mark.parametrize("kind", ["A", "HTTPS"])
def test_a_search_engine_is_answered_as_its_safe_self(school, kind):
    answer = school.dig("www.google.com", kind)
    first = answer.answer[0]
    assert (first.name.to_text(), first[0].to_text()) == ("www.google.com.", "forcesafesearch.google.com.")


def test_staff_search_as_they_like(school):
    answer = school.dig("www.google.com", source=STAFF)
    assert [rrset.name.to_text() for rrset in answer.answer] == ["www.google.com."]
    assert addresses(answer) == ["192.31.196.1"]


def test_two_groups_get_different_answers(school, scheme):
    page = site(school, "games.demo.test", scheme)
    assert addresses(school.dig("games.demo.test", source=STAFF)) == [ORIGINS]
    assert (school.browse(page, MIDDLE).status_code, school.browse(page, STAFF).status_code) == (403, 200)


def test_guests_networks_get_no_address_at_all(school):
    answer = school.dig("pornography.schoolgate-test.example", source=GUEST)
    assert (answer.rcode(), addresses(answer)) == (3, [])
    assert [code for code, _ in errors(answer)] == [16]


def test_explain_takes_a_client_of_no_network_for_one_of_the_strictest_group(school):
    found = school.schoolgate("explain", "games.demo.test", "--client", "203.0.113.9", "--json")
    assert json.loads(found.stdout)["group"] == "elementary"


@pytest.mark.parametrize("client", [MIDDLE, STAFF])
def test_explain_says_what_the_resolver_does(school, client):
    live = addresses(school.dig("games.demo.test", source=client))
    found = school.schoolgate("explain", "games.demo.test", "--client", client, "--json")
    said = json.loads(found.stdout)
    assert said["action"] == ("block" if live == [PAGE] else "allow")
    assert {
        "reason",
        "category",
        "basis",
        "list",
        "line",
        "until",
        "handling",
        "explanation",
        "checks",
    } <= set(said)


def test_explain_says_what_the_block_page_says(school):
    url = site(school, "games.demo.test", "http")
    live = school.browse(url, Accept="application/json").json()
    said = json.loads(school.schoolgate("explain", url, "--client", MIDDLE, "--json").stdout)
    same = ("category", "basis", "list", "line", "explanation", "reason")
    assert {key: said[key] for key in same} == {key: live[key] for key in same}


def test_events_hold_what_was_asked_and_how_it_was_answered(school):
    marked = site(school, "learn.demo.test", "https", "/marked-for-events?page=2&token=secret")
    assert school.browse(marked).status_code == 200
    found = soon(lambda: [e for e in events(school) if "marked-for-events" in e["url"]])
    (event,) = [e for e in found if e["stage"] == "http"]
    assert (event["action"], event["group"], event["host"]) == ("allow", "middle", "learn.demo.test")
    assert event["url"].endswith("/marked-for-events?page=2&token=-")


def test_a_blocked_name_and_a_blocked_page_are_in_the_events(school):
    school.dig("games.demo.test")
    school.browse(site(school, "games.demo.test", "http"))

    def stages():
        found = {e["stage"] for e in events(school, "--host", "games.demo.test") if e["action"] == "block"}
        return found if {"dns", "http"} <= found else None

    assert soon(stages)


def test_the_code_on_a_block_page_leads_to_its_event(school):
    text = school.browse(site(school, "games.demo.test", "http", "/with-code")).text
    code = re.search(r'class="code">([0-9A-Z]{4}-[0-9A-Z]{4})<', text).group(1)
    (event,) = soon(lambda: events(school, "--ticket", code))
    assert (event["action"], event["host"], event["list"]) == ("block", "games.demo.test", "demo-games")


def test_every_line_that_the_demo_offers_for_pasting_works(school):
    school.poll(lambda: "Lines to paste" in school.log(), 30, "no lines to paste are shown")
    offered = school.log().partition("Lines to paste")[2]
    commands = re.findall(r"^  ((?:curl|dig|\S*schoolgate) .*)$", offered, re.MULTILINE)
    assert len(commands) >= 10
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment["SCHOOLGATE_CONFIG"] = str(school.config)
    for command in commands:
        typed = re.sub(r"^\S*schoolgate ", f"{sys.executable} -m proxy ", command)
        done = subprocess.run(
            shlex.split(typed),
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        explained_block = "explain" in command and done.returncode == 1
        assert done.returncode == 0 or explained_block, f"{command}: {done.stderr}"
        assert done.stdout.strip(), command


def test_what_is_published_is_felt_at_once_and_without_a_restart(school):
    before = school.pids()
    path = school.config / "policy.yaml"
    written = path.read_text()
    rule = (
        "  allow:\n    - site: news.demo.test\n      owner: Library\n      reason: Today's lesson\n"
        "      since: 2026-08-03\n"
    )
    block = rule.replace("allow", "block").replace("news", "search")
    page = site(school, "search.demo.test", "http")
    assert school.browse(page).status_code == 200
    path.write_text(written.replace("  allow:\n", block + rule, 1))
    done = school.schoolgate("publish")
    assert done.returncode == 0, done.stderr
    assert status_soon(school, page, 403)
    assert soon(lambda: addresses(school.dig("search.demo.test")) == [PAGE])
    path.write_text(written)
    assert school.schoolgate("publish").returncode == 0
    assert status_soon(school, page, 200)
    assert school.pids() == before


def test_settings_with_a_mistake_change_nothing(school):
    path = school.config / "policy.yaml"
    written = path.read_text()
    path.write_text(written.replace("profile: middle", "profile: midle"))
    refused = school.schoolgate("publish")
    path.write_text(written)
    assert refused.returncode == 1
    assert "midle" in refused.stderr + refused.stdout
    assert school.browse(site(school, "games.demo.test", "http")).status_code == 403
    assert school.browse(site(school, "learn.demo.test", "http")).status_code == 200


def test_ctrl_c_stops_all_of_it_cleanly(tmp_path):
    with RunningFilter(tmp_path, workers=1) as running:
        pids = running.pids()
        assert set(pids) == {"dns-0", "http-0", "origins"}
        assert running.stop() == 0
    for pid in pids.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert "Traceback" not in running.log()


def test_ctrl_c_while_it_starts_stops_all_of_it_too(tmp_path):
    running = RunningFilter(tmp_path, workers=1)
    running.write_settings()
    with running.upstream:
        running.launch()
        running.poll(lambda: "base revision 1" in running.log(), 60, "nothing was published")
        assert running.stop() == 0
    assert "Traceback" not in running.log()

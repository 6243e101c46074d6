"""Redirected mode for real: packets of devices that know of no proxy, turned round by the kernel."""

import contextlib
import json
import socket

import pytest

from namespaces import need, run
from redirected_places import (
    ALLOWED,
    BLOCKED,
    CLASSROOM,
    CLOSED,
    ELSEWHERE,
    FAMILIES,
    LAN,
    LEADING_ASTRAY,
    METADATA,
    NOT_REDIRECTED,
    PUPIL,
    SITE,
    TWICE,
    TWIN,
    VISITOR,
    WAN,
)
from redirected_world import documented_rules, get, redirected_world, signer
from school_proxy import read_all

pytestmark = [pytest.mark.network, pytest.mark.processes, pytest.mark.timeout(400)]
both_families = pytest.mark.parametrize("family", FAMILIES, ids=["ipv4", "ipv6"])
everybody = pytest.mark.parametrize("who", [PUPIL, VISITOR], ids=["pupil", "visitor"])
NO_TLS = {
    "ssh": b"SSH-2.0-OpenSSH_9.9\r\n",
    "binary": b"\x00\x01\x02\x03 hello",
    "http": b"GET / HTTP/1.1\r\nHost: learn.example\r\n\r\n",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    need("curl")
    with redirected_world(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_strays(world):
    """Whatever a test does, nothing may reach the servers that nothing may reach."""
    before = world.strays()
    yield
    assert world.strays() == before


class TestAllowed:
    @both_families
    def test_an_allowed_page_comes_over_http(self, world, family):
        seen = len(world.site[family].requests)
        answer = get(world.connect(SITE[family], 80, PUPIL[family]), ALLOWED, "/page")
        assert (answer.status, answer.text) == (200, "origin says /page")
        assert [one.headers["host"] for one in world.site[family].requests[seen:]] == [ALLOWED]

    @both_families
    def test_an_allowed_page_comes_over_https_under_the_schools_certificate(self, world, family):
        connection = world.secure(SITE[family], PUPIL[family], ALLOWED)
        assert signer(connection) != "Origins CA"
        assert get(connection, ALLOWED, "/secure").text == "origin says /secure"
        assert world.site_tls[family].requests[-1].sni == ALLOWED

    @both_families
    def test_a_device_judged_by_name_sees_the_servers_own_certificate(self, world, family):
        connection = world.secure(SITE[family], VISITOR[family], ALLOWED, world.authority.path)
        assert signer(connection) == "Origins CA"
        assert get(connection, ALLOWED, "/own").text == "origin says /own"

    @both_families
    def test_a_class_is_spread_over_both_workers(self, world, family):
        before = [world.requests_served(worker) for worker in (0, 1)]
        for source in CLASSROOM[family]:
            assert get(world.connect(SITE[family], 80, source), ALLOWED).status == 200
        served = [world.requests_served(worker) - was for worker, was in zip((0, 1), before, strict=True)]
        assert sum(served) == len(CLASSROOM[family])
        assert min(served) > 0

    @both_families
    def test_the_record_names_the_device_and_not_the_gateway(self, world, family):
        path = f"/recorded/{family}"
        get(world.connect(SITE[family], 80, PUPIL[family]), ALLOWED, path)
        world.filter.poll(lambda: bool(world.events(path)), 10, "there is no event")
        assert [(one["client"], one["group"]) for one in world.events(path)] == [(PUPIL[family], "middle")]


class TestBlocked:
    @both_families
    def test_a_blocked_page_is_explained_over_http(self, world, family):
        answer = get(world.connect(SITE[family], 80, PUPIL[family]), BLOCKED, "/play")
        assert answer.status == 403
        assert "This page is blocked" in answer.text
        assert f"{BLOCKED}/play" in answer.text

    @both_families
    def test_a_blocked_page_is_explained_over_https(self, world, family):
        answer = get(world.secure(SITE[family], PUPIL[family], BLOCKED), BLOCKED, "/play")
        assert answer.status == 403
        assert "This page is blocked" in answer.text

    @both_families
    def test_a_blocked_name_on_a_device_judged_by_name_ends_the_handshake(self, world, family):
        before = world.site_tls[family].connections
        assert world.handshake_refused(SITE[family], VISITOR[family], BLOCKED)
        assert world.site_tls[family].connections == before

    @both_families
    def test_an_allowed_handshake_does_not_open_a_blocked_site(self, world, family):
        assert get(world.secure(SITE[family], PUPIL[family], ALLOWED), BLOCKED).status == 403


class TestHidden:
    @both_families
    @everybody
    def test_a_handshake_without_a_name_is_refused(self, world, family, who):
        before = world.site_tls[family].connections
        for where in (SITE, ELSEWHERE):
            assert world.handshake_refused(where[family], who[family], None)
        assert world.site_tls[family].connections == before

    @both_families
    @everybody
    @pytest.mark.parametrize("first", NO_TLS.values(), ids=NO_TLS)
    def test_bytes_on_443_that_are_no_tls_reach_nobody(self, world, family, who, first):
        before = world.site_tls[family].connections
        for where in (SITE, ELSEWHERE):
            with world.connect(where[family], 443, who[family]) as connection:
                connection.sendall(first)
                assert read_all(connection) == b""
        assert world.site_tls[family].connections == before

    @both_families
    def test_those_bytes_would_have_been_echoed_on_a_port_that_is_not_redirected(self, world, family):
        with world.connect(ELSEWHERE[family], NOT_REDIRECTED, PUPIL[family]) as connection:
            connection.sendall(NO_TLS["ssh"])
            assert connection.recv(100) == NO_TLS["ssh"]

    @both_families
    def test_quic_is_refused_at_once(self, world, family):
        kind = socket.AF_INET6 if family == 6 else socket.AF_INET
        with world.device.inside(), socket.socket(kind, socket.SOCK_DGRAM) as quic:
            quic.bind((PUPIL[family], 0))
            quic.settimeout(60)
            quic.connect((SITE[family], 443))
            quic.send(b"\xc0 initial")
            with pytest.raises(ConnectionRefusedError):
                quic.recv(100)


class TestDestinations:
    """Packets go where no name leads, or names lead where nothing may: `nothing_strays` watches there."""

    @both_families
    def test_of_a_names_addresses_the_one_that_the_client_chose_is_dialled(self, world, family):
        for where, server in ((SITE, world.site), (TWIN, world.twin)):
            before = len(server[family].requests)
            assert get(world.connect(where[family], 80, PUPIL[family]), TWICE).status == 200
            assert len(server[family].requests) == before + 1

    @both_families
    def test_a_name_that_lives_elsewhere_is_fetched_from_there_over_http(self, world, family):
        answer = get(world.connect(ELSEWHERE[family], 80, PUPIL[family]), ALLOWED, "/judged")
        assert answer.text == "origin says /judged"

    @both_families
    def test_a_name_that_lives_elsewhere_is_fetched_from_there_over_https(self, world, family):
        connection = world.secure(ELSEWHERE[family], PUPIL[family], ALLOWED)
        assert get(connection, ALLOWED, "/judged").text == "origin says /judged"

    @both_families
    def test_an_unread_tunnel_leads_where_the_name_lives(self, world, family):
        connection = world.secure(ELSEWHERE[family], VISITOR[family], ALLOWED, world.authority.path)
        assert signer(connection) == "Origins CA"
        assert get(connection, ALLOWED, "/judged").text == "origin says /judged"

    @both_families
    def test_a_name_that_nobody_has_opens_nothing(self, world, family):
        answer = get(world.connect(ELSEWHERE[family], 80, PUPIL[family]), "nowhere.example")
        assert answer.status == 502
        assert world.handshake_refused(ELSEWHERE[family], VISITOR[family], "nowhere.example")

    @both_families
    @pytest.mark.parametrize("name", LEADING_ASTRAY)
    def test_a_name_that_leads_inside_opens_nothing(self, world, family, name):
        assert get(world.connect(SITE[family], 80, PUPIL[family]), name).status == 403
        assert get(world.secure(SITE[family], PUPIL[family], name), name).status == 403
        assert world.handshake_refused(SITE[family], VISITOR[family], name)

    @both_families
    @pytest.mark.parametrize("name", LEADING_ASTRAY)
    def test_an_address_that_is_closed_is_not_opened_by_asking_for_it(self, world, family, name):
        address = LEADING_ASTRAY[name][family]
        host = f"[{address}]" if family == 6 else address
        assert get(world.connect(SITE[family], 80, PUPIL[family]), host).status == 403

    @pytest.mark.parametrize("address", [METADATA, *CLOSED.values()])
    def test_an_address_that_is_closed_is_not_opened_by_sending_packets_there(self, world, address):
        family = 6 if ":" in address else 4
        host = f"[{address}]" if family == 6 else address
        assert get(world.connect(address, 80, PUPIL[family]), host).status == 403
        assert world.handshake_refused(address, VISITOR[family], None)
        assert world.handshake_refused(address, PUPIL[family], None)

    @both_families
    @pytest.mark.parametrize("port", [8081, 8082])
    def test_whoever_was_not_redirected_gets_no_answer(self, world, family, port):
        before = world.site[family].connections
        for address in (LAN[family], WAN[family]):
            with world.connect(address, port, PUPIL[family]) as connection:
                with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                    connection.sendall(NO_TLS["http"])
                assert read_all(connection) == b""
        assert world.site[family].connections == before


class TestBlockPage:
    """After a DNS block the page stands on the ports that browsers use, though these are redirected."""

    def led_to(self, world, family):
        reply = world.dig(BLOCKED, "AAAA" if family == 6 else "A", PUPIL[family])
        (address,) = [record.address for record in reply.answer[0]]
        assert address == LAN[family]
        return address

    @both_families
    def test_it_answers_on_port_80(self, world, family):
        answer = get(world.connect(self.led_to(world, family), 80, PUPIL[family]), BLOCKED, "/play")
        assert answer.status == 403
        assert f"{BLOCKED}/play" in answer.text

    @both_families
    def test_it_answers_on_port_443(self, world, family):
        answer = get(world.secure(self.led_to(world, family), PUPIL[family], BLOCKED), BLOCKED, "/play")
        assert answer.status == 403
        assert f"{BLOCKED}/play" in answer.text

    @both_families
    def test_it_offers_the_certificate_under_its_own_name(self, world, family):
        answer = get(world.connect(LAN[family], 80, PUPIL[family]), "block.demo.test", "/ca.pem")
        assert answer.text.strip() == world.filter.ca.read_text().strip()


class TestTheGatewayItself(TestBlockPage):
    """Where the rule is missing that leaves the gateway's own addresses alone, nothing opens there either."""

    @pytest.fixture(scope="class", autouse=True)
    def everything_is_redirected(self, world):
        rules = documented_rules()
        fewer = rules.replace("fib daddr type local return\n", "")
        assert fewer != rules
        world.gateway.nft(fewer)
        yield
        world.gateway.nft(rules)

    @both_families
    @pytest.mark.parametrize("where", [LAN, WAN], ids=["lan", "wan"])
    def test_its_own_addresses_are_not_opened(self, world, family, where):
        address = where[family]
        host = f"[{address}]" if family == 6 else address
        assert get(world.connect(address, 80, PUPIL[family]), host).status == 403
        assert world.handshake_refused(address, VISITOR[family], None)
        assert world.handshake_refused(address, PUPIL[family], None)

    def test_its_link_local_address_answers_nobody(self, world):
        said = json.loads(run("ip", "-j", "-n", world.gateway.name, "-6", "address", "show", "dev", "lan"))
        (address,) = [one["local"] for one in said[0]["addr_info"] if one["scope"] == "link"]
        with world.device.inside():
            connection = socket.create_connection((f"{address}%eth0", 80), timeout=60)
        with connection, contextlib.suppress(ConnectionResetError, BrokenPipeError):
            connection.sendall(NO_TLS["http"])
            assert read_all(connection) == b""

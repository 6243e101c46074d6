"""The packet filter for real: rules from settings in a kernel, packets of devices, what is told of them."""

import random
import socket

import pytest

import first_octets as octets
from namespaces import need, run
from packet_filter import PROXY_PORT, filtered_school, is_silent
from proxy.decision.verdict import Action, Reason
from proxy.packets.ruleset import ruleset
from redirected_places import ELSEWHERE, FAMILIES, LAN, PUPIL, SITE, VISITOR

pytestmark = [pytest.mark.network, pytest.mark.timeout(60)]
both_families = pytest.mark.parametrize("family", FAMILIES, ids=["ipv4", "ipv6"])
FOREIGN = {4: "8.8.8.8", 6: "2001:4860:4860::8888"}
DICE = random.Random(7)
QUIC = octets.quic(DICE)
REFUSED = {
    "wireguard": (51820, octets.wireguard(DICE), "vpn.wireguard"),
    "wireguard where quic goes": (443, octets.wireguard(DICE), "vpn.wireguard"),
    "wireguard where the time is asked": (124, octets.wireguard(DICE), "vpn.wireguard"),
    "openvpn": (1194, octets.openvpn(DICE), "vpn.openvpn"),
    "ike": (500, octets.ike(DICE), "vpn.ike"),
    "ike behind nat": (4500, bytes(4) + octets.ike(DICE), "vpn.ike"),
    "l2tp": (1701, octets.l2tp(), "vpn.l2tp"),
    "dns over quic": (853, QUIC, "dns.doq"),
    "quic on an odd port": (8443, QUIC, "quic.http3"),
    "turn elsewhere": (3478, octets.stun(DICE), "webrtc.stun"),
    "an odd port": (27015, b"\x00\x01 odd", "egress.udp"),
}
CLOSED = {
    "dns over tls": (853, "dns.dot"),
    "ssh": (22, "tunnel.ssh"),
    "pptp": (1723, "vpn.pptp"),
    "tor": (9001, "tor.relay"),
    "socks": (1080, "proxy.socks5"),
    "squid": (3128, "proxy.http"),
    "remote desktop": (3389, "remote.rdp"),
    "an odd port": (27015, "egress.tcp"),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    need()
    with filtered_school(tmp_path_factory.mktemp("packets")) as made:
        yield made


@pytest.fixture
def school(whole):
    whole.begin()
    return whole


class TestRedirected:
    @both_families
    def test_a_question_to_a_foreign_resolver_is_answered_here(self, school, family):
        with school.listening(school.gateway, LAN[family], 53, socket.SOCK_DGRAM) as resolver:
            asking = school.send(PUPIL[family], FOREIGN[family], 53, octets.dns())
            question, client = resolver.recvfrom(512)
            resolver.sendto(b"answer", client)
            with asking:
                assert (question, asking.recv(512)) == (octets.dns(), b"answer")
        assert client[0] == PUPIL[family]

    @both_families
    def test_so_is_one_over_tcp(self, school, family):
        with school.listening(school.gateway, LAN[family], 53, socket.SOCK_STREAM):
            assert school.connects(PUPIL[family], FOREIGN[family], 53)

    @both_families
    @pytest.mark.parametrize("port", [80, 443])
    def test_pages_are_turned_to_the_proxy(self, school, family, port):
        with school.listening(school.gateway, "::", PROXY_PORT, socket.SOCK_STREAM) as proxy:
            assert school.connects(PUPIL[family], SITE[family], port)
            assert proxy.accept()[1][0].removeprefix("::ffff:") == PUPIL[family]


class TestRefused:
    @both_families
    def test_quic_is_refused_at_once_and_is_no_event(self, school, family):
        with (
            school.listening(school.origin, SITE[family], 443, socket.SOCK_DGRAM) as site,
            school.send(PUPIL[family], SITE[family], 443, QUIC) as quic,
        ):
            with pytest.raises(ConnectionRefusedError):
                quic.recv(100)
            assert is_silent(site)
        assert school.told(within_s=0.2) == []

    @both_families
    @pytest.mark.parametrize(("port", "first", "technique"), REFUSED.values(), ids=REFUSED)
    def test_datagrams_are_dropped_and_told_by_what_they_are(self, school, family, port, first, technique):
        with school.listening(school.origin, SITE[family], port, socket.SOCK_DGRAM) as site:
            school.send(PUPIL[family], SITE[family], port, first).close()
            (told,) = school.told()
            assert is_silent(site)
        verdict, attempt = told.verdict, told.attempt
        assert (attempt.client, attempt.host, attempt.port) == (PUPIL[family], SITE[family], port)
        assert (verdict.action, verdict.evidence.rule) == (Action.BLOCK, technique)
        assert verdict.reason in (Reason.WAY_AROUND, Reason.PROTOCOL)

    @both_families
    @pytest.mark.parametrize(("port", "technique"), CLOSED.values(), ids=CLOSED)
    def test_connections_are_dropped_and_told_by_their_port(self, school, family, port, technique):
        with school.listening(school.origin, SITE[family], port, socket.SOCK_STREAM):
            assert not school.connects(PUPIL[family], SITE[family], port, within_s=0.3)
        (told,) = school.told()
        assert (told.verdict.action, told.verdict.evidence.rule) == (Action.BLOCK, technique)

    @both_families
    @pytest.mark.parametrize(
        ("protocol", "technique"),
        [(47, "vpn.pptp"), (50, "vpn.ike"), (41, "tunnel.ip"), (99, "egress.packets")],
    )
    def test_other_protocols_are_dropped_and_told(self, school, family, protocol, technique):
        school.send_raw(PUPIL[family], SITE[family], protocol, bytes(40))
        (told,) = school.told()
        assert told.verdict.evidence.rule == technique
        assert told.attempt.method == f"ip-{protocol}"

    @both_families
    def test_long_pings_are_dropped_and_told(self, school, family):
        echo, protocol = (128, 58) if family == 6 else (8, 1)
        school.send_raw(PUPIL[family], SITE[family], protocol, bytes((echo, 0)) + bytes(400))
        (told,) = school.told()
        assert told.verdict.evidence.rule == "tunnel.icmp"

    @both_families
    def test_what_began_before_the_rules_does_not_go_on(self, school, family):
        with school.listening(school.origin, SITE[family], 443, socket.SOCK_DGRAM) as site:
            school.gateway.nft("table inet other {\n chain every {\n type filter hook forward priority 0\n"
                               " ct state new accept\n }\n}\n")  # fmt: skip
            with school.send(PUPIL[family], SITE[family], 443, QUIC) as quic:
                site.sendto(b"hello", site.recvfrom(2000)[1])
                assert quic.recv(100) == b"hello"
                school.load()
                quic.send(QUIC)
                with pytest.raises(ConnectionRefusedError):
                    quic.recv(100)

    def test_the_same_again_is_one_event(self, school):
        for _ in range(3):
            school.send(PUPIL[4], SITE[4], 51820, octets.wireguard(DICE)).close()
        assert len(school.told()) == 1
        assert school.told(within_s=0.3) == []


class TestOpen:
    @both_families
    @pytest.mark.parametrize("port", [5223, 5228, 5230])
    def test_push_services_are_reached(self, school, family, port):
        with school.listening(school.origin, SITE[family], port, socket.SOCK_STREAM):
            assert school.connects(PUPIL[family], SITE[family], port)

    @both_families
    @pytest.mark.parametrize(
        ("who", "place", "port"),
        [
            pytest.param(PUPIL, SITE, 123, id="the time of day"),
            pytest.param(PUPIL, ELSEWHERE, 3480, id="a meeting"),
            pytest.param(VISITOR, SITE, 51820, id="the VPN of one network"),
        ],
    )
    def test_what_is_open_passes_both_ways(self, school, family, who, place, port):
        with (
            school.listening(school.origin, place[family], port, socket.SOCK_DGRAM) as server,
            school.send(who[family], place[family], port, b"there") as client,
        ):
            server.sendto(b"and back", server.recvfrom(100)[1])
            assert client.recv(100) == b"and back"
        assert school.told(within_s=0.1) == []

    @both_families
    def test_a_short_ping_passes(self, school, family):
        echo, protocol = (128, 58) if family == 6 else (8, 1)
        with school.listening_raw(school.origin, SITE[family], protocol) as site:
            question = bytes((echo, 0, 0, 0, 0, 1, 0, 1)) + b"there?"
            school.send_raw(PUPIL[family], SITE[family], protocol, question)
            while b"there?" not in site.recv(2000):
                pass

    @both_families
    def test_nobody_outside_opens_a_connection_inwards(self, school, family):
        with (
            school.listening(school.device, PUPIL[family], 5223, socket.SOCK_DGRAM) as inside,
            school.listening(school.origin, SITE[family], 6000, socket.SOCK_DGRAM) as outside,
        ):
            outside.sendto(b"hello", (PUPIL[family], 5223))
            assert is_silent(inside)


def test_loading_twice_is_the_same_as_once(school):
    def listed():
        said = run("ip", "netns", "exec", school.gateway.name, "nft", "--stateless", "list", "ruleset")
        return [line for line in said.splitlines() if "elements" not in line or "limit rate" not in line]

    before = listed()
    school.load()
    assert listed() == before
    assert before.count("table inet schoolgate {") == 1


def test_rules_that_do_not_load_leave_those_before_in_force(school):
    broken = ruleset(school.settings).replace("policy drop;", "policy maybe;")
    said = run("ip", "netns", "exec", school.gateway.name, "nft", "-f", "-", given=broken, check=False)
    assert said == ""
    assert not school.connects(PUPIL[4], SITE[4], 27015, within_s=0.3)
    assert [told.verdict.evidence.rule for told in school.told()] == ["egress.tcp"]

"""Names and aliases that lead around the filter are seen by the resolver, once for all clients."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import policies
import policy_gateway
from dns_world import World, answers, errors, run, world
from known_ways import delivered, told
from proxy.bypass.all_detectors import ALL
from proxy.bypass.dns.quick_look import DETECTORS, NOBODY
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Question
from proxy.decision.permits import Permit
from proxy.decision.policy import Policy
from proxy.decision.request import Attempt, Stage
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.dns.labels import to_wire
from proxy.dns.records import Answer
from proxy.dns.relay import Relayed
from proxy.dns.signing import Signing, of_client, spelled, united
from proxy.gateway import Gateway
from proxy.journal.kept_signs import read_signs
from proxy.journal.read import Journal

SIGN = Sign("vpn.app", Nature.ANONYMIZER, Consequence.BLOCK, 1.0, "A VPN.")
PLAY = Attempt("10.20.33.7", Stage.DNS, "play.example.org", method="A")
TUNNEL = Sign("dns.tunnel.volume", Nature.ANONYMIZER, Consequence.INCIDENT, 1.0, "A tunnel.")


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    made = policy_gateway.gateway(tmp_path, policy_gateway.policy(), policy_gateway.settings())
    made.knowledge = delivered()
    return made


@pytest.fixture
def signing(gateway: Gateway) -> Signing:
    return Signing(gateway)


def led_to(*aliases: str) -> Relayed:
    return Relayed(Answer(0, (), (), (), b"\x00"), aliases, ())


def test_an_ordinary_name_shows_nothing(signing: Signing) -> None:
    assert signing.of_name(to_wire("www.example.org"), "www.example.org", "A") == ()


def test_a_listed_name_shows_what_it_is(signing: Signing) -> None:
    signs = signing.of_name(to_wire("www.nordvpn.com"), "www.nordvpn.com", "A")
    assert told(signs) == [("vpn.app", "block")]


def test_a_type_that_tunnels_ask_for_is_looked_at_whatever_the_name(signing: Signing) -> None:
    assert told(signing.of_name(to_wire("www.example.org"), "www.example.org", "NULL")) == [
        ("dns.tunnel.type", "block")
    ]


def test_octets_that_no_host_has(signing: Signing) -> None:
    assert told(signing.of_name(b"\x04ab\xc3\xff\x07example\x03org\x00", "", "A")) == [
        ("dns.malformed", "block")
    ]


def test_without_knowledge_nothing_shows(gateway: Gateway, signing: Signing) -> None:
    assert signing.look("www.nordvpn.com", "A") is DETECTORS
    gateway.knowledge = None
    assert signing.look("www.nordvpn.com", "A") is NOBODY


def test_a_service_behind_an_alias(signing: Signing) -> None:
    assert signing.of_answer(PLAY, led_to("cdn.example.net")) == ()
    assert told(signing.of_answer(PLAY, led_to("cdn.example.net", "www.nordvpn.com"))) == [
        ("vpn.app", "block")
    ]


def test_an_address_inside(signing: Signing) -> None:
    assert told(signing.of_inward("www.example.org", "A", "192.168.1.1")) == [("dns.rebinding", "block")]
    assert told(signing.of_inward("www.example.org", "AAAA", "fd00::1")) == [("dns.rebinding", "block")]


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        pytest.param(b"\x03www\x07Example\x03org\x00", "www.Example.org", id="capitals stay"),
        pytest.param(b"\x03a.b\x03org\x00", "a\\.b.org", id="a dot inside a label"),
        pytest.param(b"\x02\xc3\xff\x03org\x00", "\\195\\255.org", id="octets that are no text"),
        pytest.param(b"\x00", "", id="the root"),
    ],
)
def test_how_detectors_read_a_name(wire: bytes, text: str) -> None:
    assert spelled(wire) == text


def test_what_rests_on_one_clients_questions(signing: Signing) -> None:
    assert of_client((SIGN, TUNNEL)) == (TUNNEL,)


def test_signs_are_united_each_once() -> None:
    assert united((SIGN,), (SIGN, TUNNEL)) == (SIGN, TUNNEL)
    assert united((), (TUNNEL,)) == (TUNNEL,)


# Live, over sockets.

SERVED = (
    "www.nordvpn.com. 300 IN A 198.51.100.7",
    "cloak.example. 300 IN CNAME www.nordvpn.com.",
    "www-example-com.translate.goog. 300 IN A 198.51.100.8",
    "inward.example. 300 IN A 192.168.1.1",
    "www.example. 300 IN A 192.0.2.1",
)
PERMIT = Permit("p-1", "vpn", "network office", "the district's VPN", hosts=frozenset({"nordvpn.com"}))
PUPIL, STAFF = "127.0.0.1", "127.0.1.4"


def known_world(state: Path, policy: Policy | None = None, **more: Any) -> AbstractAsyncContextManager[World]:
    return world(state, policy, SERVED, knows=True, **more)


def events(it: World, state: Path) -> list[tuple[str, str, str, list[str]]]:
    assert it.spool is not None
    assert it.spool.flush()
    return [
        (one.host, one.action.value, one.rule, [sign.technique for sign in read_signs(one.signs)])
        for one in Journal(state / "spool").events()
    ]


def test_a_service_is_refused_by_its_name_and_the_event_says_what_it_is(tmp_path: Path) -> None:
    async def story() -> None:
        async with known_world(tmp_path, records=True) as it:
            for _ in range(2):
                message = await it.ask("www.nordvpn.com")
                assert answers(message) == ["www.nordvpn.com. A 192.0.2.80"]
                assert errors(message)[0][1] == delivered().techniques["vpn.app"].explanation
            tcp = await it.ask("www.NordVPN.com", tcp=True)
            assert answers(tcp) == ["www.NordVPN.com. A 192.0.2.80"]
            assert it.fake.seen == [], "nobody upstream hears of it"
            assert answers(await it.ask("www.example")) == ["www.example. A 192.0.2.1"]
            blocked = ("www.nordvpn.com", "block", "vpn.app", ["vpn.app"])
            assert events(it, tmp_path) == [*[blocked] * 3, ("www.example", "allow", "", [])]

    run(story())


def test_a_service_behind_an_alias_is_refused(tmp_path: Path) -> None:
    async def story() -> None:
        async with known_world(tmp_path, records=True) as it:
            assert answers(await it.ask("cloak.example")) == ["cloak.example. A 192.0.2.80"]
            assert events(it, tmp_path) == [("cloak.example", "block", "vpn.app", ["vpn.app"])]

    run(story())


def test_a_permit_opens_a_name_for_whom_it_was_given_to(tmp_path: Path) -> None:
    staff = replace(policies.STAFF, permits=(PERMIT,))

    async def story() -> None:
        async with known_world(tmp_path, policy_gateway.policy({}, staff), records=True) as it:
            opened = ["www.nordvpn.com. A 198.51.100.7"]
            for _ in range(2):
                assert answers(await it.ask("www.nordvpn.com", client=STAFF)) == opened
                assert answers(await it.ask("www.nordvpn.com", client=PUPIL)) == [
                    "www.nordvpn.com. A 192.0.2.80"
                ]
            assert answers(await it.ask("cloak.example", client=STAFF)) == ["cloak.example. A 192.0.2.80"]

    run(story())


def test_a_wrapper_is_judged_by_what_it_stands_for(tmp_path: Path) -> None:
    async def story(state: Path, policy: Policy) -> list[str]:
        async with known_world(state, policy) as it:
            return answers(await it.ask("www-example-com.translate.goog"))

    outside = ["www-example-com.translate.goog. A 198.51.100.8"]
    refused = ["www-example-com.translate.goog. A 192.0.2.80"]
    assert run(story(tmp_path / "open", policy_gateway.policy())) == outside
    assert run(story(tmp_path / "shut", policy_gateway.policy({"www.example.com": ["games"]}))) == refused


@pytest.mark.parametrize(
    ("name", "type_", "rcode", "rule"),
    [
        pytest.param("use-application-dns.net", "A", 3, "use-application-dns.net", id="Firefox"),
        pytest.param("mask.apple-dns.net", "HTTPS", 3, "dns.auto_signal", id="private relay"),
        pytest.param("_dns.resolver.arpa", "SVCB", 0, "resolver.arpa", id="discovery of resolvers"),
        pytest.param("_dns.dns.example", "SVCB", 3, "dns.auto_signal", id="of a resolver by name"),
    ],
)
def test_what_devices_ask_by_themselves_is_answered_no_and_is_no_incident(
    tmp_path: Path, name: str, type_: str, rcode: int, rule: str
) -> None:
    async def story() -> None:
        async with known_world(tmp_path, records=True) as it:
            message = await it.ask(name, type_)
            assert (message.rcode(), message.answer) == (rcode, [])
            assert events(it, tmp_path) == [(name, "block", rule, ["dns.auto_signal"])]
            (event,) = Journal(tmp_path / "spool").events()
            assert [sign.consequence for sign in read_signs(event.signs)] == [Consequence.BLOCK]

    run(story())


def test_a_name_that_leads_into_the_school_is_refused_as_it_was_and_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        async with known_world(tmp_path, records=True) as it:
            assert (await it.ask("inward.example")).rcode() == 5
            assert events(it, tmp_path) == [("inward.example", "block", "rebinding", ["dns.rebinding"])]

    run(story())


def test_codes_of_a_list_that_is_looked_up_are_let_through(tmp_path: Path) -> None:
    looked_up, other = "2.0.0.127.zen.spamhaus.org", "2.0.0.127.lists.example"
    zone = tuple(f"{name}. 300 IN A 127.0.0.2" for name in (looked_up, other))

    async def story() -> None:
        async with world(tmp_path, zone=zone, knows=True) as it:
            assert answers(await it.ask(looked_up)) == [f"{looked_up}. A 127.0.0.2"]
            assert (await it.ask(other)).rcode() == 5

    run(story())


@pytest.mark.parametrize("type_", ["NULL", "TYPE65399", "KEY"])
def test_types_that_tunnels_alone_ask_for_go_nowhere(tmp_path: Path, type_: str) -> None:
    async def story() -> None:
        async with known_world(tmp_path, records=True) as it:
            assert errors(await it.ask("www.example", type_)) != []
            assert it.fake.seen == []
            assert events(it, tmp_path) == [("www.example", "block", "dns.tunnel.type", ["dns.tunnel.type"])]

    run(story())


def test_octets_that_no_host_has_are_refused_and_recorded(tmp_path: Path) -> None:
    async def story() -> None:
        async with known_world(tmp_path, records=True) as it:
            message = await it.ask("\\195\\255\\220\\240.www.example", "NULL")
            assert message.rcode() == 1
            ((host, action, _, techniques),) = events(it, tmp_path)
            assert (host, action) == ("www.example", "block")
            assert "dns.malformed" in techniques

    run(story())


def test_a_detector_that_fails_refuses(tmp_path: Path) -> None:
    def failing(question: Question, knowledge: Knowledge) -> Iterator[Sign]:
        raise RuntimeError("a fault")

    async def story() -> None:
        async with known_world(tmp_path, records=True) as it:
            it.resolver.signing = Signing(it.gateway, replace(ALL, names=(failing,)))
            assert errors(await it.ask("www.example", "TXT", tcp=True)) != []
            assert events(it, tmp_path) == [("www.example", "block", "fault.detector", ["fault.detector"])]

    run(story())

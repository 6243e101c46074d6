"""What does a client get for a name, and what may the proxy dial?"""

from dataclasses import replace
from pathlib import Path

import pytest

import policies
import policy_gateway
from dns_world import answers, errors, run, world
from fake_upstream import FakeUpstream, running
from proxy.decision.policy import Target
from proxy.decision.verdict import Action, Basis, Reason
from proxy.dns.labels import to_wire
from proxy.dns.records import AAAA, A
from proxy.dns.wire import Question

pytestmark = pytest.mark.usefixtures("no_repeats")

GAMES = {"games.example": ["games"]}
WWW = ("www.example. 300 IN A 192.0.2.1", "www.example. 300 IN AAAA 2001:db8::1")


def test_an_allowed_name_is_answered_as_the_upstream_says(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, zone=WWW) as it:
            assert answers(await it.ask("www.example")) == ["www.example. A 192.0.2.1"]
            assert answers(await it.ask("www.example", "AAAA")) == ["www.example. AAAA 2001:db8::1"]

    run(story())


@pytest.mark.parametrize(
    ("client", "rcode", "expected", "authority"),
    [
        pytest.param("127.0.0.1", 0, ["games.example. A 192.0.2.80"], 0, id="block page"),
        pytest.param("127.0.1.1", 3, [], 1, id="NXDOMAIN"),
        pytest.param("127.0.1.2", 0, [], 1, id="NODATA"),
        pytest.param("127.0.1.3", 5, [], 0, id="REFUSED"),
    ],
)
def test_each_network_has_its_own_block_answer(
    tmp_path: Path, client: str, rcode: int, expected: list[str], authority: int
) -> None:
    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES)) as it:
            message = await it.ask("games.example", client=client)

            assert (message.rcode(), answers(message)) == (rcode, expected)
            assert len(message.authority) == authority
            assert it.fake.seen == []

    run(story())


def test_a_blocked_name_has_no_other_records_and_its_soa_says_how_long(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES)) as it:
            message = await it.ask("games.example", "TXT")

            assert (message.rcode(), answers(message)) == (0, [])
            assert (message.authority[0].ttl, message.authority[0][0].minimum) == (5, 5)

    run(story())


@pytest.mark.parametrize(
    ("client", "name", "codes"),
    [
        pytest.param("127.0.0.1", "games.example", [4, 15], id="forged address, local decision"),
        pytest.param("127.0.1.1", "games.example", [15], id="local decision"),
        pytest.param("127.0.1.1", "porn.example", [16], id="the law's decision"),
        pytest.param("127.0.1.3", "porn.example", [16], id="refused, the law's decision"),
        pytest.param("127.0.0.1", "porn.example", [4, 16], id="forged address, the law's decision"),
    ],
)
def test_extended_errors_say_who_decided(tmp_path: Path, client: str, name: str, codes: list[int]) -> None:
    listed = policy_gateway.policy(GAMES | {"porn.example": ["pornography"]})

    async def story() -> None:
        async with world(tmp_path, listed) as it:
            found = errors(await it.ask(name, client=client))
            bare = await it.ask(name, client=client, use_edns=False)

            assert [code for code, _ in found] == codes
            assert found[0][1].startswith(f"{name} is listed under")
            assert len(found[0][1].encode()) <= 120
            assert (bare.edns, errors(bare)) == (-1, [])

    run(story())


def test_an_alias_to_a_blocked_name_is_blocked(tmp_path: Path) -> None:
    zone = ("cloak.example. 300 IN CNAME x.games.example.", "x.games.example. 300 IN A 192.0.2.2")

    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES), zone) as it:
            assert answers(await it.ask("cloak.example", client="127.0.1.4")) == [
                "cloak.example. CNAME x.games.example.",
                "x.games.example. A 192.0.2.2",
            ]
            message = await it.ask("cloak.example")

            assert answers(message) == ["cloak.example. A 192.0.2.80"]
            assert errors(message)[0] == (4, "games.example is listed under Games in games-list.")

    run(story())


def test_an_address_on_a_list_closes_the_names_that_lead_to_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy({"192.0.2.66": ["games"]}), zone=(
            "shady.example. 300 IN A 192.0.2.66", *WWW)) as it:  # fmt: skip
            assert answers(await it.ask("shady.example")) == ["shady.example. A 192.0.2.80"]
            assert answers(await it.ask("www.example")) == ["www.example. A 192.0.2.1"]

    run(story())


def test_what_the_school_opened_stays_open_whatever_its_hosting_is_listed_as(tmp_path: Path) -> None:
    opened = replace(policies.PUPILS, school_rules=(policies.school_rule("allow", Target("cloak.example")),))
    zone = ("cloak.example. 300 IN CNAME x.games.example.", "x.games.example. 300 IN A 192.0.2.2")

    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES, opened), zone) as it:
            assert "x.games.example. A 192.0.2.2" in answers(await it.ask("cloak.example"))

    run(story())


@pytest.mark.parametrize("type_", ["A", "AAAA", "HTTPS", "CNAME"])
def test_a_search_engine_is_answered_as_its_restricted_service(tmp_path: Path, type_: str) -> None:
    strict = replace(policies.PUPILS, safe_search={"google": "strict"})
    zone = (
        "forcesafesearch.google.com. 300 IN A 192.0.2.9",
        "forcesafesearch.google.com. 300 IN AAAA 2001:db8::9",
        "www.google.com. 300 IN A 192.0.2.1",
    )

    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy({}, strict), zone) as it:
            message = await it.ask("www.google.com", type_)
            addresses = {"A": ["192.0.2.9"], "AAAA": ["2001:db8::9"]}.get(type_, [])

            assert answers(message) == sorted(
                [f"forcesafesearch.google.com. {type_} {a}" for a in addresses]
                + ["www.google.com. CNAME forcesafesearch.google.com."]
            )
            assert [code for code, _ in errors(message)] == [4]
            assert "www.google.com." not in it.fake.names()
            assert answers(await it.ask("www.google.com", client="127.0.1.4")) == [
                "www.google.com. A 192.0.2.1"
            ]

    run(story())


def test_the_alias_is_still_told_when_its_addresses_cannot_be_found(tmp_path: Path) -> None:
    strict = replace(policies.PUPILS, safe_search={"google": "strict"})

    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy({}, strict), timeout_ms=100) as it:
            it.fake.silent = True
            message = await it.ask("www.google.com")

            assert message.rcode() == 2
            assert answers(message) == ["www.google.com. CNAME forcesafesearch.google.com."]

    run(story())


@pytest.mark.parametrize(
    ("name", "rcode"),
    [
        ("use-application-dns.net", 3),
        ("mask.icloud.com", 3),
        ("mask-h2.icloud.com", 3),
        ("_dns.resolver.arpa", 0),
        ("resolver.arpa", 0),
    ],
)
@pytest.mark.parametrize("client", ["127.0.0.1", "127.0.1.3", "127.0.1.4"])
def test_devices_that_ask_whether_to_leave_us_hear_no(
    tmp_path: Path, name: str, rcode: int, client: str
) -> None:
    async def story() -> None:
        async with world(tmp_path) as it:
            for type_ in ("A", "AAAA", "SVCB"):
                message = await it.ask(name, type_, client=client)
                assert (message.rcode(), message.answer, len(message.authority)) == (rcode, [], 1)
            assert it.fake.seen == []

    run(story())


@pytest.mark.parametrize(
    "record",
    [
        "A 10.0.0.1",
        "A 127.0.0.1",
        "A 0.0.0.0",
        "A 169.254.169.254",
        "A 100.64.0.1",
        "AAAA ::1",
        "AAAA fe80::1",
        "AAAA fd00::1",
        "AAAA ::ffff:192.168.1.1",
        "AAAA 64:ff9b::a00:1",
        "HTTPS 1 . ipv4hint=192.168.1.1",
    ],
)
def test_a_public_name_that_leads_inside_is_refused(tmp_path: Path, record: str) -> None:
    async def story() -> None:
        async with world(tmp_path, zone=(f"evil.example. 300 IN {record}",)) as it:
            message = await it.ask("evil.example", record.split()[0])

            assert (message.rcode(), message.answer) == (5, [])
            assert errors(message)[0][0] == 15

    run(story())


@pytest.mark.parametrize(
    ("name", "is_kept"),
    [
        pytest.param("aGVsbG8.example", False, id="a server outside"),
        pytest.param("pc-17.ad.example", True, id="the school's own, which takes updates"),
    ],
)
def test_only_a_server_of_the_school_says_more_than_that_a_name_is_not_there(
    tmp_path: Path, name: str, is_kept: bool
) -> None:
    said = ["example. 60 IN SOA c2vjcmv0.example. agvyzq.example. 1 2 3 4 60"]
    outside, inside = (FakeUpstream(authority=said) for _ in range(2))

    async def story() -> None:
        async with running(inside):
            zone = {"zone": "ad.example", "upstreams": [{"address": "127.0.0.1", "port": inside.port}]}
            async with world(tmp_path, fake=outside, forward_zones=[zone]) as it:
                for _ in range(2):  # from the upstream, and from what was kept
                    (soa,) = (await it.ask(name)).authority
                    assert (str(soa.name), soa.ttl, soa[0].minimum) == ("example.", 60, 60)
                    assert (str(soa[0].mname) == "c2vjcmv0.example.") is is_kept

    run(story())


def test_names_in_local_and_forward_zones_may_lead_inside(tmp_path: Path) -> None:
    zone = (
        "printer.school.example. 300 IN A 10.0.0.1",
        "evil.example. 300 IN CNAME printer.school.example.",
    )

    async def story() -> None:
        async with world(tmp_path, zone=zone, local_zones=["school.example"]) as it:
            inside = await it.ask("printer.school.example")
            from_outside = await it.ask("evil.example")

            assert answers(inside) == ["printer.school.example. A 10.0.0.1"]
            assert from_outside.rcode() == 5

    run(story())


def test_any_gets_one_small_record(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, zone=WWW) as it:
            assert answers(await it.ask("www.example", "ANY")) == ['www.example. HINFO "RFC8482" ""']
            assert it.fake.seen == []

    run(story())


def test_zone_transfers_and_addresses_as_names_are_not_forwarded(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path) as it:
            assert (await it.ask("www.example", "IXFR")).rcode() == 5
            assert (await it.ask("192.0.2.1")).rcode() == 3
            assert it.fake.seen == []

    run(story())


def test_private_reverse_names_and_inner_names_never_leave(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path) as it:
            for name in ("1.0.0.10.in-addr.arpa", "9.1.168.192.in-addr.arpa", "printer.local", "x.onion"):
                message = await it.ask(name, "PTR")
                assert (message.rcode(), len(message.authority)) == (3, 1)
            assert it.fake.seen == []

    run(story())


def test_answers_end_when_the_verdict_may_change(tmp_path: Path) -> None:
    lunch = replace(policies.PUPILS, rules=(policies.rule("games", schedule=policies.LUNCH, scope="pupils"),))
    at = policies.school_time("11:59:57")
    zone = ("games.example. 300 IN A 192.0.2.3",)

    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES, lunch), zone, clock=lambda: at) as it:
            assert (await it.ask("games.example")).answer[0].ttl == 3

    run(story())


def test_the_question_is_recorded_with_the_verdict_on_what_stands_behind_it(tmp_path: Path) -> None:
    zone = ("cloak.example. 300 IN CNAME x.games.example.",)

    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES), zone) as it:
            name = to_wire("cloak.example")
            outcome = await it.resolver.answer(Question(0, name, name, A), "127.0.0.1")

            assert outcome.judgement.request.attempt.host == "cloak.example"
            assert outcome.judgement.verdict.reason is Reason.CATEGORY
            assert outcome.hosts == {"cloak.example", "x.games.example"}

    run(story())


def test_the_proxy_gets_judged_addresses_ipv4_first(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, zone=WWW) as it:
            looked = await it.lookup("www.example")

            assert (looked.addresses, looked.error) == (("192.0.2.1", "2001:db8::1"), None)
            assert looked.verdict.action is Action.ALLOW

    run(story())


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        pytest.param("games.example", Reason.CATEGORY, id="the name"),
        pytest.param("cloak.example", Reason.CATEGORY, id="its alias"),
        pytest.param("evil.example", Reason.PROTOCOL, id="rebinding"),
        pytest.param("192.0.2.66", Reason.CATEGORY, id="a listed address"),
    ],
)
def test_the_proxy_gets_no_address_for_what_is_blocked(tmp_path: Path, host: str, reason: Reason) -> None:
    listed = policy_gateway.policy(GAMES | {"192.0.2.66": ["games"]})
    zone = ("cloak.example. 300 IN CNAME x.games.example.", "evil.example. 300 IN A 127.0.0.1")

    async def story() -> None:
        async with world(tmp_path, listed, zone) as it:
            looked = await it.lookup(host)

            assert looked.addresses == ()
            assert (looked.verdict.action, looked.verdict.reason) == (Action.BLOCK, reason)

    run(story())


@pytest.mark.parametrize(
    ("host", "at", "until"),
    [
        pytest.param("www.example", "12:10", None, id="no schedule says anything of it"),
        pytest.param("x.games.example", "12:10", "12:30", id="the name"),
        pytest.param("cloak.example", "12:10", "12:30", id="its alias"),
        pytest.param("hosted.example", "12:10", "12:30", id="its address"),
        pytest.param("192.0.2.66", "12:10", "12:30", id="an address as it stands"),
        pytest.param("cloak.example", "11:50", "12:00", id="its alias, closed"),
        pytest.param("192.0.2.66", "11:50", "12:00", id="an address as it stands, closed"),
    ],
)
def test_the_proxy_hears_when_what_it_may_dial_may_change(
    tmp_path: Path, host: str, at: str, until: str | None
) -> None:
    lunch = replace(
        policies.PUPILS,
        rules=(
            policies.rule("games", "allow", policies.LUNCH, "pupils"),
            policies.rule("games", scope="pupils"),
        ),
    )
    listed = policy_gateway.policy(GAMES | {"192.0.2.66": ["games"]}, lunch)
    zone = (
        *WWW,
        "cloak.example. 300 IN CNAME x.games.example.",
        "x.games.example. 300 IN A 192.0.2.2",
        "hosted.example. 300 IN A 192.0.2.66",
    )

    async def story() -> None:
        async with world(tmp_path, listed, zone, clock=lambda: policies.school_time(at)) as it:
            looked = await it.lookup(host)

            assert bool(looked.addresses) is (at == "12:10")
            assert looked.until == (policies.school_time(until) if until else None)

    run(story())


def test_the_proxy_hears_in_words_why_an_open_name_has_no_address(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, zone=("mail.example. 300 IN TXT hello",), timeout_ms=2000) as it:
            assert (await it.lookup("nowhere.example")).error == "there is no site nowhere.example"
            assert (await it.lookup("mail.example")).error == "mail.example has no address"
            assert "no name" in ((await it.lookup("a" * 64 + ".example")).error or "")
            it.fake.silent = True
            assert "do not answer" in ((await it.lookup("slow.example")).error or "")

    run(story())


def test_the_proxy_dials_the_restricted_service(tmp_path: Path) -> None:
    strict = replace(policies.PUPILS, safe_search={"google": "strict"})
    zone = ("forcesafesearch.google.com. 300 IN A 192.0.2.9", "www.google.com. 300 IN A 192.0.2.1")

    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy({}, strict), zone) as it:
            looked = await it.lookup("www.google.com")

            assert (looked.addresses, looked.verdict.action) == (("192.0.2.9",), Action.REWRITE)

    run(story())


def test_changed_settings_are_taken_up_with_a_new_base(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, zone=WWW) as it:
            assert answers(await it.ask("www.example")) == ["www.example. A 192.0.2.1"]
            settings = policy_gateway.settings(
                upstreams=[{"address": "127.0.0.1", "port": it.fake.port}],
                local_records=[{"name": "www.example", "type": "A", "value": "10.1.1.1"}],
            )
            policy_gateway.put_in_force(it.gateway, policy_gateway.policy(base=8), settings)

            assert answers(await it.ask("www.example")) == ["www.example. A 10.1.1.1"]

    run(story())


def test_a_basis_is_never_claimed_for_a_local_block(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES)) as it:
            name = to_wire("games.example")
            outcome = await it.resolver.answer(Question(0, name, name, AAAA), "127.0.1.1")

            assert outcome.judgement.verdict.evidence.basis is Basis.LOCAL
            assert [code for code, _ in outcome.reply.ede] == [15]

    run(story())


def test_resolvers_behind_us_may_ask_for_the_root(tmp_path: Path) -> None:
    async def story() -> None:
        async with world(tmp_path, zone=(". 300 IN NS a.root-servers.net.",)) as it:
            assert answers(await it.ask(".", "NS")) == [". NS a.root-servers.net."]

    run(story())


def test_what_stands_behind_a_restricted_service_is_judged_too(tmp_path: Path) -> None:
    strict = replace(policies.PUPILS, safe_search={"google": "strict"}, rules=policies.PUPILS.rules)
    zone = (
        "forcesafesearch.google.com. 300 IN CNAME x.games.example.",
        "x.games.example. 300 IN A 192.0.2.9",
    )

    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy(GAMES, strict), zone) as it:
            assert answers(await it.ask("www.google.com")) == ["www.google.com. A 192.0.2.80"]

    run(story())

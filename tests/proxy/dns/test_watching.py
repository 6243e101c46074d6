"""A tunnel's client is stopped by what its questions say together, whichever worker they come to."""

import random
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

import ordinary_names
import policy_gateway
import tunnel_tools
from dns_world import World, answers, errors, run, world
from fake_upstream import FakeUpstream
from known_ways import delivered, told
from proxy.decision.signs import Sign
from proxy.dns.odd_questions import FILE, OddQuestions
from proxy.dns.signing import CODE
from proxy.dns.watching import NO_SUCH_NAME, Watching
from proxy.gateway import Gateway

CLIENT = "10.20.33.7"
KEY = b"k" * 32
ZONE = "tunnel.example.net"
FIRST = 20
"""A session is to be stopped within so many questions."""


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    made = policy_gateway.gateway(tmp_path, policy_gateway.policy(), policy_gateway.settings())
    made.knowledge = delivered()
    return made


def sessions() -> dict[str, list[tuple[str, str]]]:
    """What clients of tunnels ask, the parts that a single question gives away left out where that can be."""
    dice = random.Random(21)
    return {
        "iodine": [*tunnel_tools.iodine_data(ZONE, "TXT", dice)],
        "dnscat2": [*tunnel_tools.dnscat2(ZONE, ("TXT", "CNAME", "MX"), dice, is_encrypted=True)][1:],
        "dnscat2 by addresses": [*tunnel_tools.dnscat2(ZONE, ("A",), dice, is_encrypted=False)][1:],
        "dns2tcp": [*tunnel_tools.dns2tcp(ZONE, dice, with_login=False)],
        "dnstt": [*tunnel_tools.dnstt(ZONE, dice)],
    }


SESSIONS = [pytest.param(asked, id=name) for name, asked in sessions().items()]


@pytest.mark.parametrize("asked", SESSIONS)
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_a_session_is_found_within_its_first_questions(
    gateway: Gateway, tmp_path: Path, asked: list[tuple[str, str]], workers: int
) -> None:
    watches = [Watching(gateway, OddQuestions(tmp_path, number, KEY)) for number in range(workers)]
    dice = random.Random(workers)
    found = [
        bool(dice.choice(watches).signs(CLIENT, name, type_, at)) for at, (name, type_) in enumerate(asked)
    ]
    assert not found[0]
    assert any(found[:FIRST])


def test_what_one_worker_found_binds_the_others(gateway: Gateway, tmp_path: Path) -> None:
    one, two = (Watching(gateway, OddQuestions(tmp_path, number, KEY)) for number in range(2))
    for at, (name, type_) in enumerate(sessions()["dnscat2"][:12]):
        one.signs(CLIENT, name, type_, at)
    assert CLIENT in one.suspects
    assert CLIENT not in two.suspects
    assert told(two.signs(CLIENT, f"ab12.{ZONE}", "TXT", 13)) == [("dns.tunnel.dnscat2_session", "incident")]
    assert CLIENT in two.suspects
    assert two.signs("10.20.33.8", f"ab12.{ZONE}", "TXT", 14) == (), "another client is none of it"


def test_no_address_is_in_the_file(gateway: Gateway, tmp_path: Path) -> None:
    watch = Watching(gateway, OddQuestions(tmp_path, 0, KEY))
    watch.signs_of_some(CLIENT, f"ab12cd34ef56gh78.{ZONE}", "A", 0.0)
    watch.signs(CLIENT, f"ab12cd34ef56gh79.{ZONE}", "A", 1.0)
    watch.answered(CLIENT, f"ab12cd34ef56gh79.{ZONE}", "A", NO_SUCH_NAME, 1.0)
    octets = (tmp_path / FILE).read_bytes()
    assert octets.count(b"ab12cd34ef56gh79") == 2
    assert CLIENT.encode() not in octets


def test_a_worker_that_died_knows_what_it_knew(gateway: Gateway, tmp_path: Path) -> None:
    before = Watching(gateway, OddQuestions(tmp_path, 0, KEY))
    for at, (name, type_) in enumerate(sessions()["dnstt"][:12]):
        before.signs(CLIENT, name, type_, 100.0 + at)
    after = Watching(gateway, OddQuestions(tmp_path, 0, KEY))
    assert told(after.signs(CLIENT, f"ab12.{ZONE}", "TXT", 120.0)) == [("dns.tunnel.dnstt", "incident")]
    rebooted = Watching(gateway, OddQuestions(tmp_path, 0, KEY))
    assert rebooted.signs(CLIENT, f"ab12.{ZONE}", "TXT", 5.0) == (), "its clock began anew"


@pytest.mark.parametrize("shared", [False, True], ids=["one worker", "several"])
def test_answers_of_lists_are_counted(gateway: Gateway, tmp_path: Path, shared: bool) -> None:
    """Words below one domain look like a slow tunnel, unless they are answered as lists of words are."""
    asked = [*tunnel_tools.words(ZONE, "A", random.Random(2))]
    one = Watching(gateway, OddQuestions(tmp_path, 0, KEY) if shared else None)
    two = Watching(gateway, OddQuestions(tmp_path, 1, KEY)) if shared else one
    found: list[Sign] = []
    for at, (name, type_) in enumerate(asked):
        found += one.signs(CLIENT, name, type_, at)
        two.answered(CLIENT, name, type_, NO_SUCH_NAME if at % 2 else CODE, at)
    assert found == []
    silent = Watching(gateway)
    assert any(silent.signs(CLIENT, name, type_, at) for at, (name, type_) in enumerate(asked))


def test_without_knowledge_nothing_is_found(gateway: Gateway) -> None:
    gateway.knowledge = None
    watch = Watching(gateway)
    watch.answered(CLIENT, f"ab12.{ZONE}", "A", NO_SUCH_NAME, 0.0)
    assert [watch.signs(CLIENT, name, type_, at) for at, (name, type_) in enumerate(sessions()["dnstt"])] == [
        ()
    ] * 20


def test_a_suspicion_ends_with_what_it_rests_on(gateway: Gateway) -> None:
    watch = Watching(gateway)
    for at, (name, type_) in enumerate(sessions()["dnstt"]):
        watch.signs(CLIENT, name, type_, at)
    assert CLIENT in watch.suspects
    assert watch.signs(CLIENT, "www.example.org", "A", 4 * 3600) == ()
    assert CLIENT not in watch.suspects


def upstream(asked: list[tuple[str, str]]) -> FakeUpstream:
    """The tunnel's own server: it answers all of it."""
    records = {"TXT": "hello", "A": "192.0.2.7", "MX": "10 mx.example.org.", "CNAME": "www.example.org."}
    made = FakeUpstream()
    for name, type_ in asked:
        made.add(f"{name}. 0 IN {type_} {records[type_]}")
    return made


@pytest.mark.parametrize("asked", SESSIONS)
@pytest.mark.parametrize("workers", [1, 2])
def test_a_live_session_is_stopped_before_its_questions_leave(
    tmp_path: Path, asked: list[tuple[str, str]], workers: int
) -> None:
    fake = upstream(asked)

    async def told_apart() -> list[bool]:
        async with AsyncExitStack() as worlds:
            asking = []
            for number in range(workers):
                odd = OddQuestions(tmp_path, number, KEY)
                state = tmp_path / f"worker-{number}"
                asking.append(await worlds.enter_async_context(world(state, fake=fake, knows=True, odd=odd)))
            return [await stopped(asking[at % workers], *one) for at, one in enumerate(asked[:FIRST])]

    stops = run(told_apart())
    assert not stops[0], "the session begins"
    assert stops[-1], "and is over before its twentieth question"
    first = stops.index(True)
    left = fake.names()
    assert [f"{name.lower()}." in left for name, _ in asked[:FIRST]] == [not stop for stop in stops]
    assert all(stops[first:]), "nothing of it passes any more"


async def stopped(asking: World, name: str, type_: str) -> bool:
    return bool(errors(await asking.ask(name, type_)))


def ordinary() -> list[tuple[str, str, str]]:
    dice = random.Random(8)
    return [
        *ordinary_names.antivirus("avts.vendor.example", "sha256", "A", dice, count=25),
        *ordinary_names.antivirus("hashes.vendor.example.net", "md5", "A", dice, count=25),
        *ordinary_names.telemetry("events.metrics.example", dice, count=25),
        *ordinary_names.shards("cdn.example.org", dice, count=40),
    ]


def test_lookups_of_an_antivirus_and_names_of_networks_are_left_alone(tmp_path: Path) -> None:
    fake = FakeUpstream()
    for name, type_, answer in ordinary():
        if answer and type_ == "A" and not answer.startswith("127."):
            fake.add(f"{name}. 0 IN A {answer}")

    async def refused() -> list[str]:
        async with world(tmp_path, fake=fake, knows=True) as asking:
            return [name for name, type_, _ in ordinary() if await stopped(asking, name, type_)]

    assert run(refused()) == []


def test_an_answer_to_a_suspect_is_nobody_elses(tmp_path: Path) -> None:
    asked = [*tunnel_tools.dnstt(ZONE, random.Random(1))]
    short = (f"ab12.{ZONE}", "TXT")
    fake = upstream([*asked, short])
    fake.add(f"www.{ZONE}. 300 IN A 192.0.2.9")

    async def story() -> None:
        async with world(tmp_path, fake=fake, knows=True) as asking:
            for name, type_ in asked:
                await asking.ask(name, type_)
            assert await stopped(asking, *short), "of a suspect short names are looked at too"
            assert await stopped(asking, f"www.{ZONE}", "A")
            other = await asking.ask(f"www.{ZONE}", "A", client="127.0.1.4")
            assert answers(other) == [f"www.{ZONE}. A 192.0.2.9"]

    run(story())


WORDS = [
    f"{first}-garden-{second}.sites.example.net"
    for first in ("maple", "chestnut", "ash", "hornbeam")
    for second in ("amber", "birch", "cedar", "daisy", "ember", "finch")
]


def test_of_a_machine_that_asks_for_many_only_sure_signs_are_believed(gateway: Gateway) -> None:
    single, many = Watching(gateway), Watching(gateway, asks_for_many=lambda client: client == CLIENT)
    as_one = [told(single.signs(CLIENT, name, "A", at)) for at, name in enumerate(WORDS)]
    assert as_one[-1] == [("dns.tunnel.slow", "block")], "the names of a class, asked for by one device"

    assert not any(many.signs(CLIENT, name, "A", at) for at, name in enumerate(WORDS))
    assert CLIENT not in many.suspects
    for at, (name, type_) in enumerate(sessions()["dnscat2"][:12]):
        many.signs(CLIENT, name, type_, 100 + at)
    assert CLIENT in many.suspects


def test_other_workers_believe_no_more_of_it(gateway: Gateway, tmp_path: Path) -> None:
    one, two = (
        Watching(gateway, OddQuestions(tmp_path, number, KEY), lambda client: client == CLIENT)
        for number in range(2)
    )
    two.signs(CLIENT, WORDS[0], "A", 0)
    for at, name in enumerate(WORDS[1:-1]):
        one.signs(CLIENT, name, "A", at)
    assert two.signs(CLIENT, WORDS[-1], "A", len(WORDS)) == ()
    assert CLIENT not in two.suspects


def test_who_asks_for_many_is_asked_again_when_settings_change(gateway: Gateway) -> None:
    forwarders = {CLIENT}
    watch = Watching(gateway, asks_for_many=forwarders.__contains__)
    assert not any(watch.signs(CLIENT, name, "A", at) for at, name in enumerate(WORDS))
    forwarders.clear()
    watch.ask_again()
    assert told(watch.signs(CLIENT, WORDS[-1], "A", len(WORDS))) == [("dns.tunnel.slow", "block")]


def test_a_device_that_changes_its_address_is_counted_on(tmp_path: Path) -> None:
    """A session shared out over two addresses of one device, and over two devices' for comparison."""
    asked = [*tunnel_tools.dnstt(ZONE, random.Random(1))]
    fake = upstream(asked)

    async def story(state: Path, subject: str) -> bool:
        async with world(state, fake=fake, knows=True) as asking:
            addresses = ("127.0.0.1", "127.0.1.1")
            for address in addresses:
                client = asking.server.service.clients.admit(address, 0.0)
                assert client is not None
                client.watched = subject or address
            stops = [
                errors(await asking.ask(*one, client=addresses[at % 2])) for at, one in enumerate(asked[:2])
            ]
            return bool(stops[-1])

    assert run(story(tmp_path / "one", "device tablet"))
    assert not run(story(tmp_path / "two", ""))


PREVIEWS = {
    "a college's library": [
        f"{name}.ezproxy.lib.some-college.edu"
        for name in (
            "search-proquest-com", "www-jstor-org", "go-gale-com", "search-ebscohost-com", "muse-jhu-edu",
            "link-galegroup-com", "www-oxfordreference-com", "www-britannica-com", "academic-oup-com",
            "link-springer-com", "onlinelibrary-wiley-com", "www-sciencedirect-com", "pubs-acs-org",
            "ieeexplore-ieee-org", "www-cambridge-org", "infoweb-newsbank-com", "fod-infobase-com",
            "www-tandfonline-com", "journals-sagepub-com", "online-culturegrams-com",
        )
    ],
    "code spaces": [
        f"amber-{n * 7919 % 100003:x}{n:03}q{n * 31:x}vw-3000.app.github.dev" for n in range(25)
    ],
    "workspaces": [f"3000-math-book-{n * 104729:011x}.ws-us{n + 80}.gitpod.io" for n in range(25)],
    "sketches": [f"preview-{n * 7919 % 99991:08x}.openprocessing.org" for n in range(25)],
}  # fmt: skip


@pytest.mark.parametrize("names", [pytest.param(names, id=title) for title, names in PREVIEWS.items()])
def test_what_a_class_opens_below_one_provider_is_no_tunnel(gateway: Gateway, names: list[str]) -> None:
    watch = Watching(gateway)
    for at, name in enumerate(names):
        for method in ("A", "AAAA", "HTTPS"):
            assert watch.signs(CLIENT, name, method, 60.0 * at) == ()

import random
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.dns.detectors import NAME_DETECTORS
from proxy.bypass.dns.tunnels import MAX_ZONES, REST_S, TunnelWatch
from proxy.bypass.noticing import notice
from proxy.bypass.observed import Question, Record
from tests.fakes import ordinary_names, tunnel_tools
from tests.fakes.known_ways import delivered

STOPPED = {"block", "incident"}
CAUGHT_WITHIN = 20
DOMAINS = ("t.chem-notes.example", "x.duckdns.org", "tun.foo.co.uk", "d.xyzzy.net")


def raised(name, error):
    raise AssertionError(name) from error


def stopped_at(asked, *, step_s=1.0):
    """The place of the first question that is stopped, from 0, with the gravest consequence; or None."""
    watch = TunnelWatch()
    for place, (name, type_, *answer) in enumerate(asked):
        records, rcode = (), ""
        if answer:
            records = (Record("A", answer[0]),) if answer[0] else ()
            rcode = "NOERROR" if answer[0] else "NXDOMAIN"
        question = Question("c", name, type_, at=place * step_s, answers=records, rcode=rcode)
        signs = (*notice(NAME_DETECTORS, question, delivered(), raised), *watch.signs(question, delivered()))
        if STOPPED & {sign.consequence.value for sign in signs}:
            return place
    return None


TOOLS = {
    **{
        f"iodine by {type_}": lambda d, r, t=type_: tunnel_tools.iodine(d, t, r, user=r.randrange(16))
        for type_ in ("NULL", "TYPE65399", "TXT", "SRV", "MX", "CNAME", "A")
    },
    **{
        f"iodine by {type_}, met in the middle": lambda d, r, t=type_: tunnel_tools.iodine_data(
            d, t, r, user=2
        )
        for type_ in ("TXT", "CNAME", "A")
    },
    **{
        f"dnscat2 {'' if e else 'not '}encrypted by {types}": lambda d, r, t=types, e=e: tunnel_tools.dnscat2(
            d, t, r, is_encrypted=e
        )
        for e in (True, False)
        for types in (("TXT", "CNAME", "MX"), ("A",), ("AAAA",))
    },
    "dns2tcp": lambda d, r: tunnel_tools.dns2tcp(d, r),
    "dns2tcp by KEY": lambda d, r: tunnel_tools.dns2tcp(d, r, type_="KEY", with_login=False),
    "dns2tcp, met in the middle": lambda d, r: tunnel_tools.dns2tcp(d, r, with_login=False),
    "dnstt": tunnel_tools.dnstt,
    "OzymanDNS": tunnel_tools.ozymandns,
    **{
        f"{size} octets in {coding} by {type_}{', numbered' * numbered}": (
            lambda d, r, c=coding, s=size, t=type_, n=numbered: tunnel_tools.pieces(
                d, t, r, coding=c, size=s, label=r.choice((16, 32, 57, 63)), numbered=bool(n)
            )
        )
        for coding in ("hex", "base32", "base64")
        for size in (12, 30, 100)
        for type_ in ("TXT", "A", "CNAME")
        for numbered in (0, 1)
    },
    "words by TXT": lambda d, r: tunnel_tools.words(d, "TXT", r),
    "words by A": lambda d, r: tunnel_tools.words(d, "A", r),
}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("step_s", [0.1, 300.0], ids=["at once", "slowly"])
def test_a_tunnel_is_stopped_within_its_first_questions(tool, step_s):
    for seed, domain in enumerate(DOMAINS):
        place = stopped_at(TOOLS[tool](domain, random.Random(seed)), step_s=step_s)
        assert place in range(CAUGHT_WITHIN), domain


def _antivirus(kind, type_):
    return lambda r: ordinary_names.antivirus("h.unknown-av.com", kind, type_, r)


ORDINARY = {
    **{
        f"antivirus, {kind}, by {type_}": _antivirus(kind, type_)
        for kind in ("short", "md5", "sha1", "sha256")
        for type_ in ("A", "TXT")
    },
    "telemetry": lambda r: ordinary_names.telemetry("tm.vendor.com", r),
    "measurements": lambda r: ordinary_names.sightings("px.vendor.com", r),
    "a network's servers": lambda r: ordinary_names.shards("shardcdn.net", r),
    "a list of spammers": lambda r: ordinary_names.mail_list("bl.somelist.org", r),
    "an organisation": lambda r: ordinary_names.organisation("bigorg.com", r),
    "services": lambda r: ordinary_names.service_records("school.org", r),
}


@pytest.mark.parametrize("programme", ORDINARY)
@pytest.mark.parametrize("is_answered", [True, False], ids=["with answers", "without answers"])
def test_ordinary_programmes_are_let_be(programme, is_answered):
    for seed in range(4):
        asked = list(ORDINARY[programme](random.Random(seed)))
        place = stopped_at(asked if is_answered else [(name, type_) for name, type_, _ in asked])
        assert place is None, asked[place]


def test_what_one_message_told_holds_for_those_that_follow():
    watch, known, dice = TunnelWatch(), delivered(), random.Random(9)
    asked = list(tunnel_tools.iodine("t.foo.com", "A", dice))
    signs = [watch.signs(Question("c", name, type_, at=at), known) for at, (name, type_) in enumerate(asked)]
    assert not signs[0]
    assert {sign.technique for found in signs[1:] for sign in found} == {"dns.tunnel.iodine"}
    assert all(signs[1:])


def test_an_answer_may_come_later():
    watch, known, dice = TunnelWatch(), delivered(), random.Random(3)
    for place in range(18):
        question = Question("c", f"{dice.randbytes(dice.randint(8, 12)).hex()}.av.com", "A", at=place)
        assert watch.signs(question, known) == ()
        watch.answered(Question("c", question.name, "A", at=place, rcode="NXDOMAIN"), known)


def test_clients_and_domains_are_told_apart():
    watch, known, dice = TunnelWatch(), delivered(), random.Random(4)
    for place, (name, type_) in enumerate(tunnel_tools.dnstt("t.foo.com", dice)):
        assert watch.signs(Question(f"c{place}", name, type_, at=place), known) == ()
        assert watch.signs(Question("one", name.replace("foo", f"foo{place}"), type_, at=place), known) == ()


def test_a_tunnel_is_found_between_other_domains():
    dice = random.Random(5)
    others = [(f"{dice.randbytes(8).hex()}.site{at}.net", "A") for at in range(60)]
    tunnel = list(
        tunnel_tools.pieces("t.foo.com", "TXT", dice, coding="base32", size=30, label=60, numbered=False)
    )
    mixed = [each for at, one in enumerate(tunnel) for each in (one, *others[at * 3 : at * 3 + 3])]
    assert stopped_at(mixed) is not None


def beacon(dice, count):
    """A client's number that asks for orders again and again, and data with a counter below it."""
    number = "7c31fa02"
    for place in range(count):
        yield f"{number}.q.notes.example", "A"
        yield f"post.1{dice.randbytes(20).hex()}.{place * 7:x}.{number}.q.notes.example", "A"


def test_data_below_a_name_that_is_asked_for_again_and_again_is_stopped():
    assert stopped_at(beacon(random.Random(8), 20), step_s=60.0) < CAUGHT_WITHIN


@pytest.mark.parametrize("type_", ["MX", "SRV"])
def test_coded_names_that_are_asked_for_servers_of_mail_are_stopped_soon(type_):
    dice = random.Random(4)
    assert stopped_at([(f"{coded(dice, 32)}.m.lark.net", type_) for _ in range(30)]) == 7


def test_names_of_as_many_words_each_are_stopped():
    dice = random.Random(9)
    words = ["lemon", "tulip", "raven", "ember", "zebra", "hazel", "ocean", "daisy", "fjord", "maple"]
    asked = [("-".join(dice.choices(words, k=6)) + ".notes.example", "A") for _ in range(30)]
    assert stopped_at(asked) < CAUGHT_WITHIN


def test_a_tunnel_below_the_zone_of_an_address_is_stopped():
    dice, zone = random.Random(10), "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
    asked = [(f"{dice.randbytes(24).hex()}.{zone}", "TXT") for _ in range(30)]
    assert stopped_at(asked) < CAUGHT_WITHIN


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param([(f"{n}.2.0.192.in-addr.arpa", "PTR") for n in range(200)], id="addresses"),
        pytest.param(
            [(".".join(f"{n:032x}"[::-1]) + ".ip6.arpa", "PTR") for n in range(1, 200)], id="version 6"
        ),
        pytest.param([(f"{n}.a3f9c2e81b.leaks.example", "A") for n in range(12)], id="a test for leaks"),
        pytest.param(
            [(f"{random.Random(n).randbytes(16).hex()}-cdn.photos.example", "A") for n in range(30)],
            id="pictures by their hashes",
        ),
        pytest.param(
            [(f"p{n}-{random.Random(n).randbytes(6).hex()}.cdn-pics.album.net", "A") for n in range(140)],
            id="pictures by short numbers, beside a counter",
        ),
        pytest.param(
            [(f"photo-{random.Random(n).randbytes(5).hex()}.cdn.album.net", "A") for n in range(140)],
            id="pictures by short numbers, beside a word",
        ),
    ],
)
def test_short_counters_and_hashes_between_words_are_let_be(asked):
    assert stopped_at(asked) is None


@pytest.mark.parametrize(("octets", "type_", "most"), [
    pytest.param(6, "A", 190, id="short"),
    pytest.param(6, "TXT", 20, id="short, for rare records"),
    pytest.param(12, "A", 20, id="long"),
])  # fmt: skip
def test_digits_beside_a_counter_are_stopped(octets, type_, most):
    dice = random.Random(3)
    asked = [(f"p{n}-{dice.randbytes(octets).hex()}.cdn-pics.album.net", type_) for n in range(200)]
    place = stopped_at(asked)
    assert place is not None
    assert place <= most


def test_after_a_rest_counting_begins_anew():
    watch, known, dice = TunnelWatch(), delivered(), random.Random(6)
    asked = list(
        tunnel_tools.pieces("t.foo.com", "TXT", dice, coding="base32", size=40, label=60, numbered=False)
    )
    for place, (name, type_) in enumerate(asked):
        assert watch.signs(Question("c", name, type_, at=place * (REST_S + 1)), known) == ()


def size_of(value, seen):
    """Octets of an object and of what it alone holds."""
    if id(value) in seen or isinstance(value, type):
        return 0
    seen.add(id(value))
    held = []
    if isinstance(value, dict):
        held = [*value.keys(), *value.values()]
    elif isinstance(value, (tuple, list, set, frozenset)):
        held = list(value)
    elif hasattr(type(value), "__slots__"):
        held = [getattr(value, name) for name in type(value).__slots__ if hasattr(value, name)]
    return sys.getsizeof(value) + sum(size_of(each, seen) for each in held)


def test_a_client_that_asks_for_everything_costs_four_kilobytes_at_most():
    watch, known, dice = TunnelWatch(), delivered(), random.Random(7)
    for place in range(400):
        name = (
            f"{place}.{dice.randbytes(25).hex()}.{dice.randbytes(20).hex()}.zone{place % (MAX_ZONES + 3)}.com"
        )
        watch.signs(Question("192.0.2.1", name, "TXT", at=place + 0.5), known)
    seen = set()
    held = size_of(watch._clients["192.0.2.1"], seen) + size_of(watch._spread["192.0.2.1"], seen)
    assert held <= 4096


@given(st.lists(st.tuples(st.text(max_size=80), st.sampled_from(["A", "TXT", "NULL"])), max_size=30))
def test_nothing_makes_the_watch_fail(asked):
    watch = TunnelWatch()
    for place, (name, type_) in enumerate(asked):
        watch.signs(Question("c", f"{name}.foo.com", type_, at=place), delivered())


def coded(dice, size):
    return "".join(dice.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(size))


EVASIONS = {
    "below a label of services": lambda d: [(f"{coded(d, 45)}._tcp.evil.net", "TXT") for _ in range(40)],
    "below a label for keys": lambda d: [
        (f"{coded(d, 40)}._domainkey.evil-zone.net", "TXT") for _ in range(40)
    ],
    "eight domains in turn": lambda d: [(f"{coded(d, 50)}.evil{n % 8}.net", "TXT") for n in range(80)],
    "one name again and again between": lambda d: [
        (f"{coded(d, 50)}.evil-zone.net" if n % 3 == 0 else "www-front-page-of-ours.evil-zone.net", "TXT")
        for n in range(90)
    ],
    "hashes that are answered": lambda d: [
        (f"{d.getrandbits(128):032x}.evil-zone.net", "TXT", "198.51.100.9") for _ in range(40)
    ],
}


@pytest.mark.parametrize(
    ("zones", "size", "type_", "most"),
    [
        pytest.param(1, 14, "A", 200, id="one, of one length, for addresses"),
        pytest.param(5, 14, "A", 280, id="five, for addresses"),
        pytest.param(17, 25, "A", 190, id="seventeen, for addresses"),
        pytest.param(40, 70, "A", 480, id="forty, long ones for addresses"),
        pytest.param(100, 14, "A", 1200, id="a hundred, for addresses"),
        pytest.param(40, 12, "TXT", 480, id="forty, for rare records"),
        pytest.param(5, 5, "A", 400, id="five, codes of five characters"),
        pytest.param(40, 8, "A", 600, id="forty, of eight characters"),
    ],
)
def test_short_names_below_many_domains_in_turn_are_stopped(zones, size, type_, most):
    for seed in range(3):
        dice = random.Random(seed)
        asked = [(f"{coded(dice, size - 2)}3q.evil{number % zones}.net", type_) for number in range(1200)]
        place = stopped_at(asked)
        assert place is not None
        assert place < most


def test_hexadecimal_digits_for_rare_records_below_many_domains_are_stopped():
    for seed in range(3):
        dice = random.Random(seed)
        asked = [(f"{dice.getrandbits(64):016x}.evil{number % 24}.net", "TXT") for number in range(400)]
        assert stopped_at(asked) in range(250)


def codes(dice, count, size):
    """Names of random letters and digits, no longer than words, below one domain."""
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    for _ in range(count):
        yield "".join(dice.choice(alphabet) for _ in range(size)) + ".t.evil-zone.net", "A"


@pytest.mark.parametrize("size", [4, 5])
def test_codes_as_short_as_words_below_one_domain_are_stopped(size):
    for seed in range(3):
        assert stopped_at(codes(random.Random(seed), 200, size)) in range(140)


def test_several_short_labels_below_one_domain_are_stopped():
    for seed in range(3):
        dice = random.Random(seed)
        asked = [(".".join(coded(dice, 3) for _ in range(4)) + ".evil-zone.net", "A") for _ in range(200)]
        assert stopped_at(asked) in range(80)


def test_short_names_of_servers_are_let_be():
    asked = [
        (f"{letter}{number}.cdn.evil-zone.net", "A") for letter in ("lh", "img", "s") for number in range(60)
    ]
    assert stopped_at(asked) is None


@pytest.mark.parametrize("zones", [17, 40])
@pytest.mark.parametrize(("size", "type_"), [(100, "TXT"), (120, "A")])
def test_long_names_below_many_domains_in_turn_are_stopped(zones, size, type_):
    for seed in range(3):
        dice, asked = random.Random(seed), []
        for number in range(60):
            zone = f".evil{number % zones}.net"
            data = coded(dice, size - len(zone) - 1)
            asked.append((f"{data[:60]}.{data[60:]}{zone}", type_))
        assert stopped_at(asked) in range(30)


@pytest.mark.parametrize(("name", "most"), [
    ("below a label of services", 20),
    ("below a label for keys", 20),
    ("eight domains in turn", 40),
    ("one name again and again between", 60),
    ("hashes that are answered", 30),
])  # fmt: skip
def test_what_hides_among_other_names_is_stopped(name, most):
    for seed in range(3):
        place = stopped_at(EVASIONS[name](random.Random(seed)))
        assert place is not None
        assert place < most


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([f"{n}.a3f9c2e81b.bash.ws" for n in range(20)], id="a test for leaks"),
        pytest.param(
            [f"{coded(random.Random(n), 32)}--3000--{n:08x}.local.webcontainer.io" for n in range(60)],
            id="programs in a browser",
        ),
        pytest.param([f"mia-lee-{2000 + n}-portfolio.sites.org" for n in range(25)], id="a class's pages"),
        pytest.param([f"zn{n:015x}-district.siteintercept.qualtrics.com" for n in range(60)], id="surveys"),
        pytest.param([f"lesson{n}.class-{n % 9}.example.com" for n in range(40)], id="names for examples"),
        pytest.param(["s1._domainkey.mail.org", "k._domainkey.mail.org", "_dmarc.mail.org"] * 9, id="mail"),
    ],
)
def test_addresses_that_browsers_ask_for_are_let_be(names):
    assert stopped_at([(name, "A") for name in names]) is None


def test_names_for_addresses_alone_accuse_nobody():
    dice, watch = random.Random(5), TunnelWatch()
    told = set()
    for number in range(60):
        question = Question("c", f"{number}-{coded(dice, 34)}.leaks.net", "A", at=float(number))
        told |= {sign.consequence.value for sign in watch.signs(question, delivered())}
    assert "block" in told
    assert "incident" not in told

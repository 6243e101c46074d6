"""Which names do tunnels and schools ask for? Rows of dns.jsonl, sessions and single names.

The encoders follow descriptions of the tools: iodine, dnscat2, dns2tcp, dnstt, Cobalt Strike's DNS beacon,
Sliver, DNSExfiltrator, dnsteal, godoh, Heyoka, TUNS, and two that nobody has published.
"""

# ruff: noqa: E501 (tables of what stands in one line in traffic)

import base64
import random
import zlib
from collections.abc import Callable, Iterator
from typing import Any

type Row = dict[str, Any]
type Asked = tuple[str, str, int]
"""Name, type, milliseconds since the one before."""

BASE32, BASE58 = (
    "abcdefghijklmnopqrstuvwxyz234567",
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
)
DOMAINS = {
    "apart": ["t.garden-blog.example", "n1.quilting.example.net", "d.marine-facts.example.org", "x7.example.com", "up.bakery-news.example",
              "edge.stonework.example.net", "c2.haiku-daily.example", "ns.birdsong.example.org"],
    "tuned": ["s.woodcraft.example", "q.travel-log.example.net", "a.retro-radio.example.org", "tun.example.com"],
}  # fmt: skip
WORDS = [
    "amber",
    "birch",
    "coral",
    "daisy",
    "ember",
    "fjord",
    "grove",
    "hazel",
    "inlet",
    "jolly",
    "kiosk",
    "lemon",
    "maple",
    "nutty",
    "ocean",
    "pearl",
    "quill",
    "raven",
    "salsa",
    "tulip",
    "umbra",
    "vivid",
    "waltz",
    "xenon",
    "yacht",
    "zebra",
]


def labels(text: str, size: int) -> str:
    return ".".join(text[at : at + size] for at in range(0, len(text), size))


def b32(octets: bytes) -> str:
    return base64.b32encode(octets).decode().rstrip("=").lower()


def b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def iodine(dice: random.Random, domain: str, record: str, label: int = 60) -> Iterator[Asked]:
    letters = "abcdefghijklmnopqrstuvwxyz012345"
    some = lambda count: "".join(dice.choices(letters, k=count))  # noqa: E731
    yield f"vaaaakatq{some(3)}.{domain}", record, 0
    yield f"la{some(30)}.{domain}", record, 60
    for at in range(30):
        if at % 3:
            yield (
                f"{labels(f'{dice.randint(0, 15):x}' + some(4) + some(dice.randint(20, 170)), label)}.{domain}",
                record,
                40,
            )
        else:
            yield f"p{some(7)}.{domain}", record, 900


def dnscat2(dice: random.Random, domain: str, record: str, label: int = 44) -> Iterator[Asked]:
    session = dice.randbytes(2)
    yield (
        labels((dice.randbytes(2) + b"\x00" + session + dice.randbytes(2) + b"\x00\x00").hex(), label)
        + f".{domain}",
        record,
        0,
    )
    for _ in range(28):
        data = dice.randbytes(dice.choice([0, 0, 0, 17, 60]))
        yield (
            labels((dice.randbytes(2) + b"\x01" + session + dice.randbytes(4) + data).hex(), label)
            + f".{domain}",
            dice.choice([record, "TXT", "MX"]),
            1000,
        )


def dns2tcp(dice: random.Random, domain: str, record: str) -> Iterator[Asked]:
    cookie = dice.randbytes(2)
    yield f"{b64(dice.randbytes(9))}.=auth.{domain}", record, 0
    yield f"{b64(cookie + dice.randbytes(16))}.=connect.{domain}", record, 80
    for at in range(26):
        yield (
            f"{labels(b64(cookie + at.to_bytes(2) + bytes(2) + dice.randbytes(dice.choice([1, 1, 40, 100]))), 63)}.{domain}",
            record,
            300,
        )


def dnstt(dice: random.Random, domain: str, record: str) -> Iterator[Asked]:
    client = dice.randbytes(8)
    for _ in range(28):
        data = dice.randbytes(dice.choice([0, 0, 24, 90]))
        yield (
            f"{labels(b32(client + bytes([227]) + dice.randbytes(3) + bytes([len(data)]) + data), 63)}.{domain}",
            record,
            500,
        )


def beacon(dice: random.Random, domain: str, record: str) -> Iterator[Asked]:
    who = f"{dice.randrange(16**7):x}"
    for at in range(30):
        yield f"{who}.{domain}", "A", 5000
        size = f"{dice.choice([1, 2])}"
        yield (
            f"post.{size}{dice.randbytes(24).hex()}.{at:x}{dice.randrange(4096):03x}.{who}.{domain}",
            record,
            90,
        )


def sliver(dice: random.Random, domain: str, record: str) -> Iterator[Asked]:
    for _ in range(30):
        text = "".join(dice.choices(BASE58, k=dice.randint(40, 150)))
        yield f"{labels(text, 63)}.{domain}", record, 200


def exfiltrator(dice: random.Random, domain: str, record: str) -> Iterator[Asked]:
    yield f"init.{b32(b'notes.zip|31').upper()}.base64url.{domain}", record, 0
    for at in range(30):
        yield f"{at}.{labels(b64(dice.randbytes(120)), 63)}.{domain}", record, 250


def dnsteal(dice: random.Random, domain: str, record: str) -> Iterator[Asked]:
    for at in range(30):
        piece = (
            base64.b64encode(zlib.compress(dice.randbytes(32)))
            .decode()
            .replace("+", "*")
            .rstrip("=")
            .replace("/", "-")
        )
        yield f"{at}-.{labels(piece, 57)}-.essay.txt.{domain}", record, 400


def godoh(dice: random.Random, domain: str, record: str) -> Iterator[Asked]:
    who = f"{dice.randrange(16**4):04x}"
    for at in range(30):
        yield (
            f"{who}.ef.{at}.{zlib.crc32(bytes([at])):x}.1.3.{labels(dice.randbytes(80).hex(), 60)}.{domain}",
            record,
            300,
        )


def tuns(dice: random.Random, domain: str, record: str) -> Iterator[Asked]:
    for at in range(30):
        yield f"d{labels(b32(dice.randbytes(70)), 63)}.l{at}.{domain}", record, 150


def counted(dice: random.Random, domain: str, record: str) -> Iterator[Asked]:
    for at in range(34):
        yield f"{at:03}x{b32(dice.randbytes(18))}.{domain}", record, 700


def worded(dice: random.Random, domain: str, record: str) -> Iterator[Asked]:
    for _ in range(40):
        yield (
            f"{'-'.join(dice.choices(WORDS, k=5))}.{dice.choice(WORDS)}{dice.choice(WORDS)}.{domain}",
            record,
            400,
        )


type Encoder = Callable[[random.Random, str, str], Iterator[Asked]]
TUNNELS: list[tuple[str, Encoder, tuple[str, ...]]] = [
    ("dns.tunnel.iodine", iodine, ("NULL", "TXT", "CNAME", "MX", "SRV", "A", "PRIVATE")),
    ("dns.tunnel.dnscat2_session", dnscat2, ("TXT", "CNAME", "A", "AAAA")),
    ("dns.tunnel.dns2tcp", dns2tcp, ("TXT", "KEY")), ("dns.tunnel.dnstt", dnstt, ("TXT", "TXT", "CNAME")),
    ("dns.tunnel.beacon", beacon, ("A", "TXT", "AAAA")), ("dns.tunnel.sliver", sliver, ("TXT", "A")),
    ("dns.tunnel.exfiltrator", exfiltrator, ("TXT",)), ("dns.tunnel.dnsteal", dnsteal, ("A", "A")),
    ("dns.tunnel.godoh", godoh, ("A", "TXT")), ("dns.tunnel.tuns", tuns, ("CNAME", "CNAME")),
    ("dns.tunnel.counted", counted, ("A", "AAAA")), ("dns.tunnel.words", worded, ("A", "TXT")),
]  # fmt: skip


def hashes(dice: random.Random, count: int, form: str, record: str = "A", wait: int = 400) -> Iterator[Asked]:
    for _ in range(count):
        name = (
            form.replace("{h}", dice.randbytes(16).hex())
            .replace("{g}", dice.randbytes(5).hex())
            .replace("{w}", dice.choice(WORDS))
        )
        name = name.replace("{n}", str(dice.randint(1, 999))).replace(
            "{v}", "".join(dice.choices(BASE32, k=8))
        )
        name = name.replace("{nibbles}", ".".join(dice.choices("0123456789abcdef", k=32)))
        yield name.replace("{r}", ".".join(str(dice.randint(1, 254)) for _ in range(4))), record, wait


ORDINARY = [
    ("av_lookup", "{h}.avqs.mcafee.com", "A"), ("av_lookup", "{g}.{g}.l.sophosxl.net", "TXT"), ("av_lookup", "{g}.c.eset.com", "A"),
    ("av_lookup", "{h}.b.r.e5.sk", "TXT"),
    ("dnsbl", "{r}.zen.spamhaus.org", "A"), ("dnsbl", "{r}.b.barracudacentral.org", "A"), ("reverse", "{r}.in-addr.arpa", "PTR"),
    ("cdn", "d{v}{g}.cloudfront.net", "A"), ("cdn", "r{n}---sn-{v}.googlevideo.com", "A"), ("cdn", "{h}.safeframe.googlesyndication.com", "A"),
    ("cdn", "{w}-{n}.akamaized.net", "HTTPS"), ("cdn", "e{n}.dscb.akamaiedge.net", "A"), ("cdn", "scontent-{w}{n}-1.xx.fbcdn.net", "A"),
    ("hosting", "{w}-{w}-{g}.vercel.app", "A"), ("hosting", "{w}{n}.s3.us-west-2.amazonaws.com", "A"), ("hosting", "{w}-{n}.blob.core.windows.net", "A"),
    ("hosting", "{w}{n}.github.io", "A"), ("telemetry", "o{n}{n}.ingest.us.sentry.io", "HTTPS"), ("telemetry", "{g}.metrics.{w}-stats.example", "A"),
    ("service", "_ldap._tcp.site-{n}._sites.dc._msdcs.oak-valley.example", "SRV"), ("service", "_airprint._sub._ipp._tcp.oak-valley.example", "PTR"),
    ("school", "pc-{n}.oak-valley.example", "A"), ("school", "{w}.instructure.com", "HTTPS"), ("school", "{w}-k12.schoology.com", "A"),
    ("browsing", "www.{w}-{w}.example", "A"), ("browsing", "img{n}.{w}-photos.example", "AAAA"), ("mail", "{w}{n}._domainkey.{w}-letters.example", "TXT"),
    ("mail", "_dmarc.{w}-club.example", "TXT"),
]  # fmt: skip
FURTHER = [
    ("reverse", "{nibbles}.ip6.arpa", "PTR"), ("reverse", "lb._dns-sd._udp.0.{n}.40.10.in-addr.arpa", "PTR"),
    ("cdn", "p4-{v}-{v}-{n}-i{n}-v6exp3-v4.metric.gstatic.com", "A"), ("cdn", "d-{n}{n}.ampproject.net", "HTTPS"), ("cdn", "{n}-courier.push.apple.com", "A"),
    ("cdn", "ipv4-c{n}-{w}001-ix.1.oca.nflxvideo.net", "A"), ("cdn", "{g}.r.bat.bing.com", "A"), ("cdn", "{w}-{n}.trafficmanager.net", "A"),
    ("cdn", "{h}.fls.doubleclick.net", "A"), ("hosting", "{w}{n}.sharepoint.com", "A"), ("hosting", "{w}-{w}{n}.blogspot.com", "A"),
    ("hosting", "{w}{n}.wixsite.com", "A"), ("hosting", "{w}-{g}-uc.a.run.app", "HTTPS"), ("hosting", "{w}{n}.weebly.com", "A"), ("hosting", "{g}{g}.id.repl.co", "A"),
    ("hosting", "{w}-{v}.csb.app", "HTTPS"), ("hosting", "{w}-{w}-{w}.glitch.me", "A"),
    ("av_lookup", "{h}.malware.hash.cymru.com", "TXT"), ("av_lookup", "{h}.nimbus.bitdefender.net", "A"), ("av_lookup", "{v}{v}.icrc.trendmicro.com", "A"),
    ("av_lookup", "{h}.ff.avast.com", "A"), ("av_lookup", "{g}.bcap15.brightcloud.com", "A"),
    ("meeting", "zoom{w}{n}mmr.zoom.us", "A"), ("meeting", "{n}-relay.{w}.teams.microsoft.com", "A"), ("mail", "{w}{n}.mail.protection.outlook.com", "A"),
    ("school", "{v}.oak-valley.example", "A"), ("school", "ipad-{g}.oak-valley.example", "A"), ("telemetry", "{g}.{n}.nel.{w}-vendor.example", "A"),
    ("service", "_kerberos._tcp.{w}._sites.oak-valley.example", "SRV"), ("video", "rr{n}---sn-{v}-{v}.googlevideo.com", "HTTPS"),
]  # fmt: skip
"""As ordinary, and asked in the set held apart only."""
KNOWN = [
    "classroom.google.com", "www.khanacademy.org", "kahoot.it", "scratch.mit.edu", "phet.colorado.edu", "studio.code.org", "noaa.gov",
    "www.britannica.com", "github.com", "login.microsoftonline.com", "zoom.us", "meet.google.com", "en.wikipedia.org", "www.jstor.org",
    "archive.org", "translate.google.com", "www.deepl.com", "fonts.gstatic.com", "ajax.googleapis.com", "time.windows.com", "pool.ntp.org",
    "ocsp.digicert.com", "www.nationalgeographic.com", "teams.microsoft.com", "api.weather.gov", "www.desmos.com", "quizlet.com", "wpad-news.example.com",
    "dnschecker.example.org", "vpn-history.example.edu", "www.proxyfight.example.com", "tor.example.edu", "warp-and-weft.example.org", "nextdns-review.example.com",
    "www.torontozoo.com", "mask-makers.example.com", "dot.ca.gov", "doh.wa.gov", "www.doh.gov.ph", "vpn.oak-valley.example", "anydesk-fan.example.org",
]  # fmt: skip
SINGLE = {
    "apart": [
        ("dns.doh_host", n) for n in ("doh.opendns.com", "dns.nextdns.io", "dns.adguard-dns.com", "doh.cleanbrowsing.org", "dns10.quad9.net", "mozilla.cloudflare-dns.com",
                                      "doh.mullvad.net", "dns.alidns.com", "doh.pub", "doh.libredns.gr", "freedns.controld.com", "dns.switch.ch")
    ] + [("vpn.app", n) for n in ("api.nordvpn.com", "api.surfshark.com", "www.hotspotshield.com", "mullvad.net", "hola.org", "windscribe.com", "www.tunnelbear.com", "psiphon.ca", "www.cyberghostvpn.com")]
      + [("dns.auto_signal", n) for n in ("mask-h2.icloud.com", "_dns.resolver.arpa", "use-application-dns.net")]
      + [("policy.listed", n) for n in ("CDN.FRIV.com", "www.miniclip.com.", "static.kongregate.com", "wWw.NetFlix.cOm")]
      + [("tunnel.quick", n) for n in ("blue-otter-91.trycloudflare.com", "3f1a-203-0-113-4.ngrok-free.app", "abcd1234.lhr.life", "x1y2z3-8080.euw.devtunnels.ms")]
      + [("host.wildcard_ip", n) for n in ("198-51-100-7.sslip.io", "app.203.0.113.9.nip.io")]
      + [("proxy.site", n) for n in ("www.croxyproxy.com", "www.hidemyass.com", "www.blockaway.net")]
      + [("remote.host", n) for n in ("engine.hyperbeam.com", "relay-12.net.anydesk.com", "www.browserling.com")]
      + [("wrapper.translate", n) for n in ("www-friv-com.translate.goog", "web-snapchat-com.translate.goog")]
      + [("tor.name", n) for n in ("www.torproject.org", "bridges.torproject.org", "snowflake-broker.torproject.net")],
    "tuned": [
        ("dns.doh_host", n) for n in ("doh.dns.sb", "dns0.eu", "doh.applied-privacy.net", "one.one.one.one", "family.cloudflare-dns.com")
    ] + [("vpn.app", n) for n in ("account.protonvpn.com", "www.ipvanish.com", "www.privateinternetaccess.com", "protonvpn.com")]
      + [("dns.auto_signal", n) for n in ("mask.icloud.com", "mask-api.icloud.com")] + [("policy.listed", n) for n in ("Store.EpicGames.com", "www.tumblr.com")]
      + [("tunnel.quick", n) for n in ("rapid-fox.trycloudflare.com", "a1b2.ngrok.io")] + [("host.wildcard_ip", n) for n in ("203-0-113-77.nip.io",)]
      + [("wrapper.translate", n) for n in ("www-pinterest-com.translate.goog",)] + [("tor.name", n) for n in ("dist.torproject.org",)],
}  # fmt: skip


def _row(label: str, technique: str, expect: str, asked: tuple[str, str], **more: Any) -> Row:
    return {"label": label, "technique": technique, "qname": asked[0], "qtype": asked[1], "transport": "udp53",
            "client": {"role": "student"}, **more, "expect": expect}  # fmt: skip


def _sessions(kind: str, dice: random.Random) -> Iterator[Row]:
    """Tunnels in every form; and, as long as they, what antivirus, mail and video ask."""
    number = 0
    rounds = 1 if kind == "apart" else 2
    for at, (technique, encoder, records) in enumerate(TUNNELS):
        chosen = records if kind == "apart" else records[:1]
        for record in chosen:
            number += 1
            domain = DOMAINS[kind][(at + number) % len(DOMAINS[kind])]
            yield from _session(
                f"{kind}-{number}", "bypass", technique, "block_incident", encoder(dice, domain, record)
            )
    for each, form, record in (*ORDINARY, *FURTHER) if kind == "apart" else ORDINARY[::2]:
        number += 1
        yield from _session(
            f"{kind}-{number}",
            "benign",
            f"benign.{each}",
            "allow",
            hashes(dice, 45, form, record, dice.choice([150, 900, 4000])),
        )
    for _ in range(4 // rounds):
        number += 1
        visit = [
            (name, dice.choice(["A", "AAAA", "HTTPS"]), dice.randint(20, 3000))
            for name in dice.sample(KNOWN, 25)
        ]
        yield from _session(f"{kind}-{number}", "benign", "benign.browsing", "allow", iter(visit))


def _session(session: str, label: str, technique: str, expect: str, asked: Iterator[Asked]) -> Iterator[Row]:
    at = 0.0
    for name, record, wait in asked:
        at += wait / 1000
        assert len(name) <= 253, name
        yield _row(label, technique, expect, (name, record), session=session, seq=round(at, 3))


def _singles(kind: str, dice: random.Random) -> Iterator[Row]:
    for technique, name in SINGLE[kind]:
        yield _row("bypass", technique, "block", (name, dice.choice(["A", "AAAA", "HTTPS"])))
    for name in KNOWN[:: 1 if kind == "apart" else 2]:
        yield _row("benign", "benign.names", "allow", (name, dice.choice(["A", "AAAA", "HTTPS"])))
    for each, form, record in (*ORDINARY, *FURTHER) if kind == "apart" else ORDINARY:
        for name, _, _ in hashes(dice, 3 if kind == "apart" else 2, form):
            yield _row("benign", f"benign.{each}", "allow", (name, record))
    near = {"apart": ("10.40.7.7", "127.0.0.1", "fd00:40::9"), "tuned": ("192.168.1.1", "10.40.0.53")}[kind]
    for address in near:
        expect = "block_incident" if address == "10.40.0.53" else "block"  # the filter itself
        yield _row("bypass", "dns.rebinding", expect, (f"{dice.choice(WORDS)}.{dice.choice(WORDS)}-site.example.com", "AAAA" if ":" in address else "A"),
                   answers=[{"type": "AAAA" if ":" in address else "A", "rdata": address}])  # fmt: skip
        yield _row(
            "benign",
            "benign.internal",
            "allow",
            (f"{dice.choice(WORDS)}.oak-valley.example", "A"),
            answers=[{"type": "A", "rdata": "10.40.4.9"}],
        )
    for target in {
        "apart": ("www.friv.com", "dns.nextdns.io", "edge.netflix.com"),
        "tuned": ("www.roblox.com",),
    }[kind]:
        yield _row("bypass", "dns.cname_cloak", "block", (f"{dice.choice(WORDS)}.{dice.choice(WORDS)}-notes.example.net", "A"),
                   answers=[{"type": "CNAME", "rdata": f"{target}."}])  # fmt: skip
    for resolver in {
        "apart": ("1.0.0.1", "208.67.222.222", "2620:fe::fe", "198.51.100.3"),
        "tuned": ("9.9.9.9", "94.140.14.14"),
    }[kind]:
        yield _row("bypass", "dns.foreign_resolver", "block", ("www.example.net", "A"), dst=resolver)
    for target in (
        "d1a2b3c4.cloudfront.net",
        "shops.myshopify.com",
        "ghs.googlehosted.com",
        "e4518.dscb.akamaiedge.net",
    ):
        yield _row("benign", "benign.alias", "allow", (f"www.{dice.choice(WORDS)}-{dice.choice(WORDS)}.example.org", "A"),
                   answers=[{"type": "CNAME", "rdata": f"{target}."}, {"type": "A", "rdata": f"151.101.{dice.randint(1, 200)}.{dice.randint(1, 200)}"}])  # fmt: skip


def rows_of(kind: str) -> Iterator[Row]:
    """All rows of one set."""
    dice = random.Random(f"names of {kind}")
    unique: dict[str, Row] = {}
    for row in (*_sessions(kind, dice), *_singles(kind, dice)):
        unique.setdefault(repr(sorted(row.items(), key=str)), row)
    for at, row in enumerate(unique.values()):
        yield {"id": f"{kind[0]}d-{at:05}", **row}

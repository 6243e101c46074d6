"""What does ordinary traffic look like to the detectors? Requests, names, greetings and messages.

Every shape has `{n}` where real ones differ from each other, so that no cache answers for all of a shape.
"""

import base64
import struct
from collections.abc import Callable
from hashlib import sha256

from proxy.bypass.observed import Exchange, Fields, Form, Message, Opening, Question, Transport
from proxy.decision.urls import Url, parse_url

VARIANTS = 40
"""How many requests, names or greetings of each shape are shown to the detectors."""
AGENT = (
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36"
)
_BLOB = base64.urlsafe_b64encode(sha256(b"a").digest() * 9).decode().rstrip("=")
_UUID = "7d1f0c52-{n:04d}-4b5e-9f0a-0c2f4a6b8d10"

SHAPES: dict[str, tuple[str, str]] = {
    "document": ("GET", "https://learn{n}.example.org/courses/{n}/lessons/the-water-cycle"),
    "front page": ("GET", "https://www.library{n}.example.net/"),
    "script": ("GET", "https://cdn{n}.example.net/assets/app-{n:06x}.chunk.min.js?v=4.18.{n}"),
    "style": ("GET", "https://cdn{n}.example.net/css/main.{n:08x}.css"),
    "image": ("GET", "https://images{n}.example.com/photos/2026/11/{n}/river-delta_1280x720.webp?w=640&q=75"),
    "font": ("GET", "https://fonts.example.com/s/inter/v{n}/UcC73FwrK3iLTeHuS_nVMrMxCp50SjIa1ZL7.woff2"),
    "icon": ("GET", "https://school{n}.example.org/favicon.ico"),
    "search": ("GET", "https://www.google.com/search?q=how+do+volcanoes+form+{n}&source=hp&ei=k{n}Zx&oq=how"),
    "suggestion": (
        "GET",
        "https://www.google.com/complete/search?q=photosyn&cp=8&client=gws-wiz&hl=en&pq=p{n}",
    ),
    "XHR": ("POST", f"https://api{{n}}.example.org/v2/classes/{_UUID}/submissions?include=author,files"),
    "GraphQL": ("POST", "https://web.example.com/graphql?operationName=AssignmentPage{n}&batch=1"),
    "beacon": ("POST", "https://stats{n}.example.net/collect?v=2&tid=G-9X{n}&_p=170&dl=/courses/{n}&dt=Unit"),
    "SSO redirect": (
        "GET",
        "https://login.example.org/oauth2/authorize?client_id=lms{n}&response_type=code&scope=openid+email"
        "&redirect_uri=https%3A%2F%2Flearn.example.org%2Fcallback&state=" + _BLOB[:64] + "&nonce={n}",
    ),
    "SAML": ("GET", "https://idp{n}.example.edu/saml/SSO?SAMLRequest=" + _BLOB + "&RelayState=r{n}"),
    "token": ("GET", "https://files{n}.example.com/d/" + _BLOB[:120] + "?alt=media&token={n}"),
    "signed object": (
        "GET",
        "https://bucket{n}.s3.amazonaws.com/uploads/essay-{n}.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIA%2F20261122%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261122T100000Z"
        "&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=" + sha256(b"s").hexdigest(),
    ),
    "long query": (
        "GET",
        "https://shop{n}.example.com/list?" + "&".join(f"facet{i}=value%20{i}" for i in range(40)) + "&p={n}",
    ),
    "library proxy": ("GET", "https://www-journal{n}-org.ezproxy.example.edu/content/{n}/3/full.pdf"),
    "translation": (
        "GET",
        "https://translate.google.com/translate?sl=en&tl=es&u=https%3A%2F%2Flearn{n}.example.org%2Funit",
    ),
    "archive": ("GET", "https://web.archive.org/web/20190704120000/https://museum{n}.example.org/exhibit"),
    "share link": (
        "GET",
        "https://social.example.com/share?url=https%3A%2F%2Fnews{n}.example.org%2Fa&text=look",
    ),
    "video piece": (
        "GET",
        "https://rr{n}---sn-abc.example.net/videoplayback?expire=1764&id=o-AL{n}&itag=137&range=0-65535",
    ),
    "map tile": ("GET", "https://tiles{n}.example.org/vector/14/8800/{n}.pbf"),
    "code host": ("GET", "https://raw.githubusercontent.com/class{n}/robot/main/src/drive.py"),
    "socket": ("GET", "https://live{n}.example.org/socket/websocket?vsn=2.0.0&token=" + _BLOB[:40]),
    "CONNECT": ("CONNECT", "https://classroom{n}.example.com:443/"),
}


def requests() -> dict[str, list[Exchange]]:
    """Requests by shape, as a browser of a school sends them."""
    return {shape: [_request(shape, n) for n in range(VARIANTS)] for shape in SHAPES}


def _request(shape: str, n: int) -> Exchange:
    method, pattern = SHAPES[shape]
    url = parse_url(pattern.replace("{n:04d}", f"{n:04d}").replace("{n:06x}", f"{n:06x}")
                    .replace("{n:08x}", f"{n:08x}").replace("{n}", str(n)))  # fmt: skip
    if method == "CONNECT":
        target = f"{url.host}:443"
        fields = (("host", target), ("user-agent", AGENT), ("proxy-connection", "keep-alive"))
        return Exchange(method, url, target, Form.AUTHORITY, fields, is_explicit=True)
    body = b'{"query":"query Page($id: ID!) { page(id: $id) { title } }"}' if method == "POST" else b""
    target = url.path + (f"?{url.query}" if url.query else "")
    return Exchange(method, url, target, fields=_fields(url, shape), body=body, sni=url.host)


def _fields(url: Url, shape: str) -> Fields:
    usual = (
        ("host", url.host),
        ("user-agent", AGENT),
        ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"),
        ("accept-language", "en-US,en;q=0.9,es;q=0.8"),
        ("accept-encoding", "gzip, deflate, br, zstd"),
        ("cookie", f"session={_BLOB[:80]}; consent=granted; _ga=GA1.2.{len(url.path)}.1764"),
        ("referer", f"https://{url.host}/courses/17/lessons"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "cors"),
        ("sec-ch-ua", '"Chromium";v="131", "Not_A Brand";v="24"'),
    )
    if shape == "socket":
        return (
            *usual,
            ("upgrade", "websocket"),
            ("connection", "Upgrade"),
            ("origin", f"https://{url.host}"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        )
    return usual


NAMES = (
    ("learn{n}.example.org", "A"),
    ("learn{n}.example.org", "HTTPS"),
    ("cdn-{n}.assets.example.net", "AAAA"),
    ("d1a2b3c4e5f6g7.cloudfront.net", "A"),
    ("rr{n}---sn-4g5e6nzs.googlevideo.com", "A"),
    ("e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6.avqs.mcafee.com", "A"),
    ("_ldap._tcp.dc._msdcs.school{n}.example", "SRV"),
    ("{n}.2.0.192.in-addr.arpa", "PTR"),
    ("_dmarc.example{n}.org", "TXT"),
    ("xn--bcher-kva{n}.example", "A"),
    ("a9f3c2d1-77b0-4e11-8d3a-{n:012d}.telemetry.example.com", "A"),
    ("www-journal{n}-org.ezproxy.example.edu", "A"),
)


def questions() -> list[Question]:
    """Questions for names, of a hundred clients."""
    return [
        Question(f"10.0.0.{n}", _filled(name, n), type_, at=float(n))
        for n in range(VARIANTS * 2)
        for name, type_ in NAMES
    ]


def _filled(name: str, n: int) -> str:
    return name.replace("{n:012d}", f"{n:012d}").replace("{n}", str(n))


def openings() -> list[Opening]:
    """Greetings of TLS to sites, and requests on the port for plain pages."""
    found = []
    for n in range(VARIANTS):
        site, address = f"learn{n}.example.org", f"198.51.100.{n}"
        for protocols in ((b"h2", b"http/1.1"), (b"http/1.1",), ()):
            found.append(
                Opening(
                    Transport.TCP, 443, address, client_hello(site, protocols), sni=site,
                    alpn=tuple(each.decode() for each in protocols), resolved=frozenset({address}),
                )
            )  # fmt: skip
        head = f"GET /unit/{n} HTTP/1.1\r\nHost: {site}\r\nUser-Agent: {AGENT}\r\n\r\n".encode()
        found.append(Opening(Transport.TCP, 80, address, head))
    return found


def client_hello(name: str, protocols: tuple[bytes, ...], padding: int = 1200) -> bytes:
    """A ClientHello of TLS 1.3 with a key share as large as post-quantum ones are (RFC 8446, 4.1.2)."""
    host = name.encode()
    listed = struct.pack("!HBH", len(host) + 3, 0, len(host)) + host
    offers = b"".join(bytes([len(each)]) + each for each in protocols)
    extensions = [(0, listed), (43, b"\x02\x03\x04"), (10, b"\x00\x02\x00\x1d"), (51, bytes(padding))]
    if protocols:
        extensions.append((16, struct.pack("!H", len(offers)) + offers))
    packed = b"".join(struct.pack("!HH", kind, len(data)) + data for kind, data in extensions)
    hello = b"\x03\x03" + bytes(32) + b"\x20" + bytes(32) + b"\x00\x04\x13\x01\x13\x02\x01\x00"
    hello += struct.pack("!H", len(packed)) + packed
    record = b"\x01" + len(hello).to_bytes(3, "big") + hello
    return b"\x16\x03\x01" + struct.pack("!H", len(record)) + record


def sockets() -> list[Exchange]:
    """WebSockets with their first messages: chat, live lessons, editors that many write in."""
    talks: tuple[Callable[[int], tuple[bool, bytes]], ...] = (
        lambda n: (True, b'["1","%d","room:7b","phx_join",{}]' % n),
        lambda n: (True, b'{"type":"cursor","x":%d,"y":40,"user":"a"}' % n),
        lambda n: (False, struct.pack("!IHB", n, 7, 3) + sha256(b"%d" % n).digest() * 20),
        lambda n: (False, b"\x08\x01\x12\x0c" + b"document-%02d" % (n % 100) + bytes(300)),
    )
    outer = [_request("socket", n) for n in range(VARIANTS)]
    found = []
    for n, exchange in enumerate(outer):
        for is_text, payload in (talk(n) for talk in talks):
            messages = (Message(True, is_text, payload), Message(False, is_text, payload))
            found.append(_with(exchange, messages))
    return found


def _with(exchange: Exchange, messages: tuple[Message, ...]) -> Exchange:
    return Exchange(
        exchange.method, exchange.url, exchange.target, fields=exchange.fields, sni=exchange.sni,
        messages=messages,
    )  # fmt: skip

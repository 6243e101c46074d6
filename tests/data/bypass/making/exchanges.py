"""Which requests do tools and pages make? Rows of requests.jsonl, from what was recorded and from tables.

A template is filled once for the tuned set and twice for the set held apart, with other hosts, paths and
addresses each time. What is recorded goes to one of the sets only.
"""

# ruff: noqa: E501 (tables of what stands in one line in traffic)

import base64
import json
import random
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

type Row = dict[str, Any]

HOSTS = {
    "apart": [
        "algebra-notes.example.net", "quiet-river.example.com", "lunch-menu.example.org", "k7.brightlab.example",
        "geo.maps-in-class.example.net", "paper-boats.example.com", "my-science.page.example", "orbit.study.example.org",
        "tinytools.example.net", "verbs-and-nouns.example.com", "hello.world-atlas.example", "cdn7.reading-room.example",
    ],
    "tuned": [
        "chemistry-club.example.com", "homework-hub.example.net", "spelling-bee.example.org", "sunflower.app.example",
        "timetable.example.com", "red-barn.example.net", "marble.maze.example.org",
    ],
}  # fmt: skip
INNER = {
    "apart": ["https://www.friv.com/", "https://www.miniclip.com/games/en/", "https://web.snapchat.com/",
              "https://www.netflix.com/browse", "https://kongregate.com/en/top", "https://discord.com/app"],
    "tuned": ["https://store.epicgames.com/", "https://www.tumblr.com/dashboard", "https://www.pinterest.com/ideas/"],
}  # fmt: skip
SITES = [
    "https://www.loc.gov/",
    "https://www.nps.gov/yell/",
    "https://classroom.google.com/",
    "https://www.bbc.co.uk/news",
]
WORDS = [
    "erosion",
    "mitosis",
    "ratio",
    "verb",
    "orchid",
    "volcano",
    "haiku",
    "delta",
    "prism",
    "colony",
    "fossil",
    "magnet",
    "cell",
    "rhyme",
    "angle",
]
AGENTS = [
    "Mozilla/5.0 (X11; CrOS x86_64 15633.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
]  # fmt: skip
PAGE, SCRIPT, FETCH, WORKER = "document", "script", "empty", "serviceworker"


class Maker:
    """Fills rows of one set."""

    def __init__(self, kind: str) -> None:
        self.kind, self.dice = kind, random.Random(f"rows of {kind}")
        self.rows: list[Row] = []

    def host(self) -> str:
        return self.dice.choice(HOSTS[self.kind])

    def inner(self) -> str:
        return self.dice.choice(INNER[self.kind])

    def text(self, letters: str, count: int) -> str:
        return "".join(self.dice.choices(letters, k=count))

    def hex(self, count: int = 32) -> str:
        return self.text("0123456789abcdef", count)

    def word(self) -> str:
        return self.dice.choice(WORDS)

    def add(
        self, technique: str, expect: str, url: str, *, dest: str = PAGE, source: str = "hand", **more: Any
    ) -> None:
        host = url.split("://", 1)[1].split("/", 1)[0].rpartition("@")[2]
        fields = {"host": host, **self.fields(dest, more.pop("plain", False)), **more.pop("extra", {})}
        order = list(fields.items())
        if self.dice.random() < 0.3:  # HTTP/2 in small letters, another browser's order
            self.dice.shuffle(order)
        role = more.pop("role", "student")
        net = {"student": f"10.40.{self.dice.randint(32, 47)}", "staff": "10.40.8", "it": "10.40.2"}[role]
        self.rows.append({
            "label": "benign" if technique.startswith("benign.") else "bypass",
            "technique": technique,
            "method": more.pop("method", "GET"),
            "url": url,
            "host": more.pop("host", host),
            "form": more.pop("form", "origin"),
            "client": {"role": role, "ip": f"{net}.{self.dice.randint(2, 250)}"},
            "headers": dict(order),
            **more,
            "expect": expect,
            "source": source,
        })  # fmt: skip

    def fields(self, dest: str, plain: bool) -> dict[str, str]:
        if plain:
            return {}
        agent = self.dice.choice(AGENTS)
        found = {"user-agent": agent, "accept": "text/html,application/xhtml+xml,*/*;q=0.8" if dest == PAGE else "*/*",
                 "accept-language": self.dice.choice(["en-US,en;q=0.9", "es-MX,es;q=0.8,en;q=0.5", "en-GB,en;q=0.7"]),
                 "accept-encoding": "gzip, deflate, br, zstd"}  # fmt: skip
        if "Firefox" in agent or "Chrome" in agent or dest == WORKER:
            found |= {"sec-fetch-dest": dest, "sec-fetch-mode": "navigate" if dest == PAGE else "cors"}
        if dest == WORKER:
            found["service-worker"] = "script"
        return found

    def socket(
        self, technique: str, expect: str, url: str, messages: list[tuple[str, bytes | str]], **more: Any
    ) -> None:
        extra = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
                 "sec-websocket-key": base64.b64encode(self.dice.randbytes(16)).decode(),
                 **more.pop("extra", {})}  # fmt: skip
        said = [
            {"dir": way, "opcode": "text", "text": what} if isinstance(what, str)
            else {"dir": way, "opcode": "binary", "hex": what.hex()}
            for way, what in messages
        ]  # fmt: skip
        self.add(technique, expect, url, dest=FETCH, websocket=said, extra=extra, **more)


def answer(body: str, type_: str = "text/html; charset=utf-8", **headers: str) -> Row:
    return {"status": 200, "headers": {"content-type": type_, **headers}, "body_snippet": body}


def b64(text: str | bytes, url: bool = False) -> str:
    octets = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(octets).decode().rstrip("=") if url else base64.b64encode(octets).decode()


def xor(text: str, key: int = 2) -> str:
    return quote("".join(chr(ord(c) ^ key) if at % 2 else c for at, c in enumerate(text)), safe="")


def recorded(kind: str, make: Maker, rows: list[Row]) -> None:
    """What the tools sent: every third row of a group is for tuning, and all that one of four bare servers got."""
    seen: dict[str, int] = {}
    for row in rows:
        at = seen[row["group"]] = seen.get(row["group"], -1) + 1
        is_for_tuning = at // 6 == 1 if row["group"] == "bare" else at % 3 == 1
        if is_for_tuning == (kind == "tuned"):
            _recorded(make, row)


TECHNIQUES = {
    "bare": "webproxy.bare",
    "wisp": "webproxy.wisp",
    "wsproxy": "webproxy.wsproxy",
    "coded": "webproxy.ultraviolet.url",
}
RENAMED = ["/assets/math/", "/static/vendor/", "/js/lib/", "/a1/", "/content/themes/", "/"]


def _recorded(make: Maker, row: Row) -> None:
    group, tool = row["group"], row["tool"]
    technique = TECHNIQUES.get(group) or {
        "asset": "webproxy.asset", "rewriting": f"webproxy.{tool.split()[0]}", "cors": "relay.cors",
        "library": "benign.library", "application": "benign.websocket",
    }[group]  # fmt: skip
    host, path = make.host(), row["path"]
    expect = "allow" if technique.startswith("benign") else "block_incident"
    more: Row = {"source": f"{tool}, recorded on loopback"}
    if group == "coded":
        path = f"{make.dice.choice(['/service/', '/~/uv/', '/learn/go/', '/u/', '/math/'])}{path}"
    if group in ("asset", "library"):
        more["dest"] = WORKER if path.endswith(".sw.js") else SCRIPT
        path = make.dice.choice(RENAMED).rstrip("/") + path
    if group == "cors":
        inner = path.split("://")[1].split(":")[0]
        technique, expect = ("benign.relay", "allow") if "weather" in inner else ("relay.cors", "block")
        path = path.replace("http://", "https://").replace(":" + path.rsplit(":", 1)[1].split("/")[0], "")
    if "/index.js" in path or "unblocker-client" in path:
        more["dest"] = SCRIPT
    kept = {name.lower(): value for name, value in row["headers"]
            if name.lower().startswith(("x-bare", "access-control", "origin", "sec-websocket-p", "content-type"))}  # fmt: skip
    if "status" in row:
        headers = {n.lower(): v for n, v in row["answer_headers"]
                   if n.lower() in ("content-type", "location", "x-frame-options") or n.lower().startswith(("x-bare", "access-control"))}  # fmt: skip
        more["response"] = {
            "status": row["status"],
            "headers": headers,
            "body_snippet": row.get("answer_body", ""),
        }
    if row.get("body"):
        more["request_body"] = "hex:" + row["body"]
    if "messages" in row:
        messages = [(m["dir"], bytes.fromhex(m["hex"]) if m["binary"] else bytes.fromhex(m["hex"]).decode())
                    for m in row["messages"]]  # fmt: skip
        make.socket(technique, expect, f"wss://{host}{path}", messages, extra=kept, **more)
        return
    make.add(
        technique,
        expect,
        f"https://{host}{path}",
        extra=kept,
        method=row["method"],
        **{"dest": FETCH, **more},
    )


def benign_urls(make: Maker, times: int) -> None:
    letters = string.ascii_letters + string.digits
    lines = (Path(__file__).parent / "benign_urls.txt").read_text().splitlines()
    for line in lines[1:]:
        kind, template = line.split(" ", 1)
        for _ in range(times):
            address = template
            for mark, fill in (
                ("{n}", lambda: str(make.dice.randint(1200, 98765))), ("{h}", make.hex),
                ("{k}", lambda: str(make.dice.randint(5, 99))), ("{t}", make.word),
                ("{b}", lambda: make.text(letters, make.dice.randint(8, 14))),
                ("{u}", lambda: "-".join(make.hex(size) for size in (8, 4, 4, 4, 12))),
                ("{s}", lambda: quote(make.dice.choice(SITES) + make.word(), safe="")),
                ("{x}", lambda: quote(make.inner(), safe="")), ("{y}", lambda: b64(make.dice.choice(SITES) + make.word(), True)),
                ("{z}", lambda: b64(make.inner(), True)), ("{w}", lambda: f"https://img.shields.io/badge/{make.word()}".encode().hex()),
                ("{j}", lambda: b64(json.dumps({"page": make.dice.randint(1, 90), "next": make.dice.choice(SITES)}), True)),
            ):  # fmt: skip
                while mark in address:
                    address = address.replace(mark, fill(), 1)
            role = "staff" if make.dice.random() < 0.15 else "student"
            make.add(
                f"benign.{kind}", "allow", address, role=role, dest=make.dice.choice([PAGE, PAGE, FETCH])
            )
            if address.startswith(
                ("https://www.google.com/search", "https://www.bing.com/", "https://duckduckgo.com")
            ):
                make.rows[-1]["expect"] = "rewrite"  # safe search is set; nobody is stopped


def rows_of(kind: str, recording: Path) -> Iterator[Row]:
    """All rows of one set, in an order that says nothing."""
    from ways import ways_around, ways_of_applications

    make = Maker(kind)
    times = 2 if kind == "apart" else 1
    recorded(kind, make, json.loads(recording.read_text()))
    for _ in range(times):
        ways_around(make)
        ways_of_applications(make)
    benign_urls(make, times)
    unique = {json.dumps(row, sort_keys=True): row for row in make.rows}
    found = list(unique.values())
    make.dice.shuffle(found)
    for at, row in enumerate(found):
        yield {"id": f"{kind[0]}r-{at:04}", **row}

"""How often does ordinary traffic get stopped? Ten thousand names, two thousand real files.

    python tests/data/bypass/benign.py [--names 10000] [--bodies 2000] [FOLDER ...]

    FOLDER   where HTML and JavaScript files are looked for (default: where Debian and npm put them). Give an
             npm folder with the packages that README.md names and Debian's `-doc` and `libjs-*` packages

Prints the false block rate, the false incidents, and what was stopped by which technique. Names come from
lists that Schoolgate ships, with hosts and forms that CDNs, antivirus, directories and mail make; each client
asks for a few hundred of them over half an hour, so that what is counted per client is counted.
"""

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(ROOT), str(HERE / "making")]

from names import FURTHER, KNOWN, ORDINARY, WORDS, hashes  # noqa: E402

from proxy.replay.answers import Outcome  # noqa: E402
from proxy.replay.policies import rules_from  # noqa: E402
from proxy.replay.recording import Judged, Judges, replay  # noqa: E402

FOLDERS = (
    "/usr/share/doc",
    "/usr/share/javascript",
    "/usr/share/nodejs",
    "/usr/share/python3",
    "/usr/lib/node_modules",
)
TYPES = {".html": "text/html", ".htm": "text/html", ".js": "text/javascript", ".mjs": "text/javascript"}
BEFORE = (
    "www",
    "cdn",
    "img",
    "static",
    "api",
    "app",
    "media",
    "login",
    "m",
    "help",
    "assets",
    "data",
    "edge",
    "files",
)
CLIENTS, MINUTES, LARGEST = 40, 30, 128 * 1024
TOOLS = (
    "ultraviolet",
    "scramjet",
    "bare-",
    "wisp",
    "epoxy",
    "libcurl",
    "unblocker",
    "corrosion",
    "meteorproxy",
    "dynamic",
    "alloyproxy",
    "cors-anywhere",
    "wsproxy",
    "wstunnel",
    "hammerhead",
    "dohjs",
)
"""Packages that are ways around themselves; their files are no benign bodies."""


def listed() -> list[str]:
    """Hosts of our own lists of what schools need."""
    found: list[str] = []
    for file in (*ROOT.glob("blocklists/education/*.txt"), *ROOT.glob("blocklists/pass_through/*.txt")):
        for line in file.read_text().splitlines():
            word = line.split("#")[0].strip().lstrip("*.")
            if word and "/" not in word and "." in word:
                found.append(word)
    return sorted(set(found))


def names(count: int, dice: random.Random) -> Iterator[tuple[str, str]]:
    """Benign names with their types."""
    hosts = [*listed(), *(name for name in KNOWN if name != "vpn.oak-valley.example")]
    for _ in range(count):
        chance = dice.random()
        if chance < 0.45:
            host = dice.choice(hosts)
            front = f"{dice.choice(BEFORE)}{dice.choice(['', str(dice.randint(1, 40))])}"
            yield (host if dice.random() < 0.4 else f"{front}.{host}"), dice.choice(["A", "AAAA", "HTTPS"])
        elif chance < 0.85:
            _, form, record = dice.choice(ORDINARY + FURTHER)
            yield next((name, record) for name, record, _ in hashes(dice, 1, form, record))
        else:
            site = f"{dice.choice(WORDS)}-{dice.choice(WORDS)}{dice.choice(['', str(dice.randint(1, 99))])}"
            yield f"{dice.choice(BEFORE)}.{site}.example", "A"


def name_rows(count: int, dice: random.Random) -> Iterator[dict[str, object]]:
    """Rows of DNS questions; each client's are judged together."""
    for at, (name, record) in enumerate(names(count, dice)):
        yield {
            "id": f"n{at}",
            "qname": name,
            "qtype": record,
            "transport": "udp53",
            "label": "benign",
            "expect": "allow",
            "session": f"client-{at % CLIENTS}",
            "seq": round(at / count * MINUTES * 60, 3),
        }


def files(folders: list[Path], dice: random.Random) -> list[Path]:
    """HTML and JavaScript files of some size, in an order of chance."""
    found = [
        file
        for folder in folders
        for file in sorted(folder.rglob("*"))
        if file.suffix in TYPES
        and file.is_file()
        and file.stat().st_size > 300
        and not any(tool in str(file).lower() for tool in TOOLS)
    ]
    dice.shuffle(found)
    return found


def body_rows(found: list[Path], count: int) -> Iterator[dict[str, object]]:
    """Rows of requests that bring real files."""
    for at, file in enumerate(islice(found, count)):
        is_page = TYPES[file.suffix] == "text/html"
        host = f"{WORDS[at % len(WORDS)]}.docs-in-class.example"
        yield {
            "id": f"b{at}",
            "method": "GET",
            "url": f"https://{host}/{file.name.replace(' ', '-')}",
            "host": host,
            "label": "benign",
            "headers": {"sec-fetch-dest": "document" if is_page else "script"},
            "expect": "allow",
            "note": str(file),
            "response": {
                "status": 200,
                "headers": {"content-type": TYPES[file.suffix]},
                "body_snippet": file.read_bytes()[:LARGEST].decode("utf-8", "replace"),
            },
        }


def judge(what: str, rows: Iterator[dict[str, object]], folder: Path, shown: int = 30) -> None:
    """Judge rows and print the figures."""
    notes: dict[str, str] = {}
    recording = folder / f"{what}.jsonl"
    with recording.open("w") as file:
        for row in rows:
            notes[str(row["id"])] = str(row.get("note") or row.get("qname"))
            file.write(json.dumps(row) + "\n")
    rules = rules_from(HERE / "policy.json", "", None, lambda _: None)
    faults: list[str] = []
    judges = Judges(
        rules,
        datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("UTC")),
        lambda name, error: faults.append(f"{name}: {error}"),
    )
    answers = [each.answered for each in replay(recording, judges) if isinstance(each, Judged)]
    stopped = [each for each in answers if each.outcome in (Outcome.BLOCK, Outcome.BLOCK_INCIDENT)]
    incidents = [each for each in stopped if each.outcome is Outcome.BLOCK_INCIDENT]
    logged = Counter(each.technique for each in answers if each.outcome is Outcome.LOG)
    share = 100 * len(stopped) / max(len(answers), 1)
    print(
        f"{what}: {len(answers)} judged, {len(stopped)} blocked ({share:.3f} %), {len(incidents)} incidents,"
        f" {logged.total()} logged"
    )
    print(
        "   blocked by",
        dict(Counter(each.technique for each in stopped)),
        "logged by",
        dict(logged),
        "faults",
        faults[:5],
    )
    for each in stopped[:shown]:
        print("  ", each.outcome.value, each.technique, notes[each.id], dict(each.evidence))


def main() -> None:
    """Judge both."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--names", type=int, default=10000)
    options.add_argument("--bodies", type=int, default=2000)
    options.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    told = options.parse_args()
    dice = random.Random("ordinary traffic")
    with tempfile.TemporaryDirectory() as folder:
        judge("names", name_rows(told.names, dice), Path(folder))
        found = files(told.folders or [Path(each) for each in FOLDERS if Path(each).is_dir()], dice)
        judge("bodies", body_rows(found, told.bodies), Path(folder))


if __name__ == "__main__":
    main()

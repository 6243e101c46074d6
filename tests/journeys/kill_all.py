"""Does the filter stay true while its processes are killed, again and again, under load?

    python tests/journeys/kill_all.py --seconds 60 --qps 1000 --rps 20 --kills 10

Starts the whole filter, asks it steadily, kills every process with SIGKILL in turn, checks every answer,
and then looks for the event of every marked question. The supervisor is started again by this
script, as a service manager would. Exit status 0: nothing wrong and no event lost that had been synced.
"""

import argparse
import asyncio
import json
import ssl
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fakes"))

from killer import SUPERVISOR, Kill, Killer
from one_address_upstream import ADDRESS
from proxy.journal.read import Journal
from proxy.selftest.web_probe import ProxyAt
from running_filter import ORIGINS, PROJECT, RunningFilter
from steady_load import DnsLoad, Marked, Sites, Tally, WebLoad, World

LOOK_S = 0.05
LAST_EVENTS_S = 20.0
SYNC_S = 0.2
SLACK_S = 0.5
STALLS = (
    10  # the writers of events give way to everything else: a stall that this process met is longer for them
)


@dataclass(frozen=True)
class Found:
    """Marked questions and their events.

    unsynced    without an event, but answered so shortly before a kill that it need not be there
    lost        without an event that must be there
    """

    marked: int
    present: int
    unsynced: int
    lost: list[str]


def look_for(marked: Sequence[Marked], present: set[str], kills: Sequence[Kill], sync_s: float) -> Found:
    """Find the marked questions among the events.

    kills    of processes that answer such questions
    sync_s   so long after its answer an event is on the disk
    """
    gone = [one for one in marked if one.mark not in present]
    excused = [one for one in gone if any(one.asked <= k.at and k.begun <= one.at + sync_s for k in kills)]
    lost = [one.mark for one in gone if one not in excused]
    return Found(len(marked), len(marked) - len(gone), len(excused), lost)


def listed_names(count: int) -> list[str]:
    """Real names from the starter lists that are blocked for the middle school of the demo."""
    found: list[str] = []
    for category in ("pornography", "gambling", "proxies_vpn", "dating"):
        for line in (PROJECT / "blocklists" / category / "starter.txt").read_text().splitlines():
            if line and not line.startswith("#"):
                found.append(line.split()[0])
    return found[:count]


def world() -> World:
    """What is asked of the demo policy."""
    return World(
        listed=listed_names(200),
        open_=[f"w{number}.example.org" for number in range(50)],
        both="games.demo.test",
        minor="127.0.1.2",
        adult="127.0.1.4",
        page="127.0.0.1",
        elsewhere=ADDRESS,
        site=ORIGINS,
    )


async def load_while(
    killer: threading.Thread, seconds: float, loads: Sequence[DnsLoad | WebLoad]
) -> tuple[float, float]:
    """Ask for so many seconds, and on until the last kill is over.

    Returns how long that was, and the longest that the machine let this process stand still.
    """
    over = asyncio.Event()
    lasted = stalled = 0.0

    async def watch() -> None:
        nonlocal lasted, stalled
        began = time.monotonic()
        while lasted < seconds or killer.is_alive():
            await asyncio.sleep(LOOK_S)
            before, lasted = lasted, time.monotonic() - began
            stalled = max(stalled, lasted - before - LOOK_S)
        over.set()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(watch())
        for load in loads:
            tasks.create_task(load.run(over))
    return lasted, stalled


def generous(settings: dict[str, dict[str, object]]) -> None:
    """One machine stands for a school here, so no client is slowed down."""
    settings["dns"]["rate_limit"] = {"per_client_qps": 100_000, "burst": 100_000}


def run(words: argparse.Namespace, directory: Path) -> dict[str, object]:
    """Run the whole of it and return the figures."""
    with RunningFilter(directory, change=generous) as school:
        trust = ssl.create_default_context(cafile=str(school.ca))
        sites = Sites(
            "games.demo.test", "learn.demo.test", school.origin_http, school.origin_https, "Play all day"
        )
        dns = DnsLoad(("127.0.0.1", school.dns), world(), words.qps)
        web = WebLoad(ProxyAt("127.0.0.1", school.proxy, trust), sites, "127.0.1.2", words.rps)
        killer = Killer(school, words.seconds, words.kills, words.supervisor_kills)
        thread = threading.Thread(target=killer.run)
        thread.start()
        lasted, stalled = asyncio.run(load_while(thread, words.seconds, (dns, web)))
        thread.join()
        deadline = time.monotonic() + LAST_EVENTS_S
        while True:
            outcome = figures(school, killer, dns.tally, web.tally, lasted, stalled)
            if outcome["passed"] or time.monotonic() > deadline:
                return outcome
            time.sleep(SYNC_S)  # the last events are on their way to the disk


def figures(
    school: RunningFilter, killer: Killer, dns: Tally, web: Tally, lasted: float, stalled: float
) -> dict[str, object]:
    """Put the outcome together."""
    names: set[str] = set()
    paths: set[str] = set()
    total = 0
    journal = Journal(school.state / "spool")
    for event in journal.events():
        total += 1
        if event.stage.value == "dns":
            names.add(event.host)
        elif event.url:
            paths.add("/" + event.url.rpartition("/")[2])
    kills = {kind: [k for k in killer.done if k.part.startswith(kind)] for kind in ("dns", "http")}
    sync_s = SYNC_S + SLACK_S + STALLS * stalled
    found = {
        "dns": look_for(dns.marked, names, kills["dns"], sync_s),
        "web": look_for(web.marked, paths, kills["http"], sync_s),
    }
    losses = journal.losses()
    recovered = sorted(kill.ready_after_s for kill in killer.done)
    wrong = dns.wrong + web.wrong
    lost = sum(len(one.lost) for one in found.values())
    return {
        "passed": not wrong and not lost and not killer.failed,
        "seconds": round(lasted, 1),
        "stalled": round(stalled, 3),
        "dns": _counts(dns, lasted),
        "web": _counts(web, lasted),
        "events": {
            "total": total,
            **{
                kind: {"marked": f.marked, "present": f.present, "unsynced": f.unsynced, "lost": f.lost[:20]}
                for kind, f in found.items()
            },
            "dropped": losses.dropped,
            "damaged": losses.damaged,
        },
        "kills": dict(sorted(Counter(kill.part for kill in killer.done).items())),
        "ready_again_after_s": {
            "median": round(recovered[len(recovered) // 2], 2) if recovered else None,
            "longest": round(recovered[-1], 2) if recovered else None,
            "supervisor": [round(k.ready_after_s, 2) for k in killer.done if k.part == SUPERVISOR],
        },
        "killer": killer.failed,
        "tracebacks": [said[:2000] for said in school.log().split("Traceback")[1:]],
    }


def _counts(tally: Tally, lasted: float) -> dict[str, object]:
    return {
        "sent": tally.sent,
        "per_second": round(tally.sent / lasted, 1),
        "right": tally.right,
        "declined": tally.declined,
        "missing": tally.missing,
        "wrong": tally.wrong,
        "examples": tally.examples,
    }


def main() -> int:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--qps", type=float, default=1000, help="questions a second to the resolver")
    parser.add_argument("--rps", type=float, default=20, help="requests a second to the proxy")
    parser.add_argument("--kills", type=int, default=10, help="for each worker")
    parser.add_argument("--supervisor-kills", type=int, default=0, help="for the supervisor")
    parser.add_argument("--keep", type=Path, help="directory for the filter's state and output")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        outcome = run(words, words.keep or Path(temporary))
    print(json.dumps(outcome, indent=2))
    return 0 if outcome["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())

"""`bench bypass`: what does it cost to look for ways around the filter, in all that is looked at?

Measured in this process, on one core, with all detectors and the delivered tables. Peers, over the same
things in the same round: `psl`, the registrable domain of each host from the Public Suffix List, which
hardly any filter does without; `find`, a search for one text that is not there, in octets; and `re2`, one
pass of one expression over them.
"""

import os
import time
import tracemalloc
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from statistics import median
from typing import NoReturn

import re2
from publicsuffixlist import PublicSuffixList

from proxy.bench import hostile, ordinary, readings
from proxy.bench.errors import BenchProblem
from proxy.bench.programs import require
from proxy.bench.real_bodies import as_answers, places, real_bodies
from proxy.bench.results import OURS
from proxy.bench.school import blocklists
from proxy.bench.stage import Stage
from proxy.bypass.all_detectors import ALL
from proxy.bypass.dns.tunnels import MAX_CLIENTS, MAX_ZONES, TunnelWatch
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.noticing import Detector, notice
from proxy.bypass.observed import Exchange, Opening, Question
from proxy.bypass.surroundings import Surroundings
from proxy.decision.signs import Consequence
from proxy.settings.bypass.reading import read_knowledge
from proxy.settings.gathering import BYPASS

PSL, FIND, RE2 = "psl", "find", "re2"
PEER_NAMES = (PSL, FIND, RE2)
ABSENT = b"nothing-that-stands-anywhere"
AROUND = Surroundings(zones=frozenset({"school.example"}), proxies=frozenset({"192.0.2.1:3128"}))
LEAST_S, LEAST_TIMES = 0.003, 3
"""An input is judged for so long and so often, changed so that no cache knows it; the quickest counts."""

type Look[Seen] = Callable[[Seen], object]


def measure(stage: Stage) -> None:
    """Measure all kinds of detectors. Raises BenchProblem when the tables cannot be read."""
    require(["taskset"])
    knowledge, problems = read_knowledge(blocklists() / BYPASS, AROUND)
    if problems:
        raise BenchProblem(f"the tables cannot be read: {problems[0]}")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(stage.cores.server)})
    try:
        for number in stage.rounds("detectors"):
            _requests(stage, knowledge)
            _answers(stage, knowledge)
            _names(stage, knowledge)
            _openings(stage, knowledge)
            _messages(stage, knowledge)
            _hostile(stage, knowledge)
            if number == 0:
                _memory(stage, knowledge)
    finally:
        os.sched_setaffinity(0, before)


def _looker[Seen](detectors: Iterable[Detector[Seen]], knowledge: Knowledge) -> Look[Seen]:
    def look(seen: Seen) -> object:
        return notice(detectors, seen, knowledge, _failed)

    return look


def _failed(name: str, error: Exception) -> NoReturn:
    raise BenchProblem(f"the detector {name} failed: {error!r}") from error


def _requests(stage: Stage, knowledge: Knowledge) -> None:
    """Each shape of request by itself; what counts is the median of the shapes."""
    shapes = ordinary.requests()
    _none_is_stopped(stage, ALL.requests, [seen for shape in shapes.values() for seen in shape], knowledge)
    look, suffixes = _looker(ALL.requests, knowledge), PublicSuffixList()
    spent = [_each(look, shape) for shape in shapes.values()]
    stage.results.add("requests", OURS, 0.0, us=median(spent), dearest=max(spent))
    if stage.plan.wants(PSL):
        theirs = [
            _each(lambda seen: suffixes.privatesuffix(seen.url.host), shape) for shape in shapes.values()
        ]
        stage.results.add("requests", PSL, 0.0, us=median(theirs), dearest=max(theirs))
    if stage.plan.wants(RE2):
        one = re2.compile(r"/(?:service|proxy)/https?:")
        theirs = [_each(lambda seen: one.search(seen.target), shape) for shape in shapes.values()]
        stage.results.add("requests", RE2, 0.0, us=median(theirs), dearest=max(theirs))


def _answers(stage: Stage, knowledge: Knowledge) -> None:
    """64 KiB of pages and scripts that others made."""
    one = re2.compile(rb"__never\$there|nothing-that-stands")
    for suffix in (".html", ".js"):
        answers = as_answers(real_bodies(places(), suffix), suffix)
        case = f"scan{suffix.replace('.', '-')}"
        if not answers:
            stage.results.skip(case, f"no {suffix} files of installed packages were found")
            continue
        _none_is_stopped(stage, ALL.answers, answers, knowledge)
        _compared(stage, case, OURS, _looker(ALL.answers, knowledge), answers)
        _compared(stage, case, FIND, lambda seen: _body(seen).lower().find(ABSENT), answers)
        _compared(stage, case, RE2, lambda seen: one.search(_body(seen)), answers)


def _body(seen: Exchange) -> bytes:
    return seen.answer.body if seen.answer else b""


def _names(stage: Stage, knowledge: Knowledge) -> None:
    questions, suffixes, watch = ordinary.questions(), PublicSuffixList(), TunnelWatch()
    _none_is_stopped(stage, ALL.names, questions, knowledge)
    _compared(stage, "names", OURS, _looker(ALL.names, knowledge), questions)
    _compared(stage, "names", PSL, lambda seen: suffixes.privatesuffix(seen.name), questions)
    _compared(stage, "tunnel-watch", OURS, lambda seen: watch.signs(seen, knowledge), questions)
    _compared(stage, "tunnel-watch", PSL, lambda seen: suffixes.privatesuffix(seen.name), questions)


def _openings(stage: Stage, knowledge: Knowledge) -> None:
    openings = ordinary.openings()
    _none_is_stopped(stage, ALL.openings, openings, knowledge)
    _compared(stage, "openings", OURS, _looker(ALL.openings, knowledge), openings)
    _compared(stage, "openings", FIND, lambda seen: seen.first.find(ABSENT), openings)


def _messages(stage: Stage, knowledge: Knowledge) -> None:
    sockets = ordinary.sockets()
    _none_is_stopped(stage, ALL.messages, sockets, knowledge)
    _compared(stage, "messages", OURS, _looker(ALL.messages, knowledge), sockets)
    _compared(stage, "messages", FIND, lambda seen: seen.messages[0].payload.find(ABSENT), sockets)


def _hostile(stage: Stage, knowledge: Knowledge) -> None:
    """How much longer an input of four times the length takes."""
    _growth(stage, "request", _looker(ALL.requests, knowledge), hostile.REQUESTS)
    _growth(stage, "answer", _looker(ALL.answers, knowledge), hostile.ANSWERS)
    _growth(stage, "message", _looker(ALL.messages, knowledge), hostile.MESSAGES)
    _growth(stage, "name", _looker(ALL.names, knowledge), hostile.NAMES)
    _growth(stage, "opening", _looker(ALL.openings, knowledge), hostile.OPENINGS)


def _growth[Seen: (Exchange, Question, Opening)](
    stage: Stage, kind: str, look: Look[Seen], inputs: Mapping[str, tuple[int, hostile.Make[Seen]]]
) -> None:
    for name, (size, make) in inputs.items():
        short, long = _quickest(look, make(size)), _quickest(look, make(4 * size))
        stage.results.add(f"{kind}-{name}", OURS, 0.0, us=long * 1e6, grows=long / short)


def _memory(stage: Stage, knowledge: Knowledge) -> None:
    """What is kept of each of 10,000 clients: with one domain that is counted, and with as many as may be.

    As many clients as the list has names, where it has fewer.
    """
    clients = min(MAX_CLIENTS, stage.plan.size)
    for case, zones in (("client", 1), ("client-full", MAX_ZONES)):
        watch = TunnelWatch()
        tracemalloc.start()
        try:
            for client in range(clients):
                for number in range(zones):
                    watch.signs(_counted(client, number), knowledge)
            kept = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
        stage.results.add(case, OURS, 0.0, bytes=kept / clients)


def _counted(client: int, number: int) -> Question:
    """A question that is counted: a long name below one of a client's own domains."""
    carried = sha256(b"%d.%d" % (client, number)).hexdigest()[:60]
    name = f"{carried}.z{number}-{client}.example"
    return Question(f"10.{client >> 16}.{client >> 8 & 255}.{client & 255}", name, "TXT", at=float(number))


def _none_is_stopped[Seen](
    stage: Stage, detectors: Sequence[Detector[Seen]], seen: Sequence[Seen], knowledge: Knowledge
) -> None:
    """Figures of detectors that stop ordinary traffic count for nothing."""
    for each in seen:
        for sign in notice(detectors, each, knowledge, _failed):
            if sign.consequence in {Consequence.BLOCK, Consequence.INCIDENT}:
                stage.results.spoil(OURS, f"{sign.technique} was seen in ordinary traffic: {sign.evidence}")
                return


def _compared[Seen](stage: Stage, case: str, peer: str, look: Look[Seen], seen: Sequence[Seen]) -> None:
    if peer == OURS or stage.plan.wants(peer):
        machine = readings.machine()
        spent = _each(look, seen)
        stage.results.add(case, peer, readings.machine().stolen_since(machine), us=spent)


def _each[Seen](look: Look[Seen], seen: Sequence[Seen]) -> float:
    """Microseconds of CPU for each."""
    began = time.process_time()
    for one in seen:
        look(one)
    return (time.process_time() - began) * 1e6 / len(seen)


def _quickest[Seen: (Exchange, Question, Opening)](look: Look[Seen], seen: Seen) -> float:
    """Seconds for one, the quickest of several: what others do to the machine only adds."""
    least, spent, number = float("inf"), 0.0, 0
    while spent < LEAST_S or number < LEAST_TIMES:
        number += 1
        fresh = hostile.another(seen, number)
        began = time.process_time()
        look(fresh)
        took = time.process_time() - began
        least, spent = min(least, took), spent + max(took, 1e-6)
    return max(least, 1e-7)

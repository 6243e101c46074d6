"""`bench judge`: what does one decision cost, with ten groups, unknown to the cache and known to it?

Measured in this process, on one core, with the policy that `publish` wrote and the gateway that all
adapters ask. The peer is a Python set of the same names, walked from the name up to its last label:
the least that any filter in Python does, without groups, reasons or records.
"""

import os
import time
from collections.abc import Callable, Sequence
from functools import partial

from proxy.bench import readings
from proxy.bench.data import Data
from proxy.bench.errors import BenchProblem
from proxy.bench.names import is_under
from proxy.bench.programs import require
from proxy.bench.results import OURS
from proxy.bench.school import School
from proxy.bench.stage import Stage
from proxy.decision.pipeline import decide
from proxy.decision.request import Attempt, Request
from proxy.decision.request import Stage as Where
from proxy.decision.verdict import Action
from proxy.gateway import Gateway, utc_now
from proxy.judgement import Standing

GROUPS = 10
NAMES = 20_000
CACHED_TIMES = 5
SET = "python-set"
PEER_NAMES = (SET,)


def measure(stage: Stage) -> None:
    """Measure decisions.

    Raises BenchProblem when the policy cannot be had.
    """
    require(["taskset"])
    data = stage.data()
    school = School(stage.folder("school"), 0, 53, groups=GROUPS)
    stage.say("publishing the list for ten groups")
    school.write(data.list_file)
    school.publish()
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(stage.cores.server)})
    try:
        _measure(stage, data, school)
    finally:
        os.sched_setaffinity(0, before)


def _measure(stage: Stage, data: Data, school: School) -> None:
    names = _names(data)
    listed = set(data.listed_names()) if stage.plan.wants(SET) else None
    for number in stage.rounds("decisions"):
        gateway = Gateway(school.state, max_verdicts=2 * NAMES)
        if not gateway.poll():
            raise BenchProblem(f"no policy could be loaded: {'; '.join(gateway.problems)}")
        if number == 0:
            _check(stage, gateway, data)
        _round(stage, gateway, names)
        gateway.close()
        if listed is not None:
            _time(stage, "uncached", SET, partial(_walk_all, names, listed), len(names))


def _round(stage: Stage, gateway: Gateway, names: Sequence[str]) -> None:
    clients = [f"10.1.{group}.7" for group in range(GROUPS)]
    attempts = [Attempt(clients[place % GROUPS], Where.DNS, name) for place, name in enumerate(names)]
    _time_decide(stage, gateway, attempts)
    names_only = [(gateway.standing(attempt.client), attempt.host) for attempt in attempts]
    many = len(attempts) * CACHED_TIMES
    _time(stage, "first", OURS, partial(_judge_all, gateway, attempts), len(attempts))
    many = len(attempts) * CACHED_TIMES
    _time(stage, "cached", OURS, partial(_judge_all, gateway, attempts, CACHED_TIMES), many)
    _time(stage, "by-name", OURS, partial(_judge_names, gateway, names_only), len(names_only))


def _names(data: Data) -> list[str]:
    """A fifth of them listed, as in the mixes."""
    listed, allowed = data.sample(data.listed, NAMES // 5), data.sample(data.allowed, NAMES)
    wanted = allowed[: NAMES - len(listed)] + listed
    return wanted[::7] + [name for place, name in enumerate(wanted) if place % 7]


def _check(stage: Stage, gateway: Gateway, data: Data) -> None:
    for file, wanted in ((data.listed, Action.BLOCK), (data.allowed, Action.ALLOW)):
        names = data.sample(file, 200)
        wrong = sum(
            gateway.judge(Attempt("127.0.0.1", Where.DNS, name)).verdict.action is not wanted
            for name in names
        )
        if wrong:
            stage.results.spoil(OURS, f"{wrong} of {len(names)} names in {file.name} were judged wrongly")


def _time_decide(stage: Stage, gateway: Gateway, attempts: Sequence[Attempt]) -> None:
    """The pure decision: who asks is known, nothing is remembered."""
    policy = gateway.policy
    assert policy is not None
    now = utc_now().astimezone(policy.zone)
    asked = []
    for attempt in attempts:
        subject = gateway.subject(attempt.client)
        asked.append((Request(attempt, subject, now), gateway.view(subject)))

    def decide_all() -> None:
        for request, view in asked:
            decide(request, policy, view)

    _time(stage, "uncached", OURS, decide_all, len(asked))


def _judge_all(gateway: Gateway, attempts: Sequence[Attempt], times: int = 1) -> None:
    for _ in range(times):
        for attempt in attempts:
            gateway.judge(attempt)


def _judge_names(gateway: Gateway, asked: Sequence[tuple[Standing, str]]) -> None:
    """As the resolver asks, which keeps who its clients are, and the answers itself."""
    for standing, name in asked:
        gateway.judge_name(standing, name)


def _walk_all(names: Sequence[str], listed: set[str]) -> None:
    for name in names:
        is_under(name, listed)


def _time(stage: Stage, case: str, peer: str, work: Callable[[], None], operations: int) -> None:
    machine = readings.machine()
    began = time.process_time()
    work()
    spent = time.process_time() - began
    stage.results.add(case, peer, readings.machine().stolen_since(machine), us=spent * 1e6 / operations)

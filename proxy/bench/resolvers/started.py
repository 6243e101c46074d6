"""How is a resolver brought up, checked, and counted ready?"""

from dataclasses import dataclass
from pathlib import Path

from proxy.bench.data import Data
from proxy.bench.errors import BenchProblem
from proxy.bench.programs import PACKAGES, find
from proxy.bench.questions import free_port, until_answered, until_blocked, wrong_answers
from proxy.bench.resolvers.resolver import Place, Resolver
from proxy.bench.resolvers.stub import Stub
from proxy.bench.running import Server
from proxy.bench.stage import Stage

READY_LIMIT_S = 600.0
SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Up:
    """A resolver that answers.

    ready_s   seconds from its start until names from all over the list were blocked
    wrong     what it judged wrongly; "" when nothing
    """

    resolver: Resolver
    server: Server
    ready_s: float
    wrong: str = ""

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.resolver.place.port


def start_stub(stage: Stage) -> int:
    """Start the upstream of all resolvers and return its port."""
    place = Place(stage.folder("upstream"), free_port(), 0)
    stub = Stub(place)
    stub.prepare(Path())
    server = start(stage, stub, stage.cores.load)
    if until_answered(place.port, server.lives, 20) is None:
        raise BenchProblem(f"the upstream stub (knotd) does not answer: {server.said()}")
    return place.port


def start(stage: Stage, resolver: Resolver, cores: str) -> Server:
    """Start the processes of a prepared resolver."""
    place = resolver.place
    return Server(
        [
            stage.running.start(
                [find(argv[0]) or argv[0], *argv[1:]],
                place.folder / f"log-{number}",
                cores=cores,
                cwd=None if resolver.program == "python3" else place.folder,
            )
            for number, argv in enumerate(resolver.commands())
        ]
    )


def bring_up(
    stage: Stage, kind: type[Resolver], data: Data, upstream: int, *, workers: int = 1, called: str = ""
) -> Up:
    """Prepare and start a resolver, wait until it blocks, and check its judgement.

    called   its name in figures and folders, when that is not the kind's own

    Raises BenchProblem when it does not come up; it is stopped then.
    """
    name = called or kind.name
    resolver = kind(Place(stage.folder(name), free_port(), upstream, workers))
    stage.say(f"{name}: preparing and starting")
    resolver.prepare(data.list_file)
    server = start(stage, resolver, stage.cores.two if workers > 1 else stage.cores.server)
    names = data.sample(data.list_file, 5)
    spread = [line.partition("\t")[0] for line in names]
    if kind.filters:
        ready = until_blocked(resolver.place.port, spread, server.lives, READY_LIMIT_S)
    else:
        ready = until_answered(resolver.place.port, server.lives, 20)
    if ready is None:
        said = server.said()
        stop(stage, server)
        raise BenchProblem(f"{name} did not come up: {said or 'it said nothing'}")
    return Up(resolver, server, ready - server.began, judged_wrongly(resolver, data))


def judged_wrongly(resolver: Resolver, data: Data) -> str:
    """Say which samples a resolver answered wrongly; "" for none, or when it has no list."""
    if not resolver.filters:
        return ""
    listed, allowed = data.sample(data.listed, SAMPLE), data.sample(data.allowed, SAMPLE)
    return wrong_answers(resolver.place.port, listed, allowed)


def stop(stage: Stage, server: Server) -> None:
    """Stop all processes of a server."""
    for process in server.processes:
        stage.running.stop(process)


def bring_up_all(
    stage: Stage, kinds: list[type[Resolver]], data: Data, upstream: int, case: str = "start"
) -> list[Up]:
    """Bring up all kinds that are wanted and installed; note ready times, memory and wrong answers."""
    ups = []
    for kind in kinds:
        if not kind.installed():
            stage.results.skip(kind.name, f"not installed (Debian: {package_of(kind)})")
            continue
        stage.results.versions[kind.name] = kind.version()
        try:
            up = bring_up(stage, kind, data, upstream)
        except BenchProblem as problem:
            stage.results.skip(kind.name, str(problem))
            continue
        if up.wrong:
            stage.results.spoil(kind.name, up.wrong)
        if kind.filters:
            stage.results.add(case, kind.name, seconds=up.ready_s, pss=up.server.pss_mb())
        ups.append(up)
    return ups


def package_of(kind: type[Resolver]) -> str:
    """The Debian package that has a resolver."""
    return PACKAGES.get(kind.program, kind.program)

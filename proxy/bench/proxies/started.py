"""How is a proxy brought up, checked, and given its load?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from proxy.bench import wrk
from proxy.bench.certificates import ORIGIN_CA
from proxy.bench.data import Data
from proxy.bench.errors import BenchProblem
from proxy.bench.origin import BIG, BIG_BYTES, HOST, SMALL, SMALL_BYTES, Origin
from proxy.bench.programs import PACKAGES, need
from proxy.bench.proxies.proxy import Place, WebProxy
from proxy.bench.questions import free_port
from proxy.bench.resolvers.echo import SOURCE as ECHO
from proxy.bench.results import OURS
from proxy.bench.running import Server, run
from proxy.bench.stage import Meter, Stage
from proxy.bench.visits import plain, secure, until_open

TOOLS = ("taskset", "wrk", "nginx", "openssl", "cc")
READY_LIMIT_S = 300.0
SAMPLE = 10
BROKEN_TOO_MUCH = 0.01


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of load.

    fresh   a new connection for each request
    """

    name: str
    scheme: str
    path: str
    fresh: bool = False
    connections: int = 32


HTTP_KEPT = Case("http-keep-alive", "http", SMALL)
HTTPS_KEPT = Case("https-keep-alive", "https", SMALL)
HTTPS_NEW = Case("https-new", "https", SMALL, fresh=True)
HTTPS_BIG = Case("https-big", "https", BIG, connections=8)


@dataclass(frozen=True, slots=True)
class Up:
    """A proxy that carries pages.

    tunnels   port of the shim that makes a tunnel through the proxy of each connection
    """

    proxy: WebProxy
    server: Server
    tunnels: int

    @property
    def name(self) -> str:
        """The proxy's name."""
        return self.proxy.name

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.proxy.place.port


def shim(stage: Stage) -> str:
    """Compile what gives wrk tunnels; its path."""
    program = stage.folder("shim") / "connect"
    run([need("cc"), "-O2", "-pthread", "-o", str(program), str(ECHO.with_name("connect.c"))])
    return str(program)


def bring_up_all(
    stage: Stage, kinds: Sequence[type[WebProxy]], origin: Origin, data: Data, program: str
) -> list[Up]:
    """Bring up all kinds that are installed and fit; note memory and wrong answers.

    program   the shim
    """
    ups = []
    for kind in kinds:
        if not kind.installed():
            why = f"not installed (Debian: {PACKAGES.get(kind.program, kind.program)})"
            stage.results.skip(kind.name, why)
        elif why := kind.unfit(origin):
            stage.results.skip(kind.name, why)
        else:
            stage.results.versions[kind.name] = kind.version()
            try:
                ups.append(bring_up(stage, kind, origin, data, program))
            except BenchProblem as problem:
                stage.results.skip(kind.name, str(problem))
    if not any(up.name == OURS for up in ups):
        raise BenchProblem(stage.results.skipped[OURS])
    return ups


def bring_up(stage: Stage, kind: type[WebProxy], origin: Origin, data: Data, program: str) -> Up:
    """Prepare and start a proxy, wait until it listens, and check what it does.

    Raises BenchProblem when it does not come up; it is stopped then.
    """
    stage.say(f"{kind.name}: preparing and starting")
    folder = stage.folder(kind.name)
    proxy = kind(Place(folder, free_port(), origin, data))
    proxy.prepare()
    started = stage.running.start(proxy.command(), folder / "log", cores=stage.cores.server)
    server = Server([started])
    if not until_open(proxy.place.port, server.lives, READY_LIMIT_S):
        said = server.said()
        stage.running.stop(started)
        raise BenchProblem(f"{kind.name} did not come up: {said or 'it said nothing'}")
    tunnels = free_port()
    words = [program, str(tunnels), str(proxy.place.port), f"{HOST}:{origin.https}"]
    stage.running.start(words, folder / "shim-log", cores=stage.cores.load)
    up = Up(proxy, server, tunnels)
    if wrong := judged_wrongly(up):
        stage.results.spoil(kind.name, wrong)
    stage.results.add("start", kind.name, pss=server.pss_mb())
    return up


def judged_wrongly(up: Up) -> str:
    """Say what a proxy did that it should not: a page that did not come, a site that was let pass, TLS
    opened that should be carried, or carried that should be opened. "" when all was right."""
    place, said = up.proxy.place, []
    page = plain(up.port, f"{HOST}:{place.origin.http}", SMALL)
    if (page.status, page.length) != (200, SMALL_BYTES):
        said.append(f"the page over HTTP came with status {page.status} and {page.length} octets")
    inside = secure(up.port, HOST, place.origin.https, SMALL)
    if (inside.status, inside.length) != (200, SMALL_BYTES):
        said.append(f"the page over HTTPS came with status {inside.status} and {inside.length} octets")
    elif (inside.issuer != ORIGIN_CA) != up.proxy.opens:
        did = "carried" if up.proxy.opens else "opened"
        said.append(f"TLS was {did}: the certificate is by {inside.issuer!r}")
    if up.proxy.filters:
        said += _passed(up)
    return "; ".join(said)


def _passed(up: Up) -> list[str]:
    """Which of some listed names, and names under such, were not refused."""
    names = up.proxy.place.data.sample(up.proxy.place.data.listed, SAMPLE)
    refused = up.proxy.refusals
    passed = sum(plain(up.port, name, SMALL).status not in refused for name in names)
    opened = sum(secure(up.port, name, 443, SMALL).status not in {*refused, 0} for name in names[:3])
    said = [f"{passed} of {len(names)} listed sites were not refused over HTTP"] if passed else []
    return said + ([f"{opened} listed sites were not refused over HTTPS"] if opened else [])


def asked(up: Up, case: Case) -> wrk.Asked:
    """What wrk asks for through a proxy."""
    origin = up.proxy.place.origin
    if case.scheme == "http":
        host = f"{HOST}:{origin.http}"
        return wrk.Asked("http", up.port, host, f"http://{host}{case.path}", case.fresh, case.connections)
    host = f"{HOST}:{origin.https}"
    return wrk.Asked("https", up.tunnels, host, case.path, case.fresh, case.connections)


def measure(stage: Stage, up: Up, case: Case, called: str = "") -> wrk.Load:
    """Load a proxy with as much as it takes, and note CPU a request, rate and waits.

    called   the case's name in the figures
    """
    name = called or case.name
    meter = Meter(up.server)
    totals = wrk.load(asked(up, case), stage.plan.seconds, stage.cores.load, stage.work)
    spoil_if_broken(stage, up, name, totals, case)
    if not totals.requests:
        stage.results.nothing(name, up.name)
        return totals
    cpu, stolen = meter.read(totals.requests)
    stage.results.add(name, up.name, stolen, cpu=cpu, rate=totals.rate, p50=totals.p50, p99=totals.p99)
    return totals


def spoil_if_broken(stage: Stage, up: Up, name: str, totals: wrk.Load, case: Case) -> None:
    """A proxy that refuses, breaks or shortens what it should carry has no figures."""
    wrong = totals.refused + totals.broken
    if wrong > BROKEN_TOO_MUCH * totals.requests:
        told = f"{totals.requests} answers, {totals.refused} refused, {totals.broken} broken"
        stage.results.spoil(up.name, f"{name}: {told}")
    least = BIG_BYTES if case.path == BIG else SMALL_BYTES
    if totals.bytes < least * totals.requests:
        stage.results.spoil(up.name, f"{name}: answers were shorter than the page")


def paced(up: Up, case: Case, rate: float) -> wrk.Asked:
    """A load of about so many requests a second."""
    load = asked(up, case)
    return replace(load, delay_ms=max(1, round(load.connections * 1000 / rate)))

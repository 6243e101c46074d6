"""`schoolgate demo`: the whole filter with a demo policy and small web sites of its own."""

import argparse
import asyncio
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

from proxy.authority.errors import AuthorityProblem
from proxy.commands import Commands, Exit, config_argument
from proxy.commands.up import keep_up, tell
from proxy.demo.origins import authority_in
from proxy.settings.schema import Settings
from proxy.startup import starting
from proxy.supervisor.child import Part
from proxy.supervisor.filter import Beside
from proxy.supervisor.parts import workers

ORIGINS = "127.0.9.1"
ORIGIN_HTTP, ORIGIN_HTTPS = 8090, 8453
READY_S = 120.0

DESCRIPTION = """Starts what `schoolgate up` starts, and beside it small web sites to look at, then prints
where each part listens and lines to paste. Needs no rights and no internet. Ctrl-C stops all of it."""


def register(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "demo",
        help="start the whole filter with the demo policy",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    config_argument(parser)
    parser.add_argument(
        "--origin-http", type=int, default=ORIGIN_HTTP, metavar="PORT", help=argparse.SUPPRESS
    )
    parser.add_argument(
        "--origin-https", type=int, default=ORIGIN_HTTPS, metavar="PORT", help=argparse.SUPPRESS
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until Ctrl-C."""
    start = starting(args.config)
    if not tell(start):
        return Exit.FAILED
    settings = start.settings
    assert settings is not None
    ports = ("--http", str(args.origin_http), "--https", str(args.origin_https))
    origins = Part(
        "origins",
        (sys.executable, "-m", "proxy.demo", "--state", str(start.state), "--address", ORIGINS, *ports),
    )
    try:
        trusted = authority_in(start.state).certificate_path
    except AuthorityProblem as problem:
        print(f"schoolgate: the demo's web sites cannot have certificates: {problem}", file=sys.stderr)
        return Exit.FAILED
    announce = _announcing(settings, start.state, args)
    return keep_up(start, settings, args.config, Beside((origins,), (trusted,), announce, demo=True))


def _announcing(
    settings: Settings, state: Path, args: argparse.Namespace
) -> Callable[[], Coroutine[object, object, None]]:
    async def announce() -> None:
        if await until_ready(settings):
            lines = banner(settings, state, args.config, args.origin_http, args.origin_https)
            print("\n".join(lines), flush=True)
        else:
            print(f"schoolgate: not all parts were ready within {READY_S:.0f} s; see above", file=sys.stderr)

    return announce


async def until_ready(settings: Settings) -> bool:
    """Ask each process whether it is ready, until all are; False when that takes too long."""
    admin = settings.gateway.admin_listen
    count = 1 + workers(settings.gateway.workers_dns) + workers(settings.gateway.workers_http)
    waiting = set(range(count))
    deadline = time.monotonic() + READY_S
    while waiting and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
        for number in tuple(waiting):
            if await asyncio.to_thread(_is_ready, admin.host, admin.port + number):
                waiting.discard(number)
    return not waiting


def _is_ready(host: str, port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def banner(settings: Settings, state: Path, config: Path, http: int, https: int) -> Iterator[str]:
    """Say where each part listens, how to point a browser at it, and what to paste."""
    proxy, page, admin = settings.proxy.listen, settings.block_page, settings.gateway.admin_listen
    ca = shown(state / "ca" / "schoolgate-ca-cert.pem")
    yield ""
    yield f"Schoolgate is running with the policy in {shown(config)}. Ctrl-C stops it."
    yield ""
    yield "  resolver     " + ", ".join(str(one) for one in settings.dns.listen) + "  (UDP and TCP)"
    yield f"  proxy        {proxy}"
    http_at, https_at = (
        ", ".join(str(one) for one in those) for those in (page.listen_http, page.listen_https)
    )
    yield f"  block page   http {http_at}, https {https_at}"
    yield f"  metrics      http://{admin}/metrics (and the following ports, one a process)"
    if settings.console is not None:
        yield f"  console      {settings.console.url}  (says itself who can log in)"
    yield f"  authority    {ca}"
    yield ""
    yield "Point a browser at it: an HTTP and HTTPS proxy of"
    yield f"  {proxy}, with the authority above trusted for web sites; or, in one line:"
    yield f"  chromium --user-data-dir=/tmp/demo --proxy-server={proxy} --ignore-certificate-errors"
    yield ""
    yield "Lines to paste into another terminal (127.0.1.2 is the middle school, 127.0.1.4 the staff):"
    for title, command in lines_to_paste(settings, state, http, https):
        if title:
            yield f"  # {title}"
        yield f"  {command}"
    yield ""


def lines_to_paste(settings: Settings, state: Path, http: int, https: int) -> Iterator[tuple[str, str]]:
    """Commands that show the filter at work, each with what it shows; all work offline."""
    dns, page = settings.dns.listen[0], settings.block_page
    ca = shown(state / "ca" / "schoolgate-ca-cert.pem")
    middle = f"curl --proxy http://{settings.proxy.listen} --interface 127.0.1.2"
    staff = f"curl --proxy http://{settings.proxy.listen} --interface 127.0.1.4"
    direct = f"curl --interface 127.0.1.2 --cacert {ca}"
    dig = f"dig @{dns.host} -p {dns.port}"
    yield "an allowed page, over HTTP and HTTPS", f"{middle} http://learn.demo.test:{http}/"
    yield "", f"{middle} --cacert {ca} https://learn.demo.test:{https}/"
    yield "a blocked page, over HTTP and HTTPS", f"{middle} http://games.demo.test:{http}/"
    yield "", f"{middle} --cacert {ca} https://games.demo.test:{https}/"
    yield "a blocked name, with an Extended DNS Error that says why", f"{dig} -b 127.0.1.2 games.demo.test"
    yield (
        "the block page that a browser reaches after such an answer",
        f"{direct} --connect-to games.demo.test:80:{page.listen_http[0]} http://games.demo.test/",
    )
    yield "", f"{direct} --connect-to games.demo.test:443:{page.listen_https[0]} https://games.demo.test/"
    yield "safe search by alias", f"{dig} -b 127.0.1.2 www.google.com"
    yield "another group's view: games are open for staff", f"{dig} -b 127.0.1.4 games.demo.test"
    yield "", f"{staff} http://games.demo.test:{http}/"
    yield "why, in words", ".venv/bin/schoolgate explain games.demo.test --as middle"
    yield "what was recorded", ".venv/bin/schoolgate events --since 10m"


def shown(path: Path) -> str:
    """A path as one would type it from here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative

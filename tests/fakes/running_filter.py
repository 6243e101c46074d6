"""The whole filter, running as processes with the demo policy, on free ports and with a state of its own."""

import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dns.message
import dns.query
import httpcore
import httpx
import yaml

from free_ports import ADMIN_PORTS, free_ports
from one_address_upstream import OneAddressUpstream
from proxy.demo.origins import authority_in

PROJECT = Path(__file__).resolve().parents[2]
ORIGINS = "127.0.9.1"
# Limits for what hangs, with room for a machine that others use too.
READY_S = 120.0
STOP_S = 60.0
ANSWER_S = 30.0

type Change = Callable[[dict[str, Any]], None]


class NotReady(Exception):
    """The filter did not start in time; the message holds what it said."""


def answers(url: str) -> bool:
    """Say whether an address is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_S) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


class _From(httpcore.SyncBackend):
    """Connects from one address of this machine; httpcore forgets `local_address` on the way to a proxy."""

    def __init__(self, source: str) -> None:
        self._source = source

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return super().connect_tcp(host, port, **{**kwargs, "local_address": self._source})


@dataclass
class RunningFilter:
    """Starts `schoolgate demo` in a directory and stops it, as a context.

    change       may change the settings of gateway.yaml (as plain YAML data) before the start
    people       likewise those of people.yaml
    command      `demo` (with the demo's web sites) or `up`
    wrapper      words put before the command line, such as `ip netns exec NAME`
    console      whether the console and its timers run too, at `url`; may change their settings
    """

    directory: Path
    change: Change | None = None
    people: Change | None = None
    command: str = "demo"
    wrapper: tuple[str, ...] = ()
    workers: int = 2
    console: bool | Change = False
    process: "subprocess.Popen[bytes] | None" = None
    upstream: OneAddressUpstream = field(default_factory=OneAddressUpstream)

    def __post_init__(self) -> None:
        first = free_ports(6, ("127.0.0.1", "::1"))
        self.dns, self.proxy, self.page_http, self.page_https, *_ = range(first, first + 6)
        self.admin = free_ports(2 + 2 * self.workers, among=ADMIN_PORTS)
        self.origin_http = free_ports(2, (ORIGINS,))
        self.origin_https = self.origin_http + 1
        self.url = f"http://127.0.0.1:{free_ports(1)}"
        self.config = self.directory / "config"
        self.state = self.directory / "state"
        self.said = self.directory / "said.txt"

    # ---- its life -------------------------------------------------------------------------------

    def __enter__(self) -> "RunningFilter":
        self.write_settings()
        self.upstream.__enter__()
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.upstream.__exit__()

    def write_settings(self) -> None:
        """Copy config/demo and put every port and path in it elsewhere."""
        authority_in(self.state)
        shutil.copytree(PROJECT / "config" / "demo", self.config)
        path = self.config / "gateway.yaml"
        settings = yaml.safe_load(path.read_text())
        settings["gateway"].update(
            state=str(self.state),
            workers_dns=self.workers,
            workers_http=self.workers,
            admin_listen=f"127.0.0.1:{self.admin}",
        )
        settings["dns"].update(
            listen=[f"127.0.0.1:{self.dns}", f"[::1]:{self.dns}"],
            system=False,
            upstreams=[{"address": "127.0.0.1", "port": self.upstream.port}],
        )
        settings["proxy"].update(
            listen=f"127.0.0.1:{self.proxy}",
            connect_ports=[443, self.origin_https],
            upstream_ca=str(self.state / "demo" / "schoolgate-ca-cert.pem"),
        )
        settings["block_page"].update(
            listen_http=f"127.0.0.1:{self.page_http}", listen_https=f"127.0.0.1:{self.page_https}"
        )
        settings["lists"]["blocklists"] = str(PROJECT / "blocklists")
        if self.change is not None:
            self.change(settings)
        path.write_text(yaml.safe_dump(settings))
        self._write_console()
        if self.people is not None:
            path = self.config / "people.yaml"
            settings = yaml.safe_load(path.read_text())
            self.people(settings)
            path.write_text(yaml.safe_dump(settings))

    def _write_console(self) -> None:
        path = self.config / "console.yaml"
        if not self.console:
            path.unlink()
            return
        settings = yaml.safe_load(path.read_text())
        settings["console"].update(
            url=self.url,
            listen=self.url.removeprefix("http://"),
            admin_listen=f"127.0.0.1:{free_ports(1, among=ADMIN_PORTS)}",
        )
        if not isinstance(self.console, bool):
            self.console(settings["console"])
        path.write_text(yaml.safe_dump(settings))

    def wait_for_console(self, seconds: float = READY_S) -> None:
        """Wait until the console answers. Raises NotReady."""
        self.poll(lambda: answers(f"{self.url}/healthz"), seconds, "the console does not answer")

    def start(self) -> None:
        """Start it and wait until every process is ready. Raises NotReady."""
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start it and do not wait."""
        words = [*self.wrapper, sys.executable, "-m", "proxy", self.command, "--config", str(self.config)]
        if self.command == "demo":
            words += ["--origin-http", str(self.origin_http), "--origin-https", str(self.origin_https)]
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(
                words, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )

    def wait_until_ready(self, seconds: float = READY_S) -> None:
        """Wait until each process says that it is ready. Raises NotReady."""
        waiting = set(range(1 + 2 * self.workers))
        self.poll(lambda: not self._still(waiting), seconds, f"processes {waiting} are not ready")

    def poll(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait until a condition holds. Raises NotReady with what the filter said when it does not."""
        deadline = time.monotonic() + seconds
        while not condition():
            ended = self.process is not None and self.process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise NotReady(f"{what}{' (it ended)' if ended else ''}; it said:\n{self.log()}")
            time.sleep(0.05)

    def _still(self, waiting: set[int]) -> set[int]:
        for number in tuple(waiting):
            if self.readiness(number) == 200:
                waiting.discard(number)
        return waiting

    def readiness(self, number: int) -> int:
        """Ask process `number` (0: the supervisor) whether it is ready; 0 when it does not answer."""
        url = f"http://127.0.0.1:{self.admin + number}/readyz"
        if self.wrapper:
            asking = [*self.wrapper, "curl", "-s", "-m", "30", "-o", "/dev/null", "-w", "%{http_code}", url]
            return int(subprocess.run(asking, capture_output=True, check=False).stdout or 0)
        try:
            with urllib.request.urlopen(url, timeout=ANSWER_S) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def stop(self, seconds: float = STOP_S) -> int | None:
        """Stop it as Ctrl-C would and return its exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise NotReady(f"it did not stop within {seconds:.0f} s; it said:\n{self.log()}") from None

    def log(self) -> str:
        """What it printed so far."""
        return self.said.read_text(errors="replace") if self.said.exists() else ""

    def pids(self) -> dict[str, int]:
        """Process ids of its parts that run, by name."""
        status = json.loads((self.state / "run" / "status.json").read_text())
        return {name: part["pid"] for name, part in status["parts"].items() if part["pid"]}

    # ---- a client's view ------------------------------------------------------------------------

    @property
    def ca(self) -> Path:
        """The school's certificate."""
        return self.state / "ca" / "schoolgate-ca-cert.pem"

    def dig(self, name: str, kind: str = "A", source: str = "127.0.1.2") -> dns.message.Message:
        """Ask the resolver over UDP with EDNS, from one address."""
        query = dns.message.make_query(name, kind, use_edns=0)
        return dns.query.udp(query, "127.0.0.1", timeout=ANSWER_S, port=self.dns, source=source)

    def browse(self, url: str, source: str = "127.0.1.2", **headers: str) -> httpx.Response:
        """Fetch a page through the explicit proxy, trusting the school's certificate alone."""
        with httpcore.HTTPProxy(
            f"http://127.0.0.1:{self.proxy}", ssl_context=self.trust(), network_backend=_From(source)
        ) as proxy:
            extensions = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), ANSWER_S)}
            asked = {"Host": httpx.URL(url).netloc.decode("ascii"), "Accept": "text/html", **headers}
            answer = proxy.request("GET", url, headers=asked, extensions=extensions)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.content)

    def visit(self, url: str, address: str, port: int, source: str = "127.0.1.2") -> httpx.Response:
        """Fetch a page without a proxy, from an address that the resolver gave (`curl --connect-to`)."""
        host = httpx.URL(url).host
        transport = httpx.HTTPTransport(verify=self.trust(), local_address=source)
        with httpx.Client(transport=transport, timeout=ANSWER_S) as client:
            return client.get(
                httpx.URL(url).copy_with(host=address, port=port),
                headers={"Accept": "text/html", "Host": host},
                extensions={"sni_hostname": host},
            )

    def trust(self) -> ssl.SSLContext:
        """A client's trust in the school's certificate, and in no other."""
        return ssl.create_default_context(cafile=str(self.ca))

    def schoolgate(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run another command of Schoolgate against this filter's settings."""
        environment = {**os.environ, "SCHOOLGATE_CONFIG": str(self.config)}
        return subprocess.run(
            [*self.wrapper, sys.executable, "-m", "proxy", *words],
            cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

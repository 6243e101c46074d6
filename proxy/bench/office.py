"""How is a console started to be measured, and how do people log in to it? As in a school, over HTTP.

It has the demo's people, and as many cases as the command line asks for. Log-in is the real one, with
password and code.
"""

import json
import re
import shutil
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml

from proxy.bench.errors import BenchProblem
from proxy.bench.questions import LOOPBACK
from proxy.bench.running import Running, Started, run
from proxy.bench.school import SCHOOLGATE, blocklists

READY_S = 60.0
FILL_LIMIT_S = 1_800
PASSWORD = "maple-valley-demo"  # noqa: S105 - the demo's, printed whenever it starts
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Office:
    """The console of the demo's school in a directory of its own."""

    directory: Path
    running: Running
    cores: str = ""

    def __post_init__(self) -> None:
        self.config, self.state = self.directory / "config", self.directory / "state"
        with socket.create_server((LOOPBACK, 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"http://{LOOPBACK}:{self.port}"

    def write(self) -> None:
        """Write the demo's settings with places of this measurement's own, and put them in force."""
        shutil.copytree(demo(), self.config)
        gateway = yaml.safe_load((self.config / "gateway.yaml").read_text())
        gateway["gateway"]["state"] = str(self.state)
        gateway["lists"]["blocklists"] = str(blocklists())
        (self.config / "gateway.yaml").write_text(json.dumps(gateway))
        console = yaml.safe_load((self.config / "console.yaml").read_text())
        console["console"].update(url=self.url, listen=f"{LOOPBACK}:{self.port}")
        (self.config / "console.yaml").write_text(json.dumps(console))
        self._schoolgate("publish")

    def fill(self, cases: int) -> None:
        """Make the people of the demo, and the cases."""
        self._schoolgate("console", "migrate", "--demo")
        words = (sys.executable, "-m", "proxy.bench.caseload", "--config", str(self.config))
        run([*words, "--cases", str(cases)], timeout_s=FILL_LIMIT_S)

    def start(self) -> Started:
        """Start the console, and wait until it answers. Raises BenchProblem."""
        words = [*SCHOOLGATE, "console", "--config", str(self.config), "--demo"]
        server = self.running.start(words, self.directory / "console.log", cores=self.cores)
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline and server.lives():
            try:
                if httpx.get(f"{self.url}/healthz", timeout=2, trust_env=False).status_code == 200:
                    return server
            except httpx.TransportError:
                time.sleep(0.05)
        raise BenchProblem(f"the console does not answer: {server.said()}")

    def log_in(self, login: str, *, with_code: bool = False) -> httpx.Client:
        """A browser in which somebody of the demo is logged in. Raises BenchProblem."""
        client = httpx.Client(base_url=self.url, follow_redirects=True, timeout=60, trust_env=False)
        page = self._sent(client, "/account/login/", login=login, password=PASSWORD)
        if with_code:
            code = self._schoolgate("console", "demo-code", login).strip()
            page = self._sent(client, page.url.path, code=code)
        if page.status_code != 200 or page.url.path.startswith("/account/"):
            raise BenchProblem(f"{login} cannot log in: {page.status_code} at {page.url.path}")
        return client

    def _sent(self, client: httpx.Client, path: str, **fields: str) -> httpx.Response:
        """Fill a page's form in and send it."""
        found = _TOKEN.search(client.get(path).text)
        if found is None:
            raise BenchProblem(f"{path} has no form")
        sent = {**fields, "csrfmiddlewaretoken": found[1]}
        return client.post(path, data=sent, headers={"Referer": f"{self.url}{path}"})

    def _schoolgate(self, *words: str) -> str:
        return run([*SCHOOLGATE, *words, "--config", str(self.config)], timeout_s=FILL_LIMIT_S)


def demo() -> Path:
    """The demo's settings, which come with the source."""
    return blocklists().parent / "config" / "demo"


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest rank: such a share of all values is no greater."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]

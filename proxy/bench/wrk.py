"""What does wrk say of one load of requests?"""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from proxy.bench.errors import BenchProblem
from proxy.bench.programs import need
from proxy.bench.running import ending_with_us, pinned

_SCRIPT = """wrk.headers["Host"] = "{host}"
{close}function request() return wrk.format("GET", "{address}") end
{delay}function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    "FIGURES {{\\"requests\\": %d, \\"bytes\\": %d, \\"us\\": %d, \\"p50\\": %d, \\"p99\\": %d, \\"refused\\": %d, \\"broken\\": %d}}\\n",
    summary.requests, summary.bytes, summary.duration, latency:percentile(50), latency:percentile(99),
    e.status, e.connect + e.read + e.write + e.timeout))
end
"""  # noqa: E501  (one line of Lua)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one load asks for.

    scheme        http or https
    port          where wrk connects
    host          in the Host field, and in the TLS greeting
    address       in the request line: a path, or a whole address for a proxy
    fresh         a new connection for each request
    connections   at the same time
    delay_ms      mean pause of each connection before its next request; by chance, so that they do not
                  all ask at once
    """

    scheme: str
    port: int
    host: str
    address: str
    fresh: bool = False
    connections: int = 32
    delay_ms: int = 0


@dataclass(frozen=True, slots=True)
class Load:
    """Totals of one load.

    refused   answers other than 2xx and 3xx
    broken    connections that could not be had, broke, or timed out
    """

    requests: int
    bytes: int
    us: int
    p50: int
    p99: int
    refused: int
    broken: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests * 1e6 / self.us if self.us else 0.0


def script(asked: Asked) -> str:
    """The Lua that makes wrk ask so, and print totals that can be read."""
    return _SCRIPT.format(
        host=asked.host,
        address=asked.address,
        close='wrk.headers["Connection"] = "close"\n' if asked.fresh else "",
        delay=f"function delay() return math.random(0, {2 * asked.delay_ms}) end\n" if asked.delay_ms else "",
    )


def start(asked: Asked, seconds: float, cores: str, folder: Path) -> subprocess.Popen[str]:
    """Begin a load; `finish` waits for its end."""
    lua = folder / "wrk.lua"
    lua.write_text(script(asked))
    whole = max(1, round(seconds))
    name = asked.host.partition(":")[0]
    argv = [need("wrk"), "-t1", f"-c{asked.connections}", f"-d{whole}s", "--timeout", "10s", "-s", str(lua)]
    return subprocess.Popen(
        [*ending_with_us(), *pinned(cores), *argv, f"{asked.scheme}://{name}:{asked.port}/"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(load: subprocess.Popen[str], seconds: float) -> Load:
    """Wait for a load's end and read its totals.

    Raises BenchProblem when it does not end or says nothing.
    """
    try:
        said, _ = load.communicate(timeout=seconds + 60)
    except subprocess.TimeoutExpired as error:
        raise BenchProblem("wrk did not end") from error
    finally:
        load.kill()
    return parse(said)


def load(asked: Asked, seconds: float, cores: str, folder: Path) -> Load:
    """Load a server, and return the totals."""
    return finish(start(asked, seconds, cores, folder), seconds)


def parse(text: str) -> Load:
    """Read the totals that the script prints.

    Raises BenchProblem when there are none.
    """
    found = re.search(r"^FIGURES (\{.*\})$", text, re.MULTILINE)
    if found is None:
        raise BenchProblem(f"wrk gave no figures: {text.strip()[-300:] or 'it said nothing'}")
    return Load(**json.loads(found.group(1)))

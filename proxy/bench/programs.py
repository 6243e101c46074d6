"""Which programs are installed here, and which Debian package has one that is not?"""

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence

from proxy.bench.errors import BenchProblem

PACKAGES = {
    "cc": "gcc libc6-dev",
    "dnsdist": "dnsdist",
    "dnsmasq": "dnsmasq-base",
    "dnsperf": "dnsperf",
    "e2guardian": "e2guardian",
    "knotd": "knot",
    "named": "bind9",
    "nginx": "nginx-light",
    "openssl": "openssl",
    "pdns_recursor": "pdns-recursor",
    "rec_control": "pdns-recursor",
    "squid": "squid-openssl",
    "taskset": "util-linux",
    "unbound": "unbound",
    "wrk": "wrk",
}
_BESIDE_PATH = ("/usr/sbin", "/sbin", "/usr/local/sbin")  # where servers live, and users' paths often do not


def find(program: str) -> str | None:
    """Full path of a program, or None."""
    return shutil.which(program, path=os.pathsep.join((os.environ.get("PATH", ""), *_BESIDE_PATH)))


def need(program: str) -> str:
    """Full path of a program without which nothing can be measured.

    Raises BenchProblem, with the line that installs it.
    """
    require([program])
    found = find(program)
    assert found is not None
    return found


def require(programs: Iterable[str]) -> None:
    """Raise BenchProblem, naming all of the programs that are missing and the line that installs them."""
    missing = [program for program in programs if find(program) is None]
    if missing:
        packages = " ".join(dict.fromkeys(PACKAGES[program] for program in missing))
        raise BenchProblem(
            f"{', '.join(missing)} must be there to measure this; on Debian: "
            f"apt-get install --no-install-recommends {packages}"
        )


def version(argv: Sequence[str]) -> str:
    """First line of what a program says of its version, shortened; `?` when it says nothing."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, errors="replace", timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "?"
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0][:80] if lines else "?"

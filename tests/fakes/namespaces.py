"""Network namespaces for tests: named after this run, joined by cables (veth), and gone afterwards.

What a run that was killed has left behind is swept away by the next one.
"""

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PREFIX = "sgt"
ADMINISTRATORS_PATH = "/usr/local/sbin:/usr/sbin:/sbin:"
_NAMES = Path("/run/netns")
_numbers = itertools.count()


def missing(what: str) -> None:
    """Skip, for a machine may lack something; fail where CI is to run these tests."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}, and CI must run the network tests", pytrace=False)
    pytest.skip(what)


def need(*programs: str) -> None:
    """Skip or fail unless these programs are there, and namespaces whose packets can be redirected."""
    if os.geteuid() != 0:
        missing("network namespaces need root")
    for program in ("ip", "nft", *programs):
        if _program(program) is None:
            missing(f"the program {program} is missing")
    try:
        with namespaces("probe") as (probe,):
            probe.nft("table inet probe {\n chain pre {\n  type nat hook prerouting priority dstnat\n }\n}\n")
    except AssertionError as error:
        missing(f"this kernel or container does not let us make networks ({error})")


def _program(name: str) -> str | None:
    return shutil.which(name, path=ADMINISTRATORS_PATH + os.environ.get("PATH", ""))


def run(*words: str, given: str = "", check: bool = True) -> str:
    """Run an administrator's program and return what it printed.

    given    its standard input

    Raises AssertionError with what it complained of, when it fails and `check` is set.
    """
    program = _program(words[0]) or words[0]
    done = subprocess.run(
        (program, *words[1:]), input=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0 or not check, f"{' '.join(words)}: {done.stderr.strip()}"
    return done.stdout


@dataclass(frozen=True)
class Namespace:
    """A machine's network of its own."""

    name: str

    def ip(self, *words: str) -> None:
        """Configure it, as `ip` does."""
        run("ip", "-n", self.name, *words)

    def address(self, interface: str, *addresses: str) -> None:
        """Give an interface addresses with prefix length, the first one being its primary address."""
        lines = [f"address add {one} dev {interface}{' nodad' * (':' in one)}\n" for one in addresses]
        run("ip", "-n", self.name, "-batch", "-", given="".join(lines))

    def nft(self, ruleset: str) -> None:
        """Load packet filter rules, and forget those before."""
        run("ip", "netns", "exec", self.name, "nft", "-f", "-", given="flush ruleset\n" + ruleset)

    def forwards(self) -> None:
        """Let it pass on packets between its interfaces."""
        for switch in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
            run("ip", "netns", "exec", self.name, "sh", "-c", f"echo 1 >/proc/sys/net/{switch}")

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Let this thread, and threads that it starts, make their sockets here."""
        with open("/proc/thread-self/ns/net") as home, open(_NAMES / self.name) as here:
            os.setns(here.fileno(), os.CLONE_NEWNET)
            try:
                yield
            finally:
                os.setns(home.fileno(), os.CLONE_NEWNET)


@contextlib.contextmanager
def namespaces(*names: str) -> Iterator[list[Namespace]]:
    """Make namespaces with working loopback; take them away again, with whatever still runs in them."""
    _sweep()
    number = next(_numbers)
    made = [Namespace(f"{PREFIX}-{os.getpid()}-{number}-{name}") for name in names]
    try:
        for one in made:
            run("ip", "netns", "add", one.name)
            one.ip("link", "set", "lo", "up")
        yield made
    finally:
        for one in made:
            _remove(one.name)


def cable(one: Namespace, interface: str, other: Namespace, other_interface: str) -> None:
    """Join two namespaces; both ends are up."""
    run("ip", "link", "add", interface, "netns", one.name,
        "type", "veth", "peer", "name", other_interface, "netns", other.name)  # fmt: skip
    one.ip("link", "set", interface, "up")
    other.ip("link", "set", other_interface, "up")


def _remove(name: str) -> None:
    for pid in run("ip", "netns", "pids", name, check=False).split():
        if int(pid) != os.getpid():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
    run("ip", "netns", "delete", name, check=False)


def _sweep() -> None:
    """Remove the namespaces of runs that ended without doing so."""
    for path in _NAMES.glob(f"{PREFIX}-*-*-*"):
        pid = path.name.split("-")[1]
        if pid.isdigit() and not Path("/proc", pid).exists():
            _remove(path.name)

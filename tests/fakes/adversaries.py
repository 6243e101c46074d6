"""How are the tools started that go around a filter, and how are they ended again?

Programs are Debian's packages (`.ci/run` names them); those in JavaScript are what
`tests/adversaries/package-lock.json` names, laid beside it by `npm ci`.
"""

import contextlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from namespaces import ADMINISTRATORS_PATH

FOLDER = Path(__file__).parents[1] / "adversaries"
MODULES = FOLDER / "node_modules"
# A limit for what hangs, with room for a machine that others use too.
STARTS_S = 60.0


def program(name: str) -> str | None:
    """Where a program stands, those of administrators too."""
    return shutil.which(name, path=ADMINISTRATORS_PATH + os.environ.get("PATH", ""))


def needs(*programs: str, modules: bool = False, tun: bool = False) -> pytest.MarkDecorator:
    """Skip a test where a tool is missing; but CI installs all of them, and there it fails.

    modules   npm's packages
    tun       a kernel that lets programs make network interfaces
    """
    missing = [name for name in (*programs, *(["node"] if modules else [])) if program(name) is None]
    if modules and not MODULES.is_dir():
        missing.append("npm's packages (npm ci --prefix tests/adversaries)")
    if tun and not Path("/dev/net/tun").exists():
        missing.append("/dev/net/tun")
    in_ci = os.environ.get("CI") == "true"
    return pytest.mark.skipif(bool(missing) and not in_ci, reason=f"needs {', '.join(missing)}")


@dataclass(frozen=True)
class Tool:
    """A program that runs, and where it writes what it says."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def says(self, pattern: str, within_s: float = STARTS_S) -> re.Match[str]:
        """Wait until it says something. Fails with all that it said when it does not, or ends."""
        deadline = time.monotonic() + within_s
        while (found := re.search(pattern, self.said())) is None:
            ended = self.process.poll() is not None
            assert not ended or re.search(pattern, self.said()), f"it ended: {self.said()}"
            assert time.monotonic() < deadline, f"it does not say {pattern!r}: {self.said()}"
            time.sleep(0.02)
        return found


@contextlib.contextmanager
def running(
    words: Sequence[str], log: Path, *, until: str = "", wrapper: Sequence[str] = (), given: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> Iterator[Tool]:  # fmt: skip
    """Run a tool until the block ends.

    until      what it says once it works
    wrapper    words before the command, such as `ip netns exec NAME`
    given      its standard input
    """
    found = program(words[0])
    assert found is not None, f"the program {words[0]} is missing"
    with log.open("wb") as writing:
        process = subprocess.Popen(
            [*wrapper, found, *words[1:]], stdin=subprocess.PIPE, stdout=writing, stderr=subprocess.STDOUT,
            cwd=FOLDER, env={**os.environ, **(environment or {})},
        )  # fmt: skip
    tool = Tool(process, log)
    try:
        assert process.stdin is not None
        process.stdin.write(given)
        process.stdin.close()
        if until:
            tool.says(until)
        yield tool
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def run(words: Sequence[str], *, within_s: float = STARTS_S, wrapper: Sequence[str] = (),
        given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":  # fmt: skip
    """Run a tool to its end; one that goes on past its time is ended, with status 124."""
    found = program(words[0])
    assert found is not None, f"the program {words[0]} is missing"
    try:
        return subprocess.run([*wrapper, found, *words[1:]], input=given, capture_output=True,
                              timeout=within_s, check=False, cwd=FOLDER)  # fmt: skip
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess(words, 124, late.stdout or b"", late.stderr or b"")

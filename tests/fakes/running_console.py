"""The console, running as a process: real gunicorn, a real database, a state of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from free_ports import ADMIN_PORTS, free_ports
from running_filter import PROJECT, READY_S, STOP_S, NotReady, answers


def name_database(console: dict[str, Any], address: str, directory: Path) -> None:
    """Write a PostgreSQL database into a console's settings; its password stands in a file."""
    url = httpx.URL(address)
    file = directory / "password"
    file.write_text(url.password)
    file.chmod(0o600)
    console["database"] = str(url.copy_with(username=url.username, password=None))
    console["database_password_file"] = str(file)


@dataclass
class RunningConsole:
    """Starts `schoolgate console` for the demo's school in a directory and stops it, as a context.

    change      may change the settings under `console` before the start
    database    address of a PostgreSQL database with a password in it; "": SQLite
    demo        whether the demo's people are made and let in
    others      further processes to start beside it: `timers`
    """

    directory: Path
    change: Callable[[dict[str, Any]], None] | None = None
    database: str = ""
    demo: bool = False
    others: tuple[str, ...] = ()
    processes: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.config, self.state = self.directory / "config", self.directory / "state"
        self.said = self.directory / "said.txt"
        self.port, self.admin = free_ports(1), free_ports(1, among=ADMIN_PORTS)
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "RunningConsole":
        self.write_settings()
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def write_settings(self) -> None:
        """Copy config/demo; state, ports and the database are this test's own."""
        shutil.copytree(PROJECT / "config" / "demo", self.config)
        machine = yaml.safe_load((self.config / "gateway.yaml").read_text())
        machine["gateway"]["state"] = str(self.state)
        machine["lists"]["blocklists"] = str(PROJECT / "blocklists")
        (self.config / "gateway.yaml").write_text(yaml.safe_dump(machine))
        written = yaml.safe_load((self.config / "console.yaml").read_text())
        written["console"].update(
            url=self.url, listen=f"127.0.0.1:{self.port}", admin_listen=f"127.0.0.1:{self.admin}", workers=2
        )
        if self.database:
            name_database(written["console"], self.database, self.directory)
        if self.change is not None:
            self.change(written["console"])
        (self.config / "console.yaml").write_text(yaml.safe_dump(written))

    def start(self) -> None:
        """Start it and wait until it answers. Raises NotReady."""
        self.launch("console")
        self.wait_until(lambda: answers(f"{self.url}/healthz"), "the console does not answer")
        for name in self.others:
            self.launch(name)

    def launch(self, name: str) -> None:
        """Start one of the processes and do not wait."""
        words = [sys.executable, "-m", "proxy", name, "--config", str(self.config)]
        if self.demo:
            words.append("--demo")
        home = self.directory / "home"
        home.mkdir(exist_ok=True)
        environment = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
        with self.said.open("ab") as said:
            self.processes[name] = subprocess.Popen(
                words, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                start_new_session=True,
            )  # fmt: skip

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = READY_S) -> None:
        """Wait until a condition holds. Raises NotReady with what the processes said when it does not."""
        deadline = time.monotonic() + seconds
        while not condition():
            ended = [name for name, process in self.processes.items() if process.poll() is not None]
            if ended or time.monotonic() > deadline:
                raise NotReady(f"{what} (ended: {ended}); it said:\n{self.log()}")
            time.sleep(0.05)

    def kill(self, name: str = "console") -> None:
        """Kill a process with all its workers, as a power cut would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> dict[str, int]:
        """Stop everything as a service manager would; exit status by name."""
        for process in self.processes.values():
            process.terminate()
        statuses = {}
        for name, process in self.processes.items():
            try:
                statuses[name] = process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                statuses[name] = process.wait()
        self.processes.clear()
        return statuses

    def log(self) -> str:
        """What the processes printed so far."""
        return self.said.read_text(errors="replace") if self.said.exists() else ""

    def schoolgate(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run another command of Schoolgate against this console's settings."""
        return subprocess.run(
            [sys.executable, "-m", "proxy", *words, "--config", str(self.config)],
            cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

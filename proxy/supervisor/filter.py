"""How are all parts of the filter started, watched, reloaded and stopped as one?"""

import asyncio
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from proxy import admin, metrics
from proxy.bundle.layout import Layout
from proxy.bundle.layout import Part as Base
from proxy.settings.schema import Settings
from proxy.supervisor.child import Child, Part, State, step_back
from proxy.supervisor.housekeeping import keep_house
from proxy.supervisor.in_force import ListGauges, settings_in_force, subscribes
from proxy.supervisor.parts import CONSOLE_PARTS, PYTHON, console_parts, packet_parts, parts_of

log = logging.getLogger(__name__)

HOUSEKEEPING = timedelta(hours=1)
STATUS_S = 1.0
LISTS_S = 30.0
BACKLOG = 2048


@dataclass(frozen=True, slots=True)
class Beside:
    """What runs beside the filter: the demo's web sites.

    parts        further parts to keep running
    also_trust   PEM files with authorities that the proxy shall trust for web sites
    announce     called once, beside everything else, when the filter starts
    demo         whether the console lets the demo's people in
    """

    parts: tuple[Part, ...] = ()
    also_trust: tuple[Path, ...] = ()
    announce: Callable[[], Coroutine[object, object, None]] | None = None
    demo: bool = False


NOTHING = Beside()


class Filter:
    """The whole filter on one machine.

    settings    what the gateway starts with
    config      directory of the settings, read again at each publish
    state       the gateway's state directory
    """

    def __init__(self, settings: Settings, config: Path, state: Path, beside: Beside = NOTHING) -> None:
        self._settings, self._config, self._state = settings, config, state
        self._socket = listening_socket(settings.proxy.listen.host, settings.proxy.listen.port)
        parts = [
            *parts_of(settings, config, self._socket.fileno(), beside.also_trust),
            *packet_parts(settings, config),
            *console_parts(settings, config, demo=beside.demo),
            *beside.parts,
        ]
        self._announce = beside.announce
        self._children = [Child(part, on_restart=metrics.worker_restarted) for part in parts]
        for child in self._children:
            metrics.WORKER_RESTARTS.bind(child.part.name)
            metrics.WORKER_UP.ask(partial(_up, child), child.part.name)
        self._stopping = asyncio.Event()
        self._publishing = asyncio.Lock()

    async def run(self) -> None:
        """Start everything, publish the settings, and return when told to stop (SIGINT, SIGTERM).

        SIGHUP publishes the settings and lists anew; what does not check changes nothing.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._publish_soon)
        listen = self._settings.gateway.admin_listen
        server = await admin.serve(listen.host, listen.port, self._readiness)
        tasks = [asyncio.create_task(child.keep_running()) for child in self._children]
        chores = [
            asyncio.create_task(chore())
            for chore in (
                self._keep_policy,
                self._keep_house,
                self._write_status,
                self._measure_lists,
                self._keep_console,
            )
        ]
        if self._announce is not None:
            chores.append(asyncio.create_task(self._announce()))
        try:
            await self._stopping.wait()
        finally:
            log.info("stopping")
            for child in self._children:
                child.stop()
            await asyncio.gather(*tasks)
            for chore in chores:
                chore.cancel()
            await asyncio.gather(*chores, return_exceptions=True)
            server.close()
            self._socket.close()

    def _publish_soon(self) -> None:
        log.info("SIGHUP: publishing the settings anew")
        asyncio.ensure_future(self.publish())  # noqa: RUF006  (the lock keeps them in order)

    async def publish(self) -> bool:
        """Publish settings and lists in a process of their own; what is in force stays if that fails."""
        async with self._publishing:
            if await self._command("publish"):
                return True
            log.error("the settings were not published; the policy in force stays in force")
            return False

    async def _keep_policy(self) -> None:
        """Publish now, and refresh every hour: subscribed lists change, and so do ages and class rosters."""
        await self.publish()
        while True:
            if await asyncio.to_thread(lambda: subscribes(self._in_force())):
                await self._command("lists", "fetch")
                await self._refresh()
            await asyncio.sleep(HOUSEKEEPING.total_seconds())
            await self._refresh()

    async def _refresh(self) -> None:
        """Publish the settings in force once more; edits that nobody published stay unpublished."""
        async with self._publishing:
            await self._command("publish", "--refresh")

    async def _command(self, *words: str) -> bool:
        """Run one of our own commands on these settings, in a process of its own."""
        try:
            process = await asyncio.create_subprocess_exec(
                *PYTHON,
                *words,
                "--config",
                str(self._config),
                stdout=sys.stderr.fileno(),
                preexec_fn=partial(step_back, os.getpid()),
            )
        except OSError as error:
            log.error("`schoolgate %s` cannot be started: %s", " ".join(words), error)
            return False
        return await process.wait() == 0

    def _in_force(self) -> Settings:
        """The settings as last published; before the first publication those of the start."""
        return settings_in_force(self._state, self._settings)

    async def _keep_house(self) -> None:
        """Delete events past their retention, and those that are too many, now and every hour."""
        while True:
            settings = await asyncio.to_thread(self._in_force)
            await asyncio.to_thread(keep_house, self._state, settings.journal, datetime.now(UTC))
            await asyncio.sleep(HOUSEKEEPING.total_seconds())

    async def _write_status(self) -> None:
        """Keep run/status.json true: which parts run, under which process ids."""
        path = self._state / "run" / "status.json"
        failing = False
        while True:
            status = {"pid": os.getpid(), "parts": {c.part.name: _status(c) for c in self._children}}
            fresh = path.with_suffix(".new")
            try:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                fresh.write_text(json.dumps(status, indent=1) + "\n")
                fresh.replace(path)
                failing = False
            except OSError as error:
                if not failing:
                    log.error("%s cannot be written: %s", path, error.strerror)
                failing = True
            await asyncio.sleep(STATUS_S)

    async def _measure_lists(self) -> None:
        """Keep the metrics of the lists in force true, whoever published them."""
        gauges = ListGauges(self._state)
        while True:
            try:
                gauges.refresh()
            except (OSError, ValueError) as error:
                log.error("the lists in force could not be measured: %s", error)
            await asyncio.sleep(LISTS_S)

    async def _keep_console(self) -> None:
        """Start the console's processes again when what was published differs from what they began with."""
        beside = [child for child in self._children if child.part.name in CONSOLE_PARTS]
        with_settings = self._settings
        revision: int | None = None
        while beside:
            await asyncio.sleep(STATUS_S)
            current = Layout(self._state).current(Base.BASE)
            if current == revision:
                continue
            revision, settings = current, await asyncio.to_thread(self._in_force)
            if settings != with_settings:
                with_settings = settings
                for child in beside:
                    child.renew()

    def _readiness(self) -> tuple[bool, str]:
        needed = [child for child in self._children if child.part.filters]
        waiting = [child.part.name for child in needed if child.state is not State.RUNNING]
        return (not waiting, "waiting for " + ", ".join(waiting) if waiting else "all parts run")


def _up(child: Child) -> float:
    return float(child.state is State.RUNNING)


def _status(child: Child) -> dict[str, object]:
    return {"state": child.state.value, "pid": child.pid, "restarts": child.restarts}


def listening_socket(host: str, port: int) -> socket.socket:
    """Open the explicit proxy's listening socket; workers inherit it, so none of its queue is lost
    when one of them dies.

    Raises OSError when the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise OSError(
            error.errno, f"the proxy cannot listen on {host} port {port}: {error.strerror}"
        ) from error
    listening.setblocking(False)
    return listening

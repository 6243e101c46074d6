"""Hooks reach their functions in order, wait only for what waits, and end where one refuses."""

import asyncio

import pytest
from mitmproxy import exceptions, options
from mitmproxy.proxy.layers.http import HttpRequestHook
from mitmproxy.test import tflow

from addons.hooks import HookedOptions, Hooks, hooks_of
from proxy import metrics


class Writes:
    """Writes down its name, at once or after waiting."""

    def __init__(self, name: str, log: list[str], waits: asyncio.Event | None = None) -> None:
        self.name, self._log, self._waits = name, log, waits

    def request(self, flow):
        if self._waits is not None:
            return self._later()
        self._log.append(self.name)
        return None

    async def _later(self) -> None:
        await self._waits.wait()
        self._log.append(self.name)


class Raises:
    def request(self, flow) -> None:
        raise ZeroDivisionError


def hooks(*addons: object) -> Hooks:
    return Hooks(addons, lambda _: None)


def test_functions_that_do_not_wait_are_done_when_run_returns():
    log: list[str] = []
    assert hooks(Writes("a", log), object(), Writes("b", log)).run(HttpRequestHook(tflow.tflow())) is None
    assert log == ["a", "b"]


def test_what_comes_behind_one_that_waits_comes_after_it():
    async def story() -> list[list[str]]:
        log: list[str] = []
        may_go = asyncio.Event()
        run = hooks(Writes("a", log), Writes("b", log, may_go), Writes("c", log))
        task = asyncio.create_task(run.run(HttpRequestHook(tflow.tflow())))
        await asyncio.sleep(0)
        before = list(log)
        may_go.set()
        await task
        return [before, log]

    assert asyncio.run(story()) == [["a"], ["a", "b", "c"]]


@pytest.mark.parametrize("waits", [False, True])
def test_nothing_comes_behind_a_fault_and_the_request_is_refused(waits):
    async def story():
        log: list[str] = []
        may_go = asyncio.Event()
        may_go.set()
        before = metrics.HOOK_ERRORS.bind("request").value
        flow = tflow.tflow()
        run = hooks(Writes("a", log, may_go if waits else None), Raises(), Writes("c", log))
        rest = run.run(HttpRequestHook(flow))
        if rest is not None:
            await rest
        return log, flow.response.status_code, metrics.HOOK_ERRORS.bind("request").value - before

    assert asyncio.run(story()) == (["a"], 503, 1)


def test_the_table_travels_with_the_options_and_others_have_none():
    own, table = HookedOptions(), hooks()
    assert hooks_of(own) is None
    own.take(table)
    assert hooks_of(own) is table
    assert hooks_of(options.Options()) is None


class Refuses:
    """Takes no directory called /bad."""

    def __init__(self, own: HookedOptions) -> None:
        self._own = own
        self.seen: list[str] = []

    def changed(self, updated: set[str]) -> None:
        self.seen.append(self._own.confdir)
        if self._own.confdir == "/bad":
            raise exceptions.OptionsError


def test_a_changed_option_has_its_new_value_at_once_and_its_old_one_when_it_is_refused():
    own = HookedOptions(confdir="/a")
    refuses = Refuses(own)
    own.changed.connect(refuses.changed)
    assert own.confdir == "/a"
    own.update(confdir="/b")
    assert (own.confdir, refuses.seen) == ("/b", ["/b"])
    with pytest.raises(exceptions.OptionsError):
        own.update(confdir="/bad")
    assert own.confdir == "/b"

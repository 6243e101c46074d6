"""Which functions does a hook of mitmproxy's reach, and must anybody wait for them?

mitmproxy walks all addons for each hook, makes a task of each hook and sends its end back through all
layers. Most of our hooks never wait. So the functions of each hook stand in a table, are called where the
hook is raised, and only what really waits becomes a task.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import fields
from typing import Any

from mitmproxy import connection, exceptions
from mitmproxy.options import Options
from mitmproxy.proxy.commands import StartHook

from addons.guard import Guarded, Hook

UNCHANGING = (bool, int, str)

type Rest = Coroutine[Any, Any, None]
type Row = tuple[str, tuple[Hook, ...], tuple[Guarded, ...]]
"""the hook's field, the functions to call with it, and for each of these whom it belongs to"""


class Hooks:
    """The functions of all addons, by the kind of hook, in the order of the addons.

    drop    closes a client's connection

    Every function is guarded, those of mitmproxy's own addons too: a fault in one refuses.
    """

    def __init__(self, addons: Iterable[object], drop: Callable[[connection.Client], None]) -> None:
        self._addons = [one if isinstance(one, Guarded) else Guarded(one, drop) for one in addons]
        self._rows: dict[type[StartHook], Row] = {}

    def run(self, hook: StartHook) -> Rest | None:
        """Call a hook's functions; return what has still to be awaited, or None when all is done.

        One guard stands around all of them, as each has one of its own elsewhere: most requests pass here
        a dozen times.
        """
        kind = type(hook)
        row = self._rows.get(kind)
        if row is None:
            row = self._rows[kind] = self._row(hook)
        field, functions, guards = row
        if not functions:
            return None
        data = getattr(hook, field)
        place = 0
        try:
            for function in functions:
                waits = function(data)
                if waits is not None:
                    return _finish(hook.name, waits, guards[place:], data)
                place += 1
        except Exception as error:  # noqa: BLE001  (the boundary that `guard.py` describes)
            guards[place].failed(hook.name, error, data)
        return None

    def _row(self, hook: StartHook) -> Row:
        guards = tuple(addon for addon in self._addons if hook.name in addon.bare)
        functions = tuple(addon.bare[hook.name] for addon in guards)
        return fields(hook)[0].name, functions, guards  # type: ignore[arg-type]  # each kind is a dataclass


async def _finish(name: str, waits: Awaitable[None], guards: tuple[Guarded, ...], data: Any) -> None:
    """Await what the first of some addons has left to do, then call the others."""
    try:
        await guards[0].waited(name, waits, data)
        for guard in guards[1:]:
            more = getattr(guard, name)(data)
            if more is not None:
                await more
    except exceptions.AddonHalt:
        return


class HookedOptions(Options):
    """mitmproxy's options, which reach every layer, with the table of hooks beside them."""

    hooks: Hooks | None = None

    def take(self, hooks: Hooks) -> None:
        """Let layers call hooks by this table."""
        vars(self)["hooks"] = hooks

    def __getattr__(self, name: str) -> Any:
        """An option's value. mitmproxy makes a deep copy for each reader; what cannot change needs none."""
        value = super().__getattr__(name)  # type: ignore[no-untyped-call]
        if value is None or isinstance(value, UNCHANGING):
            vars(self)[name] = value
        return value

    def update_known(self, **values: Any) -> dict[str, Any]:
        """Change options; what was known of their values is forgotten."""
        self._forget(values)
        try:
            unknown: dict[str, Any] = super().update_known(**values)  # type: ignore[no-untyped-call]
        finally:
            self._forget(values)
        return unknown

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            vars(self).pop(name, None)


def hooks_of(options: Options) -> Hooks | None:
    """The table of hooks that came with the options; None where mitmproxy walks its addons itself."""
    return options.hooks if isinstance(options, HookedOptions) else None

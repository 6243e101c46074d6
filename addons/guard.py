"""What happens when a hook of ours raises? The flow is refused, counted, and logged once.

mitmproxy logs an exception from an addon and lets the flow go on upstream, which would switch the
filter off; so none of our hooks reaches mitmproxy unguarded.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from mitmproxy import connection, exceptions, http, tls
from mitmproxy.proxy import layer, server_hooks

from addons.plain_pages import out_of_order
from addons.tunnels import Refuse
from proxy import metrics

log = logging.getLogger(__name__)

HOOKS = (
    "client_connected",
    "client_disconnected",
    "server_connect",
    "server_connected",
    "server_connect_error",
    "server_disconnected",
    "next_layer",
    "http_connect",
    "requestheaders",
    "request",
    "responseheaders",
    "upload",
    "body",
    "response",
    "error",
    "tls_clienthello",
    "tls_start_client",
    "tls_failed_client",
    "tls_start_server",
    "tls_established_server",
    "tls_failed_server",
    "websocket_message",
    "websocket_end",
)
REFUSAL = "the filter had a fault and refused this connection"

type Hook = Callable[[Any], Awaitable[None] | None]


class Guarded:
    """An addon whose every hook refuses what it was called for when it raises.

    bare    its hooks by name, for who calls `failed` himself when one raises (`Hooks`)
    drop    closes a client's connection
    """

    def __init__(self, addon: object, drop: Callable[[connection.Client], None]) -> None:
        self.name = getattr(addon, "name", type(addon).__name__.lower())
        self.bare: dict[str, Hook] = {}
        self._drop = drop
        self._logged: set[tuple[str, type[BaseException]]] = set()
        for hook in HOOKS:
            method = getattr(addon, hook, None)
            if method is not None:
                self.bare[hook] = method
                setattr(self, hook, self._guarded(hook, method))

    def _guarded(self, name: str, hook: Hook) -> Hook:
        """Wrap a hook. What it returns to be awaited is guarded as well."""

        def running(data: Any) -> Awaitable[None] | None:
            try:
                rest = hook(data)
            except Exception as error:
                self.failed(name, error, data)
                raise exceptions.AddonHalt from error
            return None if rest is None else self.waited(name, rest, data)

        return running

    async def waited(self, name: str, rest: Awaitable[None], data: Any) -> None:
        """Await what a hook has left, guarded as the hook is."""
        try:
            await rest
        except Exception as error:
            self.failed(name, error, data)
            raise exceptions.AddonHalt from error

    def failed(self, hook: str, error: Exception, data: object) -> None:
        """Refuse what a hook was called for that raised; count it, and tell the operator once."""
        refuse(data, self._drop)
        metrics.HOOK_ERRORS.inc(hook)
        kind = (hook, type(error))
        if kind not in self._logged:
            self._logged.add(kind)
            log.error(
                "%s.%s raised; what it was called for is refused. Further faults of this kind are only "
                "counted (schoolgate_hook_errors_total)",
                self.name,
                hook,
                exc_info=error,
            )


def refuse(data: object, drop: Callable[[connection.Client], None]) -> None:
    """Stop whatever a hook was called for, as far as it can still be stopped."""
    if isinstance(data, http.HTTPFlow):
        _refuse_flow(data, drop)
    elif isinstance(data, connection.Client):
        data.error = REFUSAL
    elif isinstance(data, server_hooks.ServerConnectionHookData):
        data.server.error = REFUSAL
    elif isinstance(data, layer.NextLayer):
        data.layer = Refuse(data.context)
    elif isinstance(data, tls.TlsData):
        data.ssl_conn = None  # without one, mitmproxy closes the connection


def _refuse_flow(flow: http.HTTPFlow, drop: Callable[[connection.Client], None]) -> None:
    if flow.websocket is not None:
        for message in flow.websocket.messages:
            message.drop()
        flow.websocket.messages.clear()
        drop(flow.client_conn)
    elif flow.response is None and flow.error is None:
        flow.request.stream = False
        flow.response = out_of_order(flow.request)
    elif flow.killable:
        flow.kill()

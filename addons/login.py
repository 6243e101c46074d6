"""Who is behind this connection to the explicit proxy? Basic log-in, proven once and bound to it."""

import asyncio
from base64 import b64decode
from collections.abc import Callable

from mitmproxy import http

from addons.plain_pages import login_needed, say
from addons.sessions import Session
from proxy import metrics
from proxy.gateway import Gateway
from proxy.identity.logins import Logins

MAX_CREDENTIALS = 2_048


class LoginGate:
    """Checks Proxy-Authorization, and asks for it where the settings say so.

    logins    gives what checks passwords under the settings in force; None: no log-in is offered
    """

    def __init__(self, gateway: Gateway, logins: Callable[[], Logins | None]) -> None:
        self._gateway = gateway
        self._logins = logins

    async def refusal(self, session: Session, request: http.Request) -> http.Response | None:
        """Return the page that asks for a log-in, or None when the request may go on.

        A name that was proven stays with the connection. Credentials of another name on the same
        connection are refused: two people do not share one.
        """
        sent = request.headers.get("proxy-authorization", "")
        settings, logins = self._gateway.settings, self._logins()
        if settings is None or logins is None:
            if settings is not None and settings.proxy.require_login:
                return say(503, "Log-in is not possible", "The list of log-in names cannot be read.")
            return None
        if sent:
            name, password = credentials(sent)
            if session.login is not None and name == session.login:
                return None
            if session.login is None and await asyncio.to_thread(logins.verify, name, password):
                session.login = name
                return None
            metrics.REFUSED.inc("http", "login")
            return login_needed(settings.gateway.school_name)
        if settings.proxy.require_login and session.login is None:
            return login_needed(settings.gateway.school_name)
        return None


def credentials(field: str) -> tuple[str, str]:
    """Read the name and password of a Basic field; ("", "") when it is none (RFC 7617)."""
    scheme, _, token = field[:MAX_CREDENTIALS].partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        text = b64decode(token.strip(), validate=True).decode("utf-8")
    except ValueError:
        return "", ""
    name, _, password = text.partition(":")
    return name, password

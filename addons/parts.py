"""What do the gates read from the settings in force, and from files that these name?"""

import logging
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

from proxy.frontdoor.destinations import Destinations
from proxy.gateway import Gateway
from proxy.identity.htpasswd import Htpasswd, HtpasswdProblem
from proxy.identity.logins import Logins
from proxy.settings.schema import Settings

log = logging.getLogger(__name__)

MAX_PROCESSES = 512


class Parts:
    """Derives values from the gateway's settings, anew whenever these or the htpasswd file change."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._of: Settings | None = None
        self._destinations = Destinations()
        self._logins: Logins | None = None
        self._stamp: tuple[Path, int, int] | None = None

    def destinations(self) -> Destinations:
        """What may be dialled; without settings, the public Internet only."""
        self._refresh()
        return self._destinations

    def logins(self) -> Logins | None:
        """What checks passwords; None when no log-in is offered or its file cannot be used."""
        self._refresh()
        settings = self._of
        if settings is None or settings.proxy.htpasswd is None:
            return None
        path = settings.proxy.htpasswd
        try:
            status = path.stat()
        except OSError:
            status = None
        stamp = (path, status.st_mtime_ns, status.st_size) if status else (path, 0, 0)
        if stamp != self._stamp:
            self._stamp, self._logins = stamp, _read_logins(path)
        return self._logins

    def _refresh(self) -> None:
        settings = self._gateway.settings
        if settings is not self._of and settings is not None:
            self._destinations = destinations_of(settings)
        self._of = settings


def _read_logins(path: Path) -> Logins | None:
    try:
        return Logins(Htpasswd.read(path), lambda: datetime.now(UTC))
    except HtpasswdProblem as problem:
        log.error("nobody can log in until this is mended: %s", problem)
        return None


def destinations_of(settings: Settings) -> Destinations:
    """Read what may be dialled out of the settings."""
    dns, page, proxy = settings.dns, settings.block_page, settings.proxy
    console = (settings.console.listen,) if settings.console is not None else ()
    pages = (*page.listen_http, *page.listen_https, *console)
    listening = [*dns.listen, *pages, proxy.listen, *proxy.transparent_listen]
    if settings.console is not None:
        listening.append(settings.console.admin_listen)
    zones = (*dns.local_zones, *(zone.zone for zone in dns.forward_zones if zone.allow_private))
    return Destinations(
        private=tuple(ip_network(range_) for range_ in proxy.private_destinations),
        local_zones=tuple(zones),
        own_ports=frozenset(one.port for one in listening) | _admin_ports(settings.gateway.admin_listen.port),
        page_ports=frozenset(one.port for one in pages),
    )


def _admin_ports(first: int) -> frozenset[int]:
    """The ports of all processes' measurements; with 0 the kernel chooses, and nobody knows them."""
    return frozenset(range(first, first + MAX_PROCESSES)) if first else frozenset()

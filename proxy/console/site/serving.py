"""How is the console served? By gunicorn, in this process and its workers."""

import logging
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.management import call_command
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from proxy.console.site.config import ConsoleConfig
from proxy.console.site.patience import Impatient
from proxy.console.site.wsgi import application

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

STOP_S = 6
"""For requests in work when the console is told to stop; the supervisor waits a little longer."""
SILENT_S = 60
LONGEST_LINE = 8190
"""A ticket stands in the address, and may be long."""

log = logging.getLogger(__name__)


class ServingProblem(Exception):
    """The console cannot be served as the settings say; the message names what is wrong."""


def serve(config: ConsoleConfig, *, ready: bool, announce: Callable[[], None]) -> None:
    """Answer requests until told to stop (SIGTERM, SIGINT).

    ready       whether the database is prepared; otherwise that is tried again with the requests
    announce    called once, as soon as requests are taken

    Raises ServingProblem.
    """
    check_certificate(config)
    call_command("collectstatic", interactive=False, verbosity=0)
    _Console(config, ready=ready, announce=announce).run()


def check_certificate(config: ConsoleConfig) -> None:
    """Raise ServingProblem when certificate and key cannot be used together."""
    certificate, key = config.console.certificate, config.console.certificate_key
    if certificate is None:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except OSError as error:  # ssl.SSLError is one
        why = error.strerror or error
        raise ServingProblem(f"console.certificate: {certificate} with {key}: {why}") from error


class _Console(BaseApplication):  # type: ignore[misc]
    """Gunicorn with settings of ours; nothing is read from its own files or the environment."""

    def __init__(self, config: ConsoleConfig, *, ready: bool, announce: Callable[[], None]) -> None:
        self._config, self._ready, self._announce = config, ready, announce
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what the settings say."""
        for key, value in gunicorn_settings(self._config).items():
            self.cfg.set(key, value)
        self.cfg.set("when_ready", self._when_ready)

    def _when_ready(self, server: object) -> None:
        self._announce()

    def load(self) -> "WSGIApplication":
        """The application, made once and shared by the workers."""
        return application(ready=self._ready)


def gunicorn_settings(config: ConsoleConfig) -> dict[str, Any]:
    """What gunicorn is told."""
    console = config.console
    return {
        "bind": [str(console.listen)],
        "workers": console.workers,
        "threads": console.threads,
        "worker_class": Impatient,
        "preload_app": True,
        "proc_name": "schoolgate-console",
        "umask": 0o077,
        "timeout": SILENT_S,
        "graceful_timeout": STOP_S,
        "limit_request_line": LONGEST_LINE,
        # Otherwise a socket that commands gunicorn stands in the home folder.
        "control_socket_disable": True,
        # Whom to trust is asked in `behind`, for ranges and not only for addresses.
        "forwarded_allow_ips": "",
        "secure_scheme_headers": {},
        "certfile": str(console.certificate) if console.certificate else None,
        "keyfile": str(console.certificate_key) if console.certificate_key else None,
        "accesslog": None,
        "loglevel": "warning",
        "logger_class": OperatorLog,
    }


class OperatorLog(Logger):  # type: ignore[misc]
    """What gunicorn has to say goes where the rest of the console's log goes; requests are not logged."""

    def setup(self, cfg: Any) -> None:
        """Take no files and no handlers of its own."""
        self.cfg = cfg
        self.loglevel = logging.WARNING
        self._access_log_enabled = False
        self.error_log.setLevel(self.loglevel)
        self.error_log.propagate = True
        self.access_log.disabled = True

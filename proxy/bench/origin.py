"""Which web site do all proxies fetch from? nginx on loopback, with a small and a long page."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from proxy.bench.certificates import Certificates, make
from proxy.bench.errors import BenchProblem
from proxy.bench.programs import need
from proxy.bench.questions import LOOPBACK, free_port
from proxy.bench.stage import Stage
from proxy.bench.visits import until_open

# A name that leads to loopback on every machine, so that nothing in /etc must change.
HOST = "localhost"
SMALL, BIG = "/small", "/big"
SMALL_BYTES, BIG_BYTES = 1_000, 10_000_000
HTTPS = 443


@dataclass(frozen=True, slots=True)
class Origin:
    """A running web server."""

    http: int
    https: int
    certificates: Certificates


def start_origin(stage: Stage, *, on_443: bool = False) -> Origin:
    """Start nginx, beside the load.

    on_443   listen for TLS on port 443 where that can be had, else on a free port

    Raises BenchProblem when it does not come up.
    """
    folder = stage.folder("origin")
    certificates = make(stage.folder("certificates"), HOST)
    https = HTTPS if on_443 and may_listen(HTTPS) else free_port()
    origin = Origin(free_port(), https, certificates)
    pages = folder / "pages"
    pages.mkdir()
    (pages / SMALL[1:]).write_bytes(b"s" * SMALL_BYTES)
    (pages / BIG[1:]).write_bytes(os.urandom(BIG_BYTES))
    config = folder / "nginx.conf"
    config.write_text(_config(folder, origin))
    argv = [need("nginx"), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]
    server = stage.running.start(argv, folder / "log", cores=stage.cores.load)
    if not until_open(origin.http, server.lives, 20) or not until_open(origin.https, server.lives, 20):
        raise BenchProblem(f"the web server (nginx) does not come up: {server.said()}")
    return origin


def may_listen(port: int) -> bool:
    """Whether this user may have a port of loopback, and nobody has it."""
    with socket.socket() as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _config(folder: Path, origin: Origin) -> str:
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    six = "::1" if socket.has_ipv6 and _has_loopback_six() else ""
    listen = [f"listen {LOOPBACK}:{{port}}{{tls}} backlog=4096;"]
    listen += [f"listen [{six}]:{{port}}{{tls}} backlog=4096;"] if six else []
    http = " ".join(line.format(port=origin.http, tls="") for line in listen)
    https = " ".join(line.format(port=origin.https, tls=" ssl") for line in listen)
    return f"""{user} daemon off; worker_processes 1; worker_rlimit_nofile 16384; pid {folder}/pid;
events {{ worker_connections 16000; }}
http {{
  access_log off; sendfile on; tcp_nodelay on; keepalive_requests 10000000; keepalive_timeout 600;
  client_header_timeout 600; default_type application/octet-stream; root {folder}/pages; {temporary}
  server {{ {http} }}
  server {{ {https}
    ssl_certificate {origin.certificates.origin}; ssl_certificate_key {origin.certificates.origin_key}; }}
}}
"""


def _has_loopback_six() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as trying:
            trying.bind(("::1", 0))
    except OSError:
        return False
    return True

"""Which settings does the filter run with when it is measured? Ordinary ones, written to a directory.

Lists, groups, events and rate limits are on, as in a school; a client may only ask more than a load
ever does.
"""

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import proxy
from proxy.bench.errors import BenchProblem
from proxy.bench.names import CATEGORIES
from proxy.bench.questions import LOOPBACK
from proxy.bench.running import run

SCHOOLGATE = (sys.executable, "-m", "proxy")
PUBLISH_LIMIT_S = 1_800
RATE = 1_000_000
CACHE_ENTRIES = 500_000  # as the peers have: room for the hot mix beside all rounds of the cold one
LIST = "bench-list.tsv"


@dataclass(frozen=True, slots=True)
class Web:
    """What the proxy's settings need to know.

    origin_name, origin_ports   the web server that the load asks for, on loopback
    upstream_ca                who signed its certificate
    inspect                    whether TLS is opened
    """

    port: int
    origin_name: str
    origin_ports: tuple[int, ...]
    upstream_ca: Path
    inspect: bool
    max_connections: int = 20_000


@dataclass(frozen=True, slots=True)
class School:
    """A settings directory.

    dns_port, upstream   where the resolver listens, and the port of the stub that it asks
    groups               how many groups there are; clients on loopback belong to the first
    admin_port           0: the kernel's choice. No page is fetched from the ports behind a known one, where
                         measurements of further workers may be, and the web server could have one of these
    """

    directory: Path
    dns_port: int
    upstream: int
    workers: int = 1
    groups: int = 1
    web: Web | None = None
    admin_port: int = 0

    @property
    def config(self) -> Path:
        """For `--config`."""
        return self.directory / "config"

    @property
    def state(self) -> Path:
        """The gateway's state."""
        return self.directory / "state"

    @property
    def list_file(self) -> Path:
        """The copy of the list that the settings name."""
        return self.config / LIST

    def write(self, list_file: Path) -> None:
        """Write the settings, with a copy of a list."""
        self.config.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(list_file, self.list_file)
        (self.config / "school.yaml").write_text(json.dumps(self._settings(), indent=1) + "\n")

    def publish(self, cores: str = "") -> None:
        """Compile the list and put everything in force, as a person does."""
        run([*SCHOOLGATE, "publish", "--config", str(self.config)], cores=cores, timeout_s=PUBLISH_LIMIT_S)

    def _settings(self) -> dict[str, object]:
        settings: dict[str, object] = {
            "zone": "America/Chicago",
            "gateway": {
                "name": "bench",
                "school_name": "Bench School",
                "state": "../state",
                "workers_dns": self.workers,
                "workers_http": 1,
                "admin_listen": f"{LOOPBACK}:{self.admin_port}",
            },
            "dns": {
                "listen": f"{LOOPBACK}:{self.dns_port}",
                "upstreams": [{"address": LOOPBACK, "port": self.upstream}],
                "rate_limit": {"per_client_qps": RATE, "burst": RATE},
                "forwarders": [{"addresses": [LOOPBACK], "qps": RATE, "group": "group-0"}],
                "cache": {"max_entries": CACHE_ENTRIES},
                **self._local_names(),
            },
            "lists": {
                "blocklists": str(blocklists()),
                "starter": False,
                "local": [
                    {
                        "id": "bench",
                        "title": "Bench list",
                        "file": LIST,
                        "format": "tsv",
                        "categories": {name: name for name in CATEGORIES},
                    }
                ],
            },
            "district": {"mode": "open", "log": "full"},
            "groups": [*self._groups(), {"id": "staff", "profile": "staff", "minor": False}],
            "networks": self._networks(),
            "strictest": "group-0",
        }
        return settings | self._proxy()

    def _groups(self) -> list[dict[str, object]]:
        """The first group blocks every category; each further one leaves out one more."""
        return [
            {
                "id": f"group-{number}",
                "profile": "middle",
                "minor": True,
                "rules": [{"categories": list(CATEGORIES[number:]), "action": "block"}],
            }
            for number in range(self.groups)
        ]

    def _networks(self) -> list[dict[str, object]]:
        inspect = self.web is not None and self.web.inspect
        rooms: list[dict[str, object]] = [
            {"id": f"room-{number}", "addresses": f"10.1.{number}.0/24", "group": f"group-{number}"}
            for number in range(self.groups)
        ]
        here = {"id": "here", "addresses": "127.0.0.0/8", "group": "group-0", "block_answer": "nxdomain"}
        return [{**here, "inspect": inspect}, *rooms]

    def _local_names(self) -> dict[str, object]:
        if self.web is None:
            return {}
        name = self.web.origin_name
        return {"local_zones": [name], "local_records": [{"name": name, "value": LOOPBACK}]}

    def _proxy(self) -> dict[str, object]:
        pages = {"listen_http": f"{LOOPBACK}:0", "listen_https": f"{LOOPBACK}:0", "addresses": LOOPBACK}
        if self.web is None:
            return {"block_page": pages, "proxy": {"listen": f"{LOOPBACK}:0"}}
        web = {
            "listen": f"{LOOPBACK}:{self.web.port}",
            "connect_ports": sorted({443, *self.web.origin_ports}),
            "private_destinations": ["127.0.0.0/8"],
            "upstream_ca": str(self.web.upstream_ca),
            "max_connections": self.web.max_connections,
        }
        return {"block_page": pages, "proxy": web}


def blocklists() -> Path:
    """The folder of categories and starter lists that comes with the source.

    Raises BenchProblem when there is none.
    """
    folder = Path(proxy.__file__).parent.parent / "blocklists"
    if not (folder / "categories.yaml").exists():
        raise BenchProblem(f"{folder} holds no categories.yaml; run the bench from a checkout of the source")
    return folder


def add_to_list(file: Path, names: Sequence[str]) -> None:
    """Add names to a list."""
    with file.open("a") as out:
        out.writelines(f"{name}\t{CATEGORIES[0]}\n" for name in names)

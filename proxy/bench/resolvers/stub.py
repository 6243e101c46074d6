"""Who answers behind all resolvers? Knot, from one wildcard: any name has the same address."""

from pathlib import Path

from proxy.bench.questions import LOOPBACK
from proxy.bench.resolvers.resolver import UPSTREAM_ZONE, Resolver


class Stub(Resolver):
    """An authoritative server without a list."""

    name = "upstream"
    program = "knotd"
    filters = False
    reloads = False

    def write_list(self, list_file: Path) -> None:
        """There is none."""

    def write_config(self) -> None:
        """The root zone is the wildcard."""
        self.write("root.zone", UPSTREAM_ZONE)
        self.write(
            "conf",
            f"""server:
  listen: {LOOPBACK}@{self.place.port}
  rundir: {self.place.folder}
  udp-workers: {self.place.workers}
  tcp-workers: 1
  background-workers: 1
log:
  - target: stderr
    any: error
database:
  storage: {self.place.folder}
zone:
  - domain: .
    file: {self.file("root.zone")}
    journal-content: none
    zonefile-sync: -1
""",
        )

    def commands(self) -> list[list[str]]:
        """In the foreground."""
        return [["knotd", "-c", str(self.file("conf"))]]

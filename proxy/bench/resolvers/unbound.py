"""How does unbound block a list? One local zone a name."""

from pathlib import Path

from proxy.bench.questions import LOOPBACK
from proxy.bench.resolvers.resolver import Resolver, names_in


class Unbound(Resolver):
    """Threads that share the port; reads its list again on SIGHUP."""

    name = "unbound"
    program = "unbound"
    version_words = ("-V",)

    def write_list(self, list_file: Path) -> None:
        """A file of local zones, included by the configuration."""
        with self.file("zones").open("w") as out:
            out.writelines(f'local-zone: "{name}." always_nxdomain\n' for name in names_in(list_file))

    def write_config(self) -> None:
        """Caches that hold the whole hot mix; no validation, as the stub signs nothing."""
        self.write(
            "conf",
            f"""server:
  interface: {LOOPBACK}
  port: {self.place.port}
  num-threads: {self.place.workers}
  so-reuseport: yes
  do-daemonize: no
  use-syslog: no
  verbosity: 0
  username: ""
  chroot: ""
  pidfile: "{self.file("pid")}"
  directory: "{self.place.folder}"
  module-config: "iterator"
  do-not-query-localhost: no
  access-control: 127.0.0.0/8 allow
  msg-cache-size: 128m
  rrset-cache-size: 256m
  outgoing-range: 4096
  num-queries-per-thread: 2048
  minimal-responses: yes
  include: "{self.file("zones")}"
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: {LOOPBACK}@{self.place.upstream}
""",
        )

    def commands(self) -> list[list[str]]:
        """In the foreground."""
        return [["unbound", "-d", "-p", "-c", str(self.file("conf"))]]

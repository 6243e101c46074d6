"""How does dnsmasq block a list? One `server=/name/` a name, which answers NXDOMAIN for it."""

import getpass
from pathlib import Path

from proxy.bench.questions import LOOPBACK
from proxy.bench.resolvers.resolver import Resolver, names_in


class Dnsmasq(Resolver):
    """Single-threaded; reads its list again on SIGHUP."""

    name = "dnsmasq"
    program = "dnsmasq"

    def write_list(self, list_file: Path) -> None:
        """A file of servers."""
        with self.file("servers").open("w") as out:
            out.writelines(f"server=/{name}/\n" for name in names_in(list_file))

    def write_config(self) -> None:
        """A cache that holds the whole hot mix."""
        self.write(
            "conf",
            f"port={self.place.port}\nlisten-address={LOOPBACK}\nbind-interfaces\nno-resolv\nno-hosts\n"
            f"server={LOOPBACK}#{self.place.upstream}\nservers-file={self.file('servers')}\n"
            f"cache-size=150000\ndns-forward-max=10000\nuser={getpass.getuser()}\npid-file=\n",
        )

    def commands(self) -> list[list[str]]:
        """In the foreground."""
        return [["dnsmasq", "-k", "-C", str(self.file("conf"))]]

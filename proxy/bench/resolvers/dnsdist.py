"""How does dnsdist block a list? By a suffix tree that its configuration fills, before a packet cache."""

from pathlib import Path

from proxy.bench.questions import LOOPBACK
from proxy.bench.resolvers.resolver import Resolver, names_in


class Dnsdist(Resolver):
    """A load balancer rather than a resolver: the nearest to a hand-written fast path in C++."""

    name = "dnsdist"
    program = "dnsdist"
    reloads = False

    def write_list(self, list_file: Path) -> None:
        """A file of names."""
        with self.file("names").open("w") as out:
            out.writelines(f"{name}\n" for name in names_in(list_file))

    def write_config(self) -> None:
        """One listener a worker."""
        listen = f"addLocal('{LOOPBACK}:{self.place.port}', {{reusePort=true}})\n" * self.place.workers
        self.write(
            "conf",
            f"""setSecurityPollSuffix('')
{listen}newServer({{address='{LOOPBACK}:{self.place.upstream}', healthCheckMode='up', sockets=8}})
setMaxUDPOutstanding(65535)
names = newSuffixMatchNode()
for line in io.lines('{self.file("names")}') do names:add(newDNSName(line)) end
addAction(SuffixMatchNodeRule(names), RCodeAction(DNSRCode.NXDOMAIN))
getPool(''):setCache(newPacketCache(500000, {{maxTTL=86400}}))
setACL('127.0.0.0/8')
""",
        )

    def commands(self) -> list[list[str]]:
        """In the foreground."""
        return [["dnsdist", "--supervised", "--disable-syslog", "-C", str(self.file("conf"))]]

"""How does PowerDNS Recursor block a list? By a response policy zone."""

from pathlib import Path

from proxy.bench.programs import need
from proxy.bench.questions import LOOPBACK
from proxy.bench.resolvers.resolver import Resolver, write_response_policy
from proxy.bench.running import Server, run


class Recursor(Resolver):
    """Reads the zone again when `rec_control` says so."""

    name = "pdns-recursor"
    program = "pdns_recursor"

    def write_list(self, list_file: Path) -> None:
        """A zone file."""
        write_response_policy(self.file("policy.zone"), list_file)

    def write_config(self) -> None:
        """Forward everything; no validation, as the stub signs nothing."""
        zone = self.file("policy.zone")
        self.write("policy.lua", f'rpzFile("{zone}", {{defpol=Policy.NXDOMAIN, policyName="bench"}})\n')
        self.write(
            "recursor.conf",
            f"""local-address={LOOPBACK}
local-port={self.place.port}
config-dir={self.place.folder}
socket-dir={self.place.folder}
daemon=no
dnssec=off
threads={self.place.workers}
pdns-distributes-queries=no
reuseport=yes
forward-zones-recurse=.={LOOPBACK}:{self.place.upstream}
dont-query=
lua-config-file={self.file("policy.lua")}
quiet=yes
loglevel=3
max-cache-entries=1000000
hint-file=no
""",
        )

    def commands(self) -> list[list[str]]:
        """In the foreground, by our configuration only."""
        return [["pdns_recursor", f"--config-dir={self.place.folder}"]]

    def reload(self, server: Server) -> None:
        """Returns when the zone is read."""
        where = self.place.folder
        run([need("rec_control"), f"--config-dir={where}", f"--socket-dir={where}", "reload-lua-config"])

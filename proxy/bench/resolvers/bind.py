"""How does BIND block a list? By a response policy zone."""

from pathlib import Path

from proxy.bench.questions import LOOPBACK
from proxy.bench.resolvers.resolver import Resolver, write_response_policy


class Bind(Resolver):
    """Reads the zone again on SIGHUP."""

    name = "bind"
    program = "named"
    version_words = ("-v",)

    def write_list(self, list_file: Path) -> None:
        """A zone file."""
        write_response_policy(self.file("policy.zone"), list_file)

    def write_config(self) -> None:
        """Forward only; no validation, as the stub signs nothing."""
        self.write(
            "conf",
            f"""options {{
  directory "{self.place.folder}"; listen-on port {self.place.port} {{ {LOOPBACK}; }};
  listen-on-v6 {{ none; }}; recursion yes; allow-query {{ 127.0.0.0/8; }};
  forwarders {{ {LOOPBACK} port {self.place.upstream}; }}; forward only; dnssec-validation no;
  minimal-responses yes; pid-file "{self.file("pid")}"; session-keyfile "{self.file("key")}";
  max-cache-size 512m; querylog no; recursive-clients 20000;
  response-policy {{ zone "policy.bench"; }} qname-wait-recurse no min-update-interval 1;
}};
controls {{ }};
zone "policy.bench" {{ type primary; file "{self.file("policy.zone")}"; }};
""",
        )

    def commands(self) -> list[list[str]]:
        """In the foreground."""
        return [["named", "-f", "-n", str(self.place.workers), "-c", str(self.file("conf"))]]

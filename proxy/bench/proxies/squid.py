"""How is squid measured: carrying TLS unread by its name (splice), or opening it (bump)?"""

from pathlib import Path
from typing import ClassVar

from proxy.bench.programs import find
from proxy.bench.proxies.proxy import WebProxy, topmost
from proxy.bench.questions import LOOPBACK
from proxy.bench.running import run

HELPERS = (Path("/usr/lib/squid"), Path("/usr/lib64/squid"), Path("/usr/libexec/squid"))


class Squid(WebProxy):
    """Without caching, with the list as an ACL of domains, and with its access log."""

    program = "squid"
    version_words = ("-v",)
    way: ClassVar[str]

    @classmethod
    def installed(cls) -> bool:
        """It must be a build with OpenSSL, which brings the helper."""
        return find(cls.program) is not None and _helper() is not None

    def prepare(self) -> None:
        """Write the list, the certificates' store and the configuration."""
        with self.file("list").open("w") as out:
            out.writelines(f".{name}\n" for name in topmost(self.place.data))
        store = self.file("certificates")
        run([str(_helper()), "-c", "-s", str(store), "-M", "16MB"])
        for path in (store, *store.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        self.file("conf").write_text(self._config(store))

    def command(self) -> list[str]:
        """One process, in the foreground."""
        return [str(find("squid")), "-N", "-f", str(self.file("conf"))]

    def _config(self, store: Path) -> str:
        certificates = self.place.origin.certificates
        return f"""http_port {LOOPBACK}:{self.place.port} ssl-bump cert={certificates.proxy_ca} \
key={certificates.proxy_ca_key} generate-host-certificates=on dynamic_cert_mem_cache_size=16MB
sslcrtd_program {_helper()} -s {store} -M 16MB
sslcrtd_children 4
tls_outgoing_options cafile={certificates.origin_ca}
acl first at_step SslBump1
ssl_bump peek first
ssl_bump {self.way} all
acl listed dstdomain "{self.file("list")}"
http_access deny listed
acl here src 127.0.0.0/8
http_access allow here
http_access deny all
cache deny all
cache_mem 8 MB
access_log stdio:{self.file("access.log")}
cache_log {self.file("cache.log")}
pid_filename {self.file("pid")}
coredump_dir {self.place.folder}
dns_nameservers {LOOPBACK}
shutdown_lifetime 1 seconds
max_filedescriptors 16384
"""


class SquidSplice(Squid):
    """Reads the name in the greeting and carries the rest unread."""

    name = "squid-splice"
    way = "splice"


class SquidBump(Squid):
    """Opens all TLS."""

    name = "squid-bump"
    way = "bump"
    opens = True


def _helper() -> Path | None:
    return next((path for folder in HELPERS if (path := folder / "security_file_certgen").exists()), None)

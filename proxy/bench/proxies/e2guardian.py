"""How is e2guardian measured? As installed, with its own list of sites, opening TLS."""

import os
import re
import shutil
from pathlib import Path

from proxy.bench.origin import HTTPS, Origin
from proxy.bench.programs import find
from proxy.bench.proxies.proxy import WebProxy, topmost, user
from proxy.bench.questions import LOOPBACK

ETC = Path("/etc/e2guardian")


class E2guardianMitm(WebProxy):
    """Without scanning of content; it opens TLS of port 443 only."""

    name = "e2guardian-mitm"
    program = "e2guardian"
    version_words = ("-v",)
    opens = True
    # Its block page has the status of a page. The names asked for lead nowhere, so no other page can come.
    refusals = frozenset({200})

    @classmethod
    def installed(cls) -> bool:
        """With the configuration of its package, which is the start of ours."""
        return find(cls.program) is not None and ETC.is_dir()

    @classmethod
    def unfit(cls, origin: Origin) -> str:
        """The web server must be on port 443, which takes root."""
        if origin.https == HTTPS:
            return ""
        return "it opens TLS of port 443 only; run the bench as root, with that port of loopback free"

    def prepare(self) -> None:
        """Copy the package's configuration and change what must be different."""
        etc = self.file("etc")
        shutil.copytree(ETC, etc)
        for name in ("certificates", "logs"):
            self.file(name).mkdir()
        for file in etc.rglob("*"):
            if file.is_file() and str(ETC).encode() in (text := file.read_bytes()):
                file.write_bytes(text.replace(str(ETC).encode(), str(etc).encode()))
        with (etc / "lists" / "bannedsitelist").open("a") as out:
            out.writelines(f"{name}\n" for name in topmost(self.place.data))
        main, group = etc / "e2guardian.conf", etc / "e2guardianf1.conf"
        main.write_text(changed(main.read_text(errors="replace"), self._main()))
        group.write_text(
            changed(
                group.read_text(errors="replace"),
                {"sslmitm": "on", "mitmcheckcert": "off", "disablecontentscan": "on"},
            )
        )
        for path in (self.place.folder, *self.place.folder.rglob("*")):
            os.chmod(path, 0o777 if path.is_dir() else 0o666)

    def _main(self) -> dict[str, str]:
        certificates = self.place.origin.certificates
        return {
            "transparenthttpsport": "",
            "filterip": LOOPBACK,
            "filterports": str(self.place.port),
            "httpworkers": "500",
            "nodaemon": "on",
            "dockermode": "off",
            "enablessl": "on",
            "cacertificatepath": f"'{certificates.proxy_ca}'",
            "caprivatekeypath": f"'{certificates.proxy_ca_key}'",
            "certprivatekeypath": f"'{certificates.proxy_leaf_key}'",
            "generatedcertpath": f"'{self.file('certificates')}/'",
            "loglocation": f"'{self.file('logs')}/access.log'",
            "pidfilename": f"'{self.file('pid')}'",
            "daemonuser": f"'{user()}'",
            "daemongroup": f"'{user()}'",
            "ipcfilename": f"'{self.file('ipc')}'",
            "urlipcfilename": f"'{self.file('urlipc')}'",
        }

    def command(self) -> list[str]:
        """In the foreground."""
        return [str(find("e2guardian")), "-N", "-c", str(self.file("etc") / "e2guardian.conf")]


def changed(text: str, settings: dict[str, str]) -> str:
    """Give settings of a configuration new values, written or commented out before; "" removes one."""
    for name, value in settings.items():
        line = f"{name} = {value}" if value else ""
        written = re.compile(rf"^[ \t]*#?[ \t]*{name}[ \t]*=.*$", re.MULTILINE)
        if written.search(text):
            text = written.sub(line.replace("\\", r"\\"), text, count=1)
        elif line:
            text += f"\n{line}\n"
    return text

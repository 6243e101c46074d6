"""What does somebody serve who offers Ultraviolet, as it is delivered or with all names changed?"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from adversaries import FOLDER, MODULES

ULTRAVIOLET = MODULES / "@titaniumnetwork-dev/ultraviolet/dist"
SCRIPTS = ("uv.bundle.js", "uv.client.js", "uv.handler.js", "uv.sw.js", "uv.config.js", "sw.js")
ENGINES = {
    "mux.mjs": MODULES / "@mercuryworkshop/bare-mux/dist/index.mjs",
    "worker.js": MODULES / "@mercuryworkshop/bare-mux/dist/worker.js",
    "bare.mjs": MODULES / "@mercuryworkshop/bare-as-module3/dist/index.mjs",
    "epoxy.mjs": MODULES / "@mercuryworkshop/epoxy-transport/dist/index.mjs",
}
ENTRANCE = """<!doctype html><title>{title}</title><h1>{title}</h1>
<script src="{bundle}"></script><script src="{config}"></script>
<script type="module">
import {{ BareMuxConnection }} from "{engines}mux.mjs";
const connection = new BareMuxConnection("{engines}worker.js");
if (location.search === "?epoxy") await connection.setTransport("{engines}epoxy.mjs", [{{ wisp: "{wisp}" }}]);
else await connection.setTransport("{engines}bare.mjs", ["{bare}"]);
const settings = self.{settings};
await navigator.serviceWorker.register("{sw}", {{ scope: settings.prefix }});
const found = await navigator.serviceWorker.getRegistration(settings.prefix);
const worker = found.installing ?? found.waiting ?? found.active;
while (worker.state !== "activated")
  await new Promise(done => worker.addEventListener("statechange", done, {{ once: true }}));
self.open_through = address => {{ location.href = settings.prefix + settings.encodeUrl(address); }};
document.title = "ready";
</script>"""


@dataclass(frozen=True)
class Names:
    """What its owner calls everything. As it stands: as its makers deliver it.

    scripts   name of a script -> its path
    words     words in the scripts -> what stands in their place
    codec     how addresses are coded, in JavaScript
    """

    title: str = "Ultraviolet"
    prefix: str = "/service/"
    bare: str = "/bare/"
    wisp: str = "/wisp/"
    engines: str = "/baremux/"
    scripts: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    codec: str = "{encodeUrl: Ultraviolet.codec.xor.encode, decodeUrl: Ultraviolet.codec.xor.decode}"

    def script(self, name: str) -> str:
        """The path of a script."""
        return self.scripts.get(name, f"/{name}")

    def worded(self, text: str) -> str:
        """A script with its owner's words in place of its makers'."""
        for word, other in self.words.items():
            text = text.replace(word, other)
        return text


REVERSED = """{encodeUrl: text => [...new TextEncoder().encode(text)].reverse()
    .map(octet => (octet ^ 0x15).toString(36).padStart(2, "0")).join(""),
  decodeUrl: code => new TextDecoder().decode(Uint8Array.from((code.match(/../g) ?? []).reverse(),
    pair => parseInt(pair, 36) ^ 0x15))}"""
RENAMED = Names(
    title="Period 3 homework",
    prefix="/lesson/",
    bare="/images/",
    wisp="/live/",
    engines="/lib/",
    scripts={
        "uv.bundle.js": "/lib/math.js", "uv.client.js": "/lib/quiz.js", "uv.handler.js": "/lib/chart.js",
        "uv.sw.js": "/lib/cache.js", "uv.config.js": "/lib/theme.js", "sw.js": "/offline.js",
    },
    words={"__uv": "__hw", "UVServiceWorker": "HWCache", "Ultraviolet": "Homework", "UVClient": "HWClient",
           "uv-": "hw-", "ultraviolet": "homework"},
    codec=REVERSED,
)  # fmt: skip
"""Nothing is called what its makers call it, and addresses are coded as in no other deployment."""


def described(names: Names, host: str) -> dict[str, object]:
    """Tell servers/site.mjs what it serves at `https://host/`; with `?epoxy` pages travel by Wisp."""
    settings = names.worded("__uv$config")
    texts = {names.script(one): names.worded((ULTRAVIOLET / one).read_text()) for one in SCRIPTS}
    places = {
        "prefix": names.prefix,
        "handler": names.script("uv.handler.js"),
        "client": names.script("uv.client.js"),
        "bundle": names.script("uv.bundle.js"),
        "config": names.script("uv.config.js"),
        "sw": names.script("uv.sw.js"),
    }
    codec = names.worded(names.codec)
    texts[names.script("uv.config.js")] = f"self.{settings} = Object.assign({json.dumps(places)}, {codec});"
    texts[names.script("sw.js")] = re.sub(
        r"importScripts\('(uv\.\w+\.js)'\)",
        lambda found: f"importScripts('{names.script(found[1])}')",
        texts[names.script("sw.js")],
    )
    texts["/"] = ENTRANCE.format(
        title=names.title,
        bundle=places["bundle"],
        config=places["config"],
        sw=names.script("sw.js"),
        engines=names.engines,
        bare=f"https://{host}{names.bare}",
        wisp=f"wss://{host}{names.wisp}",
        settings=settings,
    )
    files = {names.engines + name: str(path) for name, path in ENGINES.items()}
    return {"files": files, "texts": texts, "bare": names.bare, "wisp": names.wisp}


def site(directory: Path, certificate: Path, names: Names, host: str, address: str) -> tuple[str, ...]:
    """Words that serve it over TLS; the tool says "ready" once it does."""
    told = {**described(names, host), "certificate": str(certificate), "address": address}
    described_at = directory / f"{host}.json"
    described_at.write_text(json.dumps(told))
    return ("node", str(FOLDER / "servers" / "site.mjs"), str(described_at))

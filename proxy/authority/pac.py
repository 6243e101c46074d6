"""Which proxy does a browser take for which address? (Proxy auto-configuration.)

The file sends everything to the school's proxy and never falls back to a direct connection:
a browser whose proxy is down shows an error, not the open web. Direct are only names and addresses
that no proxy of ours would dial: plain host names, the school's own zones, loopback, link-local and
private addresses. Names are not resolved in the browser; the resolver filters those as ever.
"""

import json
from collections.abc import Iterable

PAC_TYPE = "application/x-ns-proxy-autoconfig"

_FILE = """\
// Proxy settings of the school's network, made by Schoolgate.
var PROXY = %(proxy)s;
var DIRECT_ZONES = %(zones)s;
var LOCAL_V4 = /^(?:127|10)(?:\\.\\d{1,3}){3}$/;
var PRIVATE_V4 = /^(?:192\\.168|169\\.254|172\\.(?:1[6-9]|2\\d|3[01]))(?:\\.\\d{1,3}){2}$/;
var PRIVATE_V6 = /^\\[?(?:::1|f[cd][0-9a-f]{2}:[0-9a-f:]*|fe[89ab][0-9a-f]:[0-9a-f:]*)\\]?$/;

function FindProxyForURL(url, host) {
  host = host.toLowerCase().replace(/\\.$/, "");
  if (isPlainHostName(host) && host.indexOf(":") < 0) return "DIRECT";
  if (LOCAL_V4.test(host) || PRIVATE_V4.test(host) || PRIVATE_V6.test(host)) return "DIRECT";
  for (var i = 0; i < DIRECT_ZONES.length; i++) {
    var zone = DIRECT_ZONES[i];
    if (host === zone || host.slice(-zone.length - 1) === "." + zone) return "DIRECT";
  }
  return PROXY;
}
"""


def pac_file(proxy_host: str, proxy_port: int, direct_zones: Iterable[str] = ()) -> bytes:
    """Return the proxy auto-configuration file for a proxy and the zones to reach without it.

    proxy_host      name or IP address at which browsers find the proxy
    direct_zones    canonical names; each covers everything below it
    """
    host = f"[{proxy_host}]" if ":" in proxy_host else proxy_host
    return (
        _FILE
        % {
            "proxy": json.dumps(f"PROXY {host}:{proxy_port}"),
            "zones": json.dumps(sorted(set(direct_zones))),
        }
    ).encode("ascii")

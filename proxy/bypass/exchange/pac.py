"""Does a proxy's configuration come from outside the school?

A PAC file tells a browser which proxy to ask. The school's own comes from its own names and addresses.
"""

import re
from collections.abc import Iterator

from proxy.bypass.exchange.kinds import Kind, kind_of, media_type
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange
from proxy.decision.names import is_address
from proxy.decision.signs import Sign

TECHNIQUE = "proxy.pac_outside"
TYPES = frozenset({"application/x-ns-proxy-autoconfig", "application/x-javascript-config"})
_FUNCTION = re.compile(rb"function\s{1,8}FindProxyForURL(?:Ex)?\s{0,8}\(")
_PROXY = re.compile(rb"(?:PROXY|HTTPS?|SOCKS[45]?)\s{1,4}[A-Za-z0-9.\[\]:-]{3,120}:[0-9]{1,5}")


def outside_pac(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A PAC file, by its media type or its one function, from a host that is not the school's."""
    answer = seen.answer
    if answer is None or answer.status >= 400 or _is_ours(seen.url.host, knowledge):
        return
    type_ = media_type(answer.fields)
    if type_ not in TYPES:
        if kind_of(seen, answer) not in (Kind.SCRIPT, Kind.TEXT, Kind.OTHER) or not _FUNCTION.search(
            answer.body[:65536]
        ):
            return
        if not seen.url.path.lower().endswith((".pac", ".dat")) and not _is_download(seen):
            return
    evidence = {"host": seen.url.host, "content-type": type_}
    if proxy := _PROXY.search(answer.body[:65536]):
        evidence["proxy"] = proxy.group(0).decode("latin-1")
    yield knowledge.sign(TECHNIQUE, 0.95, evidence)


def _is_download(seen: Exchange) -> bool:
    """A browser fetches its PAC file by itself: no page asked, so no Sec-Fetch fields and no Referer."""
    return not seen.field("sec-fetch-dest") and not seen.field("referer")


def _is_ours(host: str, knowledge: Knowledge) -> bool:
    around = knowledge.around
    return around.is_own_name(host) or (is_address(host) and not around.is_public(host)) or host == "wpad"

"""Does a request carry Tor past the filter, as meek and Snowflake do behind any front?

meek posts what it sends, each time with the id of its session and with none of the fields of a browser.
Snowflake asks its broker for a helper with an offer for WebRTC in the body (Tor's pluggable transports).
"""

import re
from collections.abc import Iterator

from proxy.bypass.exchange.kinds import media_type
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange
from proxy.decision.signs import Sign

_OF_PAGES = frozenset(
    {"origin", "referer", "cookie", "authorization", "sec-fetch-mode", "sec-fetch-site", "x-requested-with"}
)
_SESSION = re.compile(r"[A-Za-z0-9+/_-]{8,64}={0,2}\Z")
_OFFER = re.compile(rb'(?:1\.[0-9]\n)?\{[^{}]{0,200}"(?:offer|Offer)"\s*:')
_SDP = re.compile(rb'\\"sdp\\"|\\"type\\"\s*:\s*\\"offer\\"|"nat"\s*:')
UNSAID = frozenset({"", "application/octet-stream"})


def tor_request(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A POST of meek, or an offer to Snowflake's broker."""
    if seen.method != "POST":
        return
    session = seen.field("x-session-id")
    is_alone = not any(name in _OF_PAGES for name, _ in seen.fields)
    if session and is_alone and _SESSION.match(session) and media_type(seen.fields) in UNSAID:
        evidence = {"field": "x-session-id", "user-agent": seen.field("user-agent")[:60]}
        yield knowledge.sign("tor.meek", 0.85, evidence)
    if seen.body and _OFFER.match(seen.body) and _SDP.search(seen.body[:4096]):
        yield knowledge.sign("tor.snowflake_ws", 0.9, {"body": "an offer for WebRTC"})

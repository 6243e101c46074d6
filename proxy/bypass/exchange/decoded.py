"""Does an address hold another one, written in the way of a web proxy?

That an address holds another is nothing: share buttons, logins and archives do. The way it is written tells
(Ultraviolet's exclusive or, Glype's base64 without `http`), or the parameters beside it.
"""

from collections.abc import Iterator

from proxy.bypass.exchange.head_rules import address_text
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange
from proxy.bypass.spelling.inside import addresses_in
from proxy.decision.signs import Sign

MIN_ADDRESS = 12
"""Characters of the shortest path and query that can hold an address in any code."""
MAX_SHOWN = 24
"""Characters of a coded address that are shown: about its host, as what follows may hold names and tokens."""


def hidden_address(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """An address inside the requested one, in a form of the table. Bounds are those of `addresses_in`."""
    if len(seen.url.path) + len(seen.url.query) < MIN_ADDRESS:
        return
    for inside in addresses_in(seen.url, seen.target):
        rule = knowledge.exchange.coded.rule_for(
            seen.url.host, inside.ways, inside.place, address_text(seen.url)
        )
        if rule is not None:
            text = inside.shown(MAX_SHOWN) if inside.is_hidden else inside.url.host
            evidence = {"place": inside.place, "text": text, "written": " ".join(inside.ways)}
            yield knowledge.sign(rule.technique, rule.confidence, evidence, inside.url)
            return

"""Does a request's head, or its answer's, show a tool that the tables know?"""

from collections.abc import Iterable, Iterator

from proxy.bypass.exchange.head_rules import HeadRule
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange
from proxy.decision.signs import Sign


def known_request(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """What methods, addresses and fields of a request say by the tables."""
    heads = knowledge.exchange.heads
    yield from _signs(heads.of_request(seen.method, seen.url, seen.fields), seen.url.host, knowledge)


def known_answer(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """What the fields of an answer say by the tables."""
    if seen.answer is not None:
        heads = knowledge.exchange.heads
        found = heads.of_answer(seen.method, seen.url, seen.fields, seen.answer.fields)
        yield from _signs(found, seen.url.host, knowledge)


def known_service(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A host that a list of services names, and that is not the school's own."""
    named = knowledge.named(seen.url.host)
    if named is not None and not knowledge.around.is_own_name(seen.url.host):
        yield knowledge.sign(named.technique, 1.0, {"host": seen.url.host, "list": named.list_id})


def _signs(
    found: Iterable[tuple[HeadRule, dict[str, str]]], host: str, knowledge: Knowledge
) -> Iterator[Sign]:
    for rule, evidence in found:
        if rule.named:
            named = knowledge.named(host)
            if named is None or named.technique != rule.named or knowledge.around.is_own_name(host):
                continue
            evidence = {"host": host, **evidence}
        yield knowledge.sign(rule.technique, rule.confidence, evidence, consequence=rule.consequence)

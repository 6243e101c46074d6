"""Which ways to write an address inside an address belong to web proxies?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import re2

from proxy.decision.names import tails


@dataclass(frozen=True, slots=True)
class CodedRule:
    """One form in which a web proxy is told its target.

    ways           all of these must be among the ways it was written (`proxy.bypass.spelling.inside`)
    places         `path`, or names of parameters; empty: anywhere
    address        RE2 expression over the outer `path?query`, decoded
    unless_hosts   not on these names and below them
    """

    technique: str
    ways: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    address: str = ""
    unless_hosts: frozenset[str] = frozenset()
    confidence: float = 0.95


class Coded:
    """All such forms, in the order of the files."""

    def __init__(self, rules: Iterable[CodedRule] = ()) -> None:
        self.rules = tuple(rules)
        self._compiled: tuple[Any, ...] = tuple(
            re2.compile(rule.address) if rule.address else None for rule in self.rules
        )

    def rule_for(self, host: str, ways: tuple[str, ...], place: str, outer: str) -> CodedRule | None:
        """The first rule that an address inside `outer` (a decoded `path?query`) meets."""
        for rule, compiled in zip(self.rules, self._compiled, strict=True):
            if not rule.ways.issubset(ways) or (rule.places and place not in rule.places):
                continue
            if rule.unless_hosts and not rule.unless_hosts.isdisjoint(tails(host)):
                continue
            if compiled is None or compiled.search(outer):
                return rule
        return None

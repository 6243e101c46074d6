"""By which marks in a body is a technique known? A table of texts, found in one pass over the body."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import re2

from proxy.bypass.exchange.kinds import Kind
from proxy.bypass.exchange.searching import ManyExpressions, options
from proxy.decision.names import tails
from proxy.decision.signs import Consequence

_ATTRIBUTE = re.compile(r"""((?:.*[\s<])?[a-z-]{1,20})=["']([^\s"'<>=`]{1,80})(["']?)""")
_NONE: frozenset[int] = frozenset()
_QUOTES = re.compile("[\"'`]")


@dataclass(frozen=True, slots=True)
class BodyRule:
    """One way to know a technique by a body.

    every          texts that must all stand in it, in any case
    some, titles   texts in it, and RE2 expressions over a page's title; at least `least` of them must be met
    is_titled      one of `titles` must be among them
    patterns       RE2 expressions that must be met too; asked only of bodies that have everything else
    unless         texts that excuse it
    hosts          only on these names and below them; empty: anywhere
    unless_hosts   not on these names and below them
    is_shared      only on hosts where anybody may put pages (`Bodies.shared`)
    """

    technique: str
    kinds: frozenset[Kind]
    every: tuple[str, ...] = ()
    some: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    least: int = 1
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    hosts: frozenset[str] = frozenset()
    unless_hosts: frozenset[str] = frozenset()
    is_shared: bool = False
    is_titled: bool = False
    confidence: float = 0.95
    consequence: Consequence | None = None


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A rule whose texts are numbers in the table, and whose expressions are compiled."""

    rule: BodyRule
    every: frozenset[int]
    some: dict[int, str]
    unless: frozenset[int]
    titles: dict[int, str]
    patterns: tuple[Any, ...]

    def met(self, found: frozenset[int], titles: frozenset[int], body: bytes) -> tuple[str, ...] | None:
        """The marks that are there, or None when they do not come to the technique."""
        if not self.every <= found or not self.unless.isdisjoint(found):
            return None
        rule = self.rule
        marks = [text for number, text in self.some.items() if number in found]
        titled = [text for number, text in self.titles.items() if number in titles]
        if rule.is_titled and not titled:
            return None
        marks += titled
        if (rule.some or rule.titles) and len(marks) < rule.least:
            return None
        if not all(each.search(body) for each in self.patterns):
            return None
        return (*rule.every, *marks, *rule.patterns)

    def asked_of(self, host: str, shared: frozenset[str]) -> bool:
        """Say whether the rule speaks of a canonical host at all."""
        rule = self.rule
        names = frozenset(tails(host))
        if rule.unless_hosts and not rule.unless_hosts.isdisjoint(names):
            return False
        if rule.is_shared and shared.isdisjoint(names):
            return False
        return not rule.hosts or not rule.hosts.isdisjoint(names)


@dataclass(frozen=True, slots=True)
class Met:
    """A rule whose technique was found, and the marks that say so."""

    rule: BodyRule
    marks: tuple[str, ...]


class Bodies:
    """All rules about bodies. One pass over a body finds the texts of all of them.

    shared   hosts where anybody may put pages
    """

    def __init__(self, rules: Iterable[BodyRule] = (), shared: frozenset[str] = frozenset()) -> None:
        self.rules = tuple(rules)
        self.shared = shared
        numbers: dict[str, int] = {}
        titles: dict[str, int] = {}
        by_kind: dict[Kind, list[_Prepared]] = {}
        for rule in self.rules:
            for text in (*rule.every, *rule.some, *rule.unless):
                numbers.setdefault(text.lower(), len(numbers))
            for text in rule.titles:
                titles.setdefault(text, len(titles))
            prepared = _prepared(rule, numbers, titles)
            for kind in rule.kinds:
                by_kind.setdefault(kind, []).append(prepared)
        self._texts = ManyExpressions(tuple(_expression(text) for text in numbers), is_text=False)
        self._titles = ManyExpressions(tuple(text.encode() for text in titles), is_text=False)
        self._by_kind = {kind: _Rules(prepared) for kind, prepared in by_kind.items()}

    def met_by(self, kind: Kind, host: str, title: bytes, body: bytes) -> list[Met]:
        """The rules that a body meets, in the order of the files.

        title   of a page, decoded; b"" of anything else
        """
        rules = self._by_kind.get(kind)
        if not rules:
            return []
        found = frozenset(self._texts.found_in(body))
        titles = frozenset(self._titles.found_in(title)) if title else _NONE
        met = []
        for each in rules.worth_asking(found, titles):
            marks = each.met(found, titles, body)
            if marks is not None and each.asked_of(host, self.shared):
                met.append(Met(each.rule, marks))
        return met


class _Rules:
    """The rules of one kind of body, by what can make them be met: most bodies have nothing of any."""

    def __init__(self, rules: Iterable[_Prepared]) -> None:
        self._rules = tuple(rules)
        self._by_text: dict[int, list[int]] = {}
        self._by_title: dict[int, list[int]] = {}
        self._always: list[int] = []
        for place, each in enumerate(self._rules):
            for number in each.every | each.some.keys():
                self._by_text.setdefault(number, []).append(place)
            for number in each.titles:
                self._by_title.setdefault(number, []).append(place)
            if not each.every and (each.rule.least < 1 or not (each.some or each.titles)):
                self._always.append(place)

    def worth_asking(self, found: frozenset[int], titles: frozenset[int]) -> list[_Prepared]:
        """The rules that texts and titles could meet, in their order."""
        places = set(self._always)
        for number in found:
            places.update(self._by_text.get(number, ()))
        for number in titles:
            places.update(self._by_title.get(number, ()))
        return [self._rules[place] for place in sorted(places)]


def _expression(text: str) -> bytes:
    """An expression for a text, whichever quotation marks the author of a body uses.

    HTML lets an attribute's value have double ones, single ones or none (HTML, section 13.1.2.3).
    """
    attribute = _ATTRIBUTE.fullmatch(text)
    if attribute is None:
        return b"[\"'`]".join(_escaped(piece) for piece in _QUOTES.split(text))
    name, value, end = attribute.groups()
    behind = b"[\"'\\s/>]" if end else b""
    return _escaped(name) + b"\\s?=\\s?[\"']?" + _escaped(value) + behind


def _escaped(text: str) -> bytes:
    return bytes(re2.escape(text.encode()))


def _prepared(rule: BodyRule, numbers: dict[str, int], titles: dict[str, int]) -> _Prepared:
    quiet = options(is_text=False)
    return _Prepared(
        rule,
        frozenset(numbers[text.lower()] for text in rule.every),
        {numbers[text.lower()]: text for text in rule.some},  # in two spellings it is one mark
        frozenset(numbers[text.lower()] for text in rule.unless),
        {titles[text]: text for text in rule.titles},
        tuple(re2.compile(text.encode(), quiet) for text in rule.patterns),
    )

"""By which marks in a body is a technique known? A table of texts, found in one pass over each piece."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import re2

from proxy.bypass.exchange.kinds import Kind
from proxy.bypass.exchange.searching import ManyExpressions, options
from proxy.decision.names import tails
from proxy.decision.signs import Consequence

_ATTRIBUTE = re.compile(r"""((?:.*[\s<])?[a-z-]{1,20})=["']([^\s"'<>=`]{1,80})(["']?)""")
_NONE: frozenset[str] = frozenset()
_QUOTES = re.compile("[\"'`]")


@dataclass(frozen=True, slots=True)
class BodyRule:
    """One way to know a technique by a body.

    every          texts that must all stand in it, in any case
    some, titles   texts in it, and RE2 expressions over a page's title; at least `least` of them must be met
    is_titled      one of `titles` must be among them
    patterns       RE2 expressions that must be met too, each in a piece that holds all texts of `every` which
                   stand in it word for word; where none does, any text of the rule
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
class Marks:
    """What was found of all rules' marks in a piece of a body, or in several.

    texts      in lower case
    titles     expressions that its title meets
    patterns   expressions of rules
    """

    texts: frozenset[str] = _NONE
    titles: frozenset[str] = _NONE
    patterns: frozenset[str] = _NONE

    def __or__(self, other: "Marks") -> "Marks":
        return Marks(self.texts | other.texts, self.titles | other.titles, self.patterns | other.patterns)

    def __le__(self, other: "Marks") -> bool:
        return self.texts <= other.texts and self.titles <= other.titles and self.patterns <= other.patterns


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class _Pattern:
    """An expression of a rule.

    beside   texts in lower case that stand in it word for word
    """

    text: str
    expression: Any
    beside: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A rule whose texts are in lower case, as they are found, and whose expressions are compiled."""

    rule: BodyRule
    every: frozenset[str]
    some: dict[str, str]
    unless: frozenset[str]
    patterns: tuple[_Pattern, ...]

    def met(self, marks: Marks) -> tuple[str, ...] | None:
        """The marks that are there, or None when they do not come to the technique."""
        if not self.every <= marks.texts or not self.unless.isdisjoint(marks.texts):
            return None
        rule = self.rule
        found = [text for key, text in self.some.items() if key in marks.texts]
        titled = [text for text in rule.titles if text in marks.titles]
        if rule.is_titled and not titled:
            return None
        found += titled
        if (rule.some or rule.titles) and len(found) < rule.least:
            return None
        if not marks.patterns.issuperset(rule.patterns):
            return None
        return (*rule.every, *found, *rule.patterns)

    def patterns_in(self, texts: frozenset[str], body: bytes) -> Iterator[str]:
        """The patterns that a piece of a body meets, which has these texts."""
        for pattern in self.patterns:
            if pattern.beside:
                is_due = pattern.beside <= texts
            else:
                is_due = not (self.every or self.some) or not texts.isdisjoint(self.every | self.some.keys())
            if is_due and pattern.expression.search(body):
                yield pattern.text

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
        texts: dict[str, None] = {}
        titles: dict[str, None] = {}
        by_kind: dict[Kind, list[_Prepared]] = {}
        for rule in self.rules:
            texts |= dict.fromkeys(text.lower() for text in (*rule.every, *rule.some, *rule.unless))
            titles |= dict.fromkeys(rule.titles)
            prepared = _prepared(rule)
            for kind in rule.kinds:
                by_kind.setdefault(kind, []).append(prepared)
        self._named, self._titled = tuple(texts), tuple(titles)
        self._texts = ManyExpressions(tuple(_expression(text) for text in texts), is_text=False)
        self._titles = ManyExpressions(tuple(text.encode() for text in titles), is_text=False)
        self._by_kind = {kind: _Rules(prepared) for kind, prepared in by_kind.items()}

    def marks_in(self, kind: Kind, title: bytes, body: bytes) -> Marks:
        """The marks in a piece of a body.

        title   of a page, decoded; b"" of anything else
        """
        rules = self._by_kind.get(kind)
        if not rules:
            return NO_MARKS
        texts = frozenset([self._named[number] for number in self._texts.found_in(body)])
        titles = (
            frozenset([self._titled[number] for number in self._titles.found_in(title)]) if title else _NONE
        )
        return Marks(texts, titles, rules.patterns_in(texts, body))

    def met_by(self, kind: Kind, host: str, marks: Marks) -> list[Met]:
        """The rules that marks in a body of a host meet, in the order of the files."""
        rules = self._by_kind.get(kind)
        met = []
        for each in rules.worth_asking(marks) if rules else ():
            found = each.met(marks)
            if found is not None and each.asked_of(host, self.shared):
                met.append(Met(each.rule, found))
        return met


class _Rules:
    """The rules of one kind of body, by what can make them be met: most bodies have nothing of any."""

    def __init__(self, rules: Iterable[_Prepared]) -> None:
        self._rules = tuple(rules)
        self._with_patterns = tuple(each for each in self._rules if each.patterns)
        self._by_text: dict[str, list[int]] = {}
        self._by_title: dict[str, list[int]] = {}
        self._always: list[int] = []
        for place, each in enumerate(self._rules):
            for text in each.every | each.some.keys():
                self._by_text.setdefault(text, []).append(place)
            for title in each.rule.titles:
                self._by_title.setdefault(title, []).append(place)
            if not each.every and (each.rule.least < 1 or not (each.some or each.rule.titles)):
                self._always.append(place)

    def worth_asking(self, marks: Marks) -> list[_Prepared]:
        """The rules that texts and titles could meet, in their order."""
        places = set(self._always)
        for text in marks.texts:
            places.update(self._by_text.get(text, ()))
        for title in marks.titles:
            places.update(self._by_title.get(title, ()))
        return [self._rules[place] for place in sorted(places)]

    def patterns_in(self, texts: frozenset[str], body: bytes) -> frozenset[str]:
        """The patterns of all rules that a piece of a body meets, which has these texts."""
        found = [pattern for each in self._with_patterns for pattern in each.patterns_in(texts, body)]
        return frozenset(found)


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


def _prepared(rule: BodyRule) -> _Prepared:
    quiet = options(is_text=False)
    every = frozenset(text.lower() for text in rule.every)
    patterns = [
        _Pattern(
            text,
            re2.compile(text.encode(), quiet),
            frozenset(each for each in every if each in text.lower()),
        )
        for text in rule.patterns
    ]
    return _Prepared(
        rule,
        every,
        {text.lower(): text for text in rule.some},  # in two spellings it is one mark
        frozenset(text.lower() for text in rule.unless),
        tuple(patterns),
    )

"""By which methods, paths and header fields is a technique known? A table, asked in about a microsecond."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import re2

from proxy.bypass.exchange.searching import ManyExpressions, clean, options
from proxy.bypass.observed import Fields
from proxy.decision.names import tails
from proxy.decision.signs import Consequence
from proxy.decision.urls import Url

MAX_ADDRESS = 4096
"""How many characters of a path and a query are looked at."""
MAX_VALUE = 4096
"""How many characters of a field's value are looked at."""
MAX_SHOWN = 60
"""How many characters of an address are evidence."""
ORDINARY_METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT"})


@dataclass(frozen=True, slots=True)
class HeadRule:
    """One way to know a technique by a request's head, or by its answer's. All that is named must be met.

    methods        any of these
    address        RE2 expression over `path?query`, decoded
    fields         header fields of the request, and an RE2 expression for the value of each
    answer         likewise of the answer; a rule with any waits for the answer
    hosts          only on these names and below them; empty: anywhere
    unless_hosts   not on these names and below them
    named          only on hosts that a list of services gives to this technique; "" for any
    """

    technique: str
    methods: frozenset[str] = frozenset()
    address: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    answer: tuple[tuple[str, str], ...] = ()
    hosts: frozenset[str] = frozenset()
    unless_hosts: frozenset[str] = frozenset()
    confidence: float = 0.95
    consequence: Consequence | None = None
    named: str = ""


@dataclass(frozen=True, slots=True)
class _Prepared:
    rule: HeadRule
    address: Any
    fields: tuple[tuple[str, Any], ...]
    answer: tuple[tuple[str, Any], ...]


class _Searched:
    """Rules that are found by one expression each, all in one pass over an address and the watched fields.

    What is found here may still fail: in the joined text `^` and `$` stand at every line's ends. Nothing that
    meets a rule is missed.
    """

    def __init__(self, rules: Iterable[tuple[str, _Prepared]]) -> None:
        """Make it of rules, each with the field that it is found by; "" for its address."""
        named = tuple(rules)
        self._rules = tuple(each for _, each in named)
        self._watched = frozenset(name for name, _ in named if name)
        self._expressions = ManyExpressions(tuple(_expression(name, each.rule) for name, each in named))

    def found_in(self, address: str, fields: Fields) -> list[_Prepared]:
        watched = self._watched
        lines = [f"\n{name}:\n{_line(value)}" for name, value in fields if name in watched]
        numbers = self._expressions.found_in(clean(address + "".join(lines)))
        return [self._rules[number] for number in numbers] if numbers else []


class Heads:
    """All rules about heads, found by what is rarest in each: address, else first field, else method.

    beside       fields of requests that are looked at beside an address, or beside an answer
    in_answers   fields of answers that are looked at
    """

    def __init__(self, rules: Iterable[HeadRule] = ()) -> None:
        self.rules = tuple(rules)
        prepared = [_prepared(rule) for rule in self.rules]
        of_request = [each for each in prepared if not each.rule.answer]
        by_text = [each for each in of_request if each.rule.address or each.rule.fields]
        self._of_request = _Searched((_found_by(each.rule), each) for each in by_text)
        self._of_answer = _Searched((each.rule.answer[0][0], each) for each in prepared if each.rule.answer)
        self.beside = frozenset(
            name for each in self.rules if each.address or each.answer for name, _ in each.fields
        )
        self.in_answers = frozenset(name for each in self.rules for name, _ in each.answer)
        self._by_method: dict[str, list[_Prepared]] = {}
        for each in of_request:
            for method in () if each in by_text else each.rule.methods:
                self._by_method.setdefault(method, []).append(each)

    def of_request(self, method: str, url: Url, fields: Fields) -> Iterator[tuple[HeadRule, dict[str, str]]]:
        """The rules that a request meets, each with what met it."""
        text = address_text(url)
        candidates = self._of_request.found_in(text, fields)
        if method not in ORDINARY_METHODS:
            candidates += self._by_method.get(method, ())
        if candidates:
            yield from _met(candidates, method, url, text, fields, ())

    def of_answer(
        self, method: str, url: Url, fields: Fields, answer: Fields
    ) -> Iterator[tuple[HeadRule, dict[str, str]]]:
        """The rules that an exchange meets now that it has an answer, each with what met it."""
        candidates = self._of_answer.found_in("", answer)
        if candidates:
            yield from _met(candidates, method, url, address_text(url), fields, answer)


def _prepared(rule: HeadRule) -> _Prepared:
    address = re2.compile(rule.address, options()) if rule.address else None
    return _Prepared(rule, address, _compiled(rule.fields), _compiled(rule.answer))


def _line(value: str) -> str:
    value = value[:MAX_VALUE]
    return value.replace("\n", " ") if "\n" in value else value


def _found_by(rule: HeadRule) -> str:
    return "" if rule.address else rule.fields[0][0]


def _expression(name: str, rule: HeadRule) -> str:
    """The expression that finds a rule in the joined text, by its address or by one field."""
    if not name:
        return f"(?m:{rule.address})"
    wanted = dict(rule.answer or rule.fields)[name]
    return f"\\n{name}:\\n[^\\n]*(?m:{wanted})"


def address_text(url: Url) -> str:
    """The canonical path and the decoded query, as rules about addresses read them."""
    if not url.query:
        return clean(url.path[:MAX_ADDRESS])
    query = url.query[:MAX_ADDRESS]
    return clean(f"{url.path[:MAX_ADDRESS]}?{unquote(query) if '%' in query else query}")


def _met(
    candidates: list[_Prepared], method: str, url: Url, text: str, fields: Fields, answer: Fields
) -> Iterator[tuple[HeadRule, dict[str, str]]]:
    done: set[int] = set()
    for each in candidates:
        rule = each.rule
        if id(each) in done or (rule.methods and method not in rule.methods):
            continue
        done.add(id(each))
        if (rule.hosts or rule.unless_hosts) and not _on(rule, url.host):
            continue
        evidence: dict[str, str] = {"method": method} if rule.methods else {}
        if each.address is not None:
            found = each.address.search(text)
            if found is None:
                continue
            evidence["address"] = found.group(0)[:MAX_SHOWN]
        if _fields_met(each.fields, fields, evidence) and _fields_met(each.answer, answer, evidence):
            yield rule, evidence


def _on(rule: HeadRule, host: str) -> bool:
    names = frozenset(tails(host))
    return rule.unless_hosts.isdisjoint(names) and (not rule.hosts or not rule.hosts.isdisjoint(names))


def _fields_met(wanted: tuple[tuple[str, Any], ...], fields: Fields, evidence: dict[str, str]) -> bool:
    for name, expression in wanted:
        found = next(
            (
                match
                for key, value in fields
                if key == name and (match := expression.search(clean(value[:MAX_VALUE])))
            ),
            None,
        )
        if found is None:
            return False
        evidence[name] = found.group(0)
    return True


def _compiled(fields: tuple[tuple[str, str], ...]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, re2.compile(text, options())) for name, text in fields)

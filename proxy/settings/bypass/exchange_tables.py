"""How do the files' words about exchanges become the tables that detectors ask?"""

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from proxy.bypass.exchange.body_rules import Bodies, BodyRule
from proxy.bypass.exchange.coded import Coded, CodedRule
from proxy.bypass.exchange.head_rules import HeadRule, Heads
from proxy.bypass.exchange.tables import ExchangeTables, Extension
from proxy.bypass.exchange.weakenings import Weakening, Weakenings
from proxy.settings.bypass.exchange import (
    BodySettings,
    CodedSettings,
    ExtensionsSettings,
    HeadSettings,
    SharedHostsSettings,
    WeakeningSettings,
)

type Complain = Callable[[str, tuple[str | int, ...], str], None]
"""Told the file's stem, the path in it, and what is wrong there."""


class ExchangeSections(Protocol):
    """The sections of a family's file that are about exchanges."""

    heads: tuple[HeadSettings, ...]
    bodies: tuple[BodySettings, ...]
    coded: tuple[CodedSettings, ...]
    weakenings: tuple[WeakeningSettings, ...]
    extensions: tuple[ExtensionsSettings, ...]
    shared_hosts: tuple[SharedHostsSettings, ...]


SECTIONS = ("heads", "bodies", "coded", "weakenings", "extensions")


def exchange_tables(
    files: Mapping[str, ExchangeSections], techniques: Mapping[str, object], complain: Complain
) -> ExchangeTables:
    """Make the tables of all files, by stem. Whoever is complained to must not use what comes back."""
    for stem, file in files.items():
        for path, why in _wrong(file, techniques):
            complain(stem, path, why)
    each = files.values()
    shared = frozenset(name for file in each for said in file.shared_hosts for name in said.names)
    return ExchangeTables(
        Heads(_head(said) for file in each for said in file.heads),
        Bodies((_body(said) for file in each for said in file.bodies), shared),
        Coded(_coded(said) for file in each for said in file.coded),
        Weakenings(_weakening(said) for file in each for said in file.weakenings),
        {known.id: known for stem, file in files.items() for known in _extensions(stem, file)},
    )


def _wrong(
    file: ExchangeSections, techniques: Mapping[str, object]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for section in SECTIONS:
        for place, said in enumerate(getattr(file, section)):
            if said.technique not in techniques:
                yield (section, place, "technique"), f"no technique is called '{said.technique}'"
    for place, head in enumerate(file.heads):
        if head.named is not None and head.named not in techniques:
            yield ("heads", place, "named"), f"no technique is called '{head.named}'"
        if not (head.methods or head.address or head.fields or head.answer):
            yield ("heads", place), "it names nothing to look for: methods, address, fields or answer"
    for place, body in enumerate(file.bodies):
        if not (body.every or body.some or body.titles):
            yield ("bodies", place), "it names nothing to look for: every, some or titles"
        elif body.titled and not body.titles:
            yield ("bodies", place, "titled"), "it wants one of 'titles', and has none"
        elif body.least > len(body.some) + len(body.titles) and (body.some or body.titles):
            yield ("bodies", place, "least"), "'some' and 'titles' have fewer than that"
    for place, coded in enumerate(file.coded):
        if not (coded.ways or coded.address):
            yield ("coded", place), "it names neither ways nor an address"


def _head(said: HeadSettings) -> HeadRule:
    return HeadRule(
        said.technique,
        frozenset(said.methods),
        said.address or "",
        tuple(said.fields.items()),
        tuple(said.answer.items()),
        frozenset(said.hosts),
        frozenset(said.unless_hosts),
        said.confidence,
        said.consequence,
        said.named or "",
    )


def _body(said: BodySettings) -> BodyRule:
    return BodyRule(
        said.technique,
        frozenset(said.kinds),
        said.every,
        said.some,
        said.titles,
        said.least,
        said.patterns,
        said.unless,
        frozenset(said.hosts),
        frozenset(said.unless_hosts),
        said.shared,
        said.titled,
        said.confidence,
        said.consequence,
    )


def _coded(said: CodedSettings) -> CodedRule:
    return CodedRule(
        said.technique,
        frozenset(said.ways),
        frozenset(said.places),
        said.address or "",
        frozenset(said.unless_hosts),
        said.confidence,
    )


def _weakening(said: WeakeningSettings) -> Weakening:
    return Weakening(
        said.technique,
        said.hosts,
        tuple(
            (name.lower(), frozenset(value.lower() for value in values))
            for name, values in said.parameters.items()
        ),
        tuple((name.lower(), text.lower()) for name, text in said.cookies.items()),
    )


def _extensions(stem: str, file: ExchangeSections) -> Iterator[Extension]:
    for said in file.extensions:
        for key, title in said.ids.items():
            yield Extension(key.lower(), title, said.technique, f"bypass/{stem}.yaml")

"""What may a file of `blocklists/bypass` say about requests, answers and their bodies?"""

from typing import Annotated

import re2
from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo

from proxy.bypass.exchange.kinds import Kind
from proxy.bypass.exchange.searching import options
from proxy.decision.signs import Consequence
from proxy.settings.bypass.ids import TechniqueId
from proxy.settings.fields import Day, Name, Text, wrong
from proxy.settings.schema.part import Part

MAX_EXPRESSION = 4000


def _compiles(text: str, info: ValidationInfo) -> str:
    if info.mode == "json":  # a base is read, whose expressions were found good; they are compiled once
        return text
    try:
        re2.compile(text, options())
    except re2.error as error:
        raise wrong(f"this is no RE2 expression: {error}") from error
    return text


Expression = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_EXPRESSION), AfterValidator(_compiles)
]
Mark = Annotated[str, StringConstraints(min_length=3, max_length=200)]
FieldName = Annotated[str, StringConstraints(pattern=r"^:?[a-z0-9-]{1,60}$")]
Method = Annotated[str, StringConstraints(pattern=r"^[A-Z_]{2,40}$")]
Confidence = Annotated[float, Field(gt=0, le=1)]


class _Rule(Part):
    technique: TechniqueId
    """What it is a sign of."""
    source: Text
    """Where this is known from: a program with its version, a document, or `seen` with where."""
    date: Day
    """When it was taken from there."""
    unless_hosts: tuple[Name, ...] = ()
    """Not on these names, nor below them."""
    confidence: Confidence = 0.95
    """Of the exchanges that look so, the share that is the technique."""


class HeadSettings(_Rule):
    """A sign in the head of a request or of its answer. All that is named must be met."""

    methods: tuple[Method, ...] = ()
    """Any of these methods."""
    address: Expression | None = None
    """RE2 expression over `path?query`, decoded, in any case."""
    fields: dict[FieldName, Expression] = Field(default_factory=dict)
    """Fields of the request, and an RE2 expression for the value of each."""
    answer: dict[FieldName, Expression] = Field(default_factory=dict)
    """Likewise fields of the answer."""
    hosts: tuple[Name, ...] = ()
    """Only on these names, and below them."""
    named: TechniqueId | None = None
    """Only on hosts that `names` give to this technique."""
    consequence: Consequence | None = None
    """In place of the technique's own, where this alone does not bear that."""


class BodySettings(_Rule):
    """A sign in the body of an answer: texts that stand in it, in any case."""

    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    """Looked for in `page`, `script`, `worker`, `json`, `text`, `wasm`, `pac`."""
    every: tuple[Mark, ...] = ()
    """All of these must be there."""
    some: tuple[Mark, ...] = ()
    """Of these and `titles`, at least as many as `least` says."""
    titles: tuple[Expression, ...] = ()
    """RE2 expressions over the page's title."""
    titled: bool = False
    """One of `titles` must be among them."""
    least: Annotated[int, Field(ge=1, le=20)] = 1
    """How many of `some` and `titles` must be met."""
    patterns: tuple[Expression, ...] = ()
    """RE2 expressions that must be met as well; give `every` or `some` too, so that few bodies are asked."""
    unless: tuple[Mark, ...] = ()
    """Texts that excuse it."""
    hosts: tuple[Name, ...] = ()
    """Only on these names, and below them."""
    shared: bool = False
    """Only on hosts where anybody may put pages (`shared_hosts`)."""
    consequence: Consequence | None = None
    """In place of the technique's own, where this alone does not bear that."""


class CodedSettings(_Rule):
    """A form in which a web proxy is told its target, inside the address of a request."""

    ways: tuple[Text, ...] = ()
    """All of these ways it must be written in: `base64`, `glype`, `xor` ..."""
    places: tuple[Text, ...] = ()
    """`path`, or names of parameters; none: anywhere."""
    address: Expression | None = None
    """RE2 expression over the outer `path?query`, decoded."""


class WeakeningSettings(Part):
    """How the safe mode of a search engine is switched off."""

    technique: TechniqueId
    """What it is a sign of."""
    source: Text
    """Where this is known from."""
    date: Day
    """When it was taken from there."""
    hosts: Expression
    """RE2 expression for the whole host."""
    parameters: dict[Text, tuple[Text, ...]] = Field(default_factory=dict)
    """Parameter -> values that weaken; none: any value."""
    cookies: dict[Text, Text] = Field(default_factory=dict)
    """Cookie -> text in its value that weakens."""


class ExtensionsSettings(Part):
    """Browser extensions of one technique."""

    technique: TechniqueId
    """What they belong to."""
    source: Text
    """Where they are known from."""
    date: Day
    """When they were taken from there."""
    ids: Annotated[dict[Text, Text], Field(min_length=1)]
    """An extension's id in its store -> its title."""


class SharedHostsSettings(Part):
    """Hosts where anybody may put pages."""

    source: Text
    """Where they are known from."""
    date: Day
    """When they were taken from there."""
    names: Annotated[tuple[Name, ...], Field(min_length=1)]
    """The names; what lies below them belongs to whoever made it."""

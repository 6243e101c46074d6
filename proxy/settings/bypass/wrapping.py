"""What may files of `blocklists/bypass` say of services that show, fetch or lead to other addresses?"""

from typing import Annotated

import re2
from pydantic import AfterValidator, Field

from proxy.bypass.wrapping.table import ANY_COUNTRY
from proxy.decision.names import NameProblem, canonical_host
from proxy.settings.bypass.ids import TechniqueId
from proxy.settings.fields import Day, Text, wrong
from proxy.settings.schema.part import Part


def _service(text: str) -> str:
    name, star, rest = text.partition("." + ANY_COUNTRY)
    try:
        host = canonical_host(name)
    except NameProblem as problem:
        raise wrong(f"'{text[:80]}' is not a host name: {problem}") from problem
    if rest or (host.count(".") == 0 and not star):
        raise wrong(f"'{text[:80]}' is no service's name", "for example www.example.org, or www.example.*")
    return host + star


def _pattern(text: str) -> str:
    try:
        re2.compile(text)
    except re2.error as error:
        raise wrong(f"'{text[:80]}' is no pattern: {error}", "the notation is that of RE2") from error
    return text


ServiceName = Annotated[str, AfterValidator(_service)]
PatternText = Annotated[str, Field(max_length=200), AfterValidator(_pattern)]
Word = Annotated[str, Field(pattern=r"^[a-z0-9_.\[\]$-]*$", max_length=40)]
PathBeginning = Annotated[str, Field(pattern=r"^/[^A-Z]*$", max_length=80)]


class SiteSettings(Part):
    """Where services that are built alike have the address that they show."""

    hosts: tuple[ServiceName, ...] = ()
    """Names, with all below them; `translate.google.*` for a name under any public suffix."""
    labels: tuple[Word, ...] = ()
    """Whole labels of names that anybody may run such a service under (`ezproxy`)."""
    under: PatternText = ""
    """A pattern that the path must match from its beginning for the rest to hold; without it, any does."""
    path: PatternText = ""
    """A pattern for what stands before the address in the path; without it, none stands there."""
    parameters: tuple[Word, ...] = ()
    """Parameters of the query whose value is the address; '' when the whole query is."""
    value: PatternText = ""
    """A pattern for what stands before the address in such a value."""
    folded: bool = False
    """The labels before the service's name are the host, folded by hyphens or as they stand."""


class WrappersSettings(Part):
    """Services of one technique."""

    technique: TechniqueId
    """What these services are."""
    source: Text
    """Where it is known from."""
    date: Day
    """When it was looked at."""
    sites: Annotated[tuple[SiteSettings, ...], Field(min_length=1)]
    """The services."""


class RedirectorsSettings(Part):
    """Services that only lead on: a browser asks for the address itself, which is then decided."""

    source: Text
    """Where it is known from."""
    date: Day
    """When it was looked at."""
    hosts: Annotated[tuple[ServiceName, ...], Field(min_length=1)]
    """Names, with all below them; `google.*` for a name under any public suffix."""
    paths: Annotated[tuple[PathBeginning, ...], Field(min_length=1)] = ("/",)
    """How the paths begin that lead on, in small letters."""


class FetchersSettings(Part):
    """How a fetcher that nobody listed is told from sites that merely mention an address."""

    source: Text
    """Where it is known from."""
    date: Day
    """When it was looked at."""
    hosting: tuple[ServiceName, ...] = ()
    """Names below which strangers run small programs of theirs."""
    asked: tuple[Word, ...] = ()
    """Parameters that a fetcher takes its address from."""
    returning: tuple[Word, ...] = ()
    """Parameters that say where a person comes from or goes back to."""
    fetching: tuple[Word, ...] = ()
    """Words in a path that say that something is fetched."""
    mentioning: tuple[Word, ...] = ()
    """Words in a path that say that an address is only mentioned."""
    leading: tuple[Word, ...] = ()
    """Labels of names that say so, where a parameter has the address."""

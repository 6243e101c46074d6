"""What may stand in a file of `blocklists/bypass`? One file a family of techniques."""

from typing import Annotated, Literal

from pydantic import Field

from proxy.decision.signs import Consequence, Nature
from proxy.settings.bypass.exchange import (
    BodySettings,
    CodedSettings,
    ExtensionsSettings,
    HeadSettings,
    SharedHostsSettings,
    WeakeningSettings,
)
from proxy.settings.bypass.ids import TechniqueId
from proxy.settings.bypass.ordinary import AddressesSettings, OrdinarySettings, OwnerSettings
from proxy.settings.bypass.packets import PortsSettings, ProtocolsSettings
from proxy.settings.bypass.spellings import ClaimsSettings, LookalikesSettings, WildcardsSettings
from proxy.settings.bypass.wrapping import FetchersSettings, RedirectorsSettings, WrappersSettings
from proxy.settings.fields import Day, Name, Text
from proxy.settings.schema.part import Part


class TechniqueSettings(Part):
    """One way around the filter."""

    id: TechniqueId
    """Dotted name, family first; events, metrics and permits use it."""
    title: Text
    """What people read."""
    nature: Nature
    """Which judgement it asks for: `anonymizer`, `wrapper`, `evasion`, `mirror`, `address`, `automatic`."""
    consequence: Consequence
    """What becomes of an attempt with a sure sign of it: `log`, `rewrite`, `block`, or `incident`."""
    weight: Annotated[float, Field(ge=0, le=1)] = 0
    """What one sure sign adds to a subject's score; only for the consequence `incident`."""
    by_itself: bool = False
    """Devices and programs do it by their own settings; however often, it opens no incident by itself."""
    explanation: Text
    """One sentence in plain language, for the person who is stopped."""
    innocent: tuple[Text, ...] = ()
    """What else may look so, for the adult who judges."""


class NamesSettings(Part):
    """Names of services of one technique."""

    technique: TechniqueId
    """What these names belong to."""
    source: Text
    """Where the names come from: a document, a site, or `seen` with where."""
    date: Day
    """When they were taken from there."""
    exact: bool = False
    """The names alone count, not what lies below them."""
    names: tuple[Name, ...] = ()
    """The names."""
    lists: tuple[Text, ...] = ()
    """Lists beside this directory whose names belong to it too, as `encrypted_dns/starter.txt`; a name that
    a file of this directory says something of is left to that."""


class FamilyFile(Part):
    """The whole of one file."""

    version: Literal["1"]
    """Version of this file's form."""
    techniques: tuple[TechniqueSettings, ...] = ()
    """The techniques of the family."""
    names: tuple[NamesSettings, ...] = ()
    """Names that belong to them."""
    heads: tuple[HeadSettings, ...] = ()
    """Signs in the heads of requests and answers."""
    bodies: tuple[BodySettings, ...] = ()
    """Signs in the bodies of answers."""
    coded: tuple[CodedSettings, ...] = ()
    """Forms in which web proxies are told their target."""
    weakenings: tuple[WeakeningSettings, ...] = ()
    """How search engines' safe modes are switched off."""
    extensions: tuple[ExtensionsSettings, ...] = ()
    """Browser extensions that belong to techniques."""
    shared_hosts: tuple[SharedHostsSettings, ...] = ()
    """Hosts where anybody may put pages."""
    lookups: tuple[OrdinarySettings, ...] = ()
    """Names below which numbers are looked up by their purpose; no tunnels are looked for there."""
    inward: tuple[OrdinarySettings, ...] = ()
    """Public names that lead to addresses inside by their purpose."""
    addresses: tuple[AddressesSettings, ...] = ()
    """Addresses that belong to techniques."""
    ports: tuple[PortsSettings, ...] = ()
    """Ports that belong to techniques."""
    protocols: tuple[ProtocolsSettings, ...] = ()
    """Protocols beside TCP and UDP that belong to techniques."""
    owners: tuple[OwnerSettings, ...] = ()
    """Whose addresses are whose."""
    wrappers: tuple[WrappersSettings, ...] = ()
    """Services that show another address inside their own."""
    redirectors: tuple[RedirectorsSettings, ...] = ()
    """Services that only lead on."""
    fetchers: tuple[FetchersSettings, ...] = ()
    """How fetchers that nobody listed are told."""
    wildcards: tuple[WildcardsSettings, ...] = ()
    """Names that hold an address."""
    lookalikes: tuple[LookalikesSettings, ...] = ()
    """Characters that are taken for others."""
    claims: tuple[ClaimsSettings, ...] = ()
    """Header fields in which somebody claims to be somebody else."""

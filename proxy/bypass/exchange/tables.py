"""What do detectors of exchanges know? The tables that the files of `blocklists/bypass` fill."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from proxy.bypass.exchange.body_rules import Bodies
from proxy.bypass.exchange.coded import Coded
from proxy.bypass.exchange.head_rules import Heads
from proxy.bypass.exchange.weakenings import Weakenings


@dataclass(frozen=True, slots=True)
class Extension:
    """A browser extension.

    id   of 32 letters from a to p, as Chromium names extensions; or a store's own id
    """

    id: str
    title: str
    technique: str
    list_id: str


@dataclass(frozen=True, slots=True)
class ExchangeTables:
    """All tables about exchanges.

    extensions   id in lower case -> the extension
    """

    heads: Heads = field(default_factory=Heads)
    bodies: Bodies = field(default_factory=Bodies)
    coded: Coded = field(default_factory=Coded)
    weakenings: Weakenings = field(default_factory=Weakenings)
    extensions: Mapping[str, Extension] = field(default_factory=dict)

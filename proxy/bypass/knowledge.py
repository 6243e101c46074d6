"""What is known about ways around the filter? Tables made from `blocklists/bypass/*.yaml`.

Each family of detectors has its own table beside its functions; here stands what they share.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from proxy.bypass.dns.table import NameTable
from proxy.bypass.exchange.tables import ExchangeTables
from proxy.bypass.openings.table import AddressTable
from proxy.bypass.packets.table import PacketTable
from proxy.bypass.spelling.table import Spellings
from proxy.bypass.surroundings import Surroundings
from proxy.bypass.wrapping.table import Wrapping
from proxy.decision.names import tails
from proxy.decision.signs import MAX_EVIDENCE, Consequence, Nature, Sign
from proxy.decision.urls import Url


@dataclass(frozen=True, slots=True)
class Technique:
    """One technique, as techniques.yaml describes it.

    id            dotted name, family first
    consequence   of an attempt with a sure sign of it
    weight        what one such sign adds to its subject's score; 0 for what is never an incident
    explanation   one sentence in plain language for the person who is stopped
    innocent      what else may look so, for the adult who judges
    by_itself     devices and programs do it by their own settings: alone it opens no incident
    """

    id: str
    nature: Nature
    consequence: Consequence
    weight: float
    title: str
    explanation: str
    innocent: tuple[str, ...] = ()
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name that a list gives to a technique, with all that stands below it.

    list_id    file, and section in it
    is_exact   the name alone, nothing below it
    """

    name: str
    technique: str
    list_id: str
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All tables, for one policy.

    names       canonical name -> what it belongs to
    ordinary    names that are ordinary although they look strange
    addresses   what is known of addresses
    wrapping    services that show, fetch or lead to other addresses
    spellings   what misleading hosts and claims are told by
    packets     what ports and protocols are known for
    languages   a language -> texts of techniques -> the same in it
    """

    techniques: Mapping[str, Technique]
    names: Mapping[str, KnownName] = field(default_factory=dict)
    around: Surroundings = field(default_factory=Surroundings)
    ordinary: NameTable = field(default_factory=NameTable)
    addresses: AddressTable = field(default_factory=AddressTable)
    wrapping: Wrapping = field(default_factory=Wrapping)
    spellings: Spellings = field(default_factory=Spellings)
    exchange: ExchangeTables = field(default_factory=ExchangeTables)
    packets: PacketTable = field(default_factory=PacketTable)
    languages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def in_language(self, technique: Technique, language: str) -> Technique | None:
        """A technique with its texts in another language; None unless there are all of them."""
        said = self.languages.get(language, {})
        texts = (technique.title, technique.explanation, *technique.innocent)
        if not all(text in said for text in texts):
            return None
        title, explanation, *innocent = (said[text] for text in texts)
        return replace(technique, title=title, explanation=explanation, innocent=tuple(innocent))

    def named(self, host: str) -> KnownName | None:
        """What the lists of services say of a canonical host: the longest name that covers it."""
        for name in tails(host):
            known = self.names.get(name)
            if known is not None and (not known.is_exact or name == host):
                return known
        return None

    def sign(
        self,
        technique: str,
        confidence: float = 1.0,
        evidence: Mapping[str, object] | None = None,
        inner: Url | None = None,
        consequence: Consequence | None = None,
    ) -> Sign:
        """Make a sign of a technique of techniques.yaml; evidence is cut to its length.

        consequence   in place of the technique's own, where this much alone does not bear that

        Raises KeyError for a technique that no file describes.
        """
        known = self.techniques[technique]
        return Sign(
            technique,
            known.nature,
            known.consequence if consequence is None else consequence,
            confidence,
            known.explanation,
            tuple((name, str(value)[:MAX_EVIDENCE]) for name, value in (evidence or {}).items()),
            inner,
        )

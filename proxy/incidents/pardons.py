"""Was this very thing found innocent before, for whom it is now?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from proxy.decision.names import covers


@dataclass(frozen=True, slots=True)
class Whom:
    """Somebody whose act it is, as far as it is known.

    who       pseudonym, or the address of a device
    school    "" where it is not known
    groups    the policy group, and what that inherits from
    """

    who: str
    school: str = ""
    groups: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Excuse:
    """What does not count.

    techniques  each a technique, or the first parts of several
    site        name with all below it, or an address; "": anywhere
    audience    kind (who, classes, groups, schools) -> ids; whom any of them names. `within`: of the classes
                and groups only who belongs to one of these schools. Empty: everybody
    ends        aware; None: it holds on
    """

    techniques: Collection[str]
    site: str
    audience: Mapping[str, Collection[str]]
    ends: datetime | None = None

    def covers(self, technique: str, host: str, whom: Whom, at: datetime) -> bool:
        """Say whether an act of somebody at a moment, on the way to a canonical host, does not count."""
        return (
            any(technique == each or technique.startswith(f"{each}.") for each in self.techniques)
            and (not self.site or covers(self.site, host))
            and (self.ends is None or at < self.ends)
            and self._reaches(whom)
        )

    def _reaches(self, whom: Whom) -> bool:
        named = {kind: frozenset(self.audience.get(kind, ())) for kind in _KINDS}
        if not any(named.values()):
            return not self.audience.get("within")
        if whom.who in named["who"] or whom.school in named["schools"]:
            return True
        within = self.audience.get("within", ())
        inside = not within or whom.school in within
        return inside and bool(whom.groups & named["groups"] or whom.classes & named["classes"])


_KINDS = ("who", "schools", "groups", "classes")

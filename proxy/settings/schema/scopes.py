"""What does each level of the school want: district, school, group, class, device?"""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Annotated, ClassVar, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from proxy.decision.names import NameProblem
from proxy.decision.policy import LogLevel, Mode, RuleAction
from proxy.decision.policy import Target as PolicyTarget
from proxy.decision.urls import parse_url
from proxy.settings.fields import (
    CategoryName,
    Day,
    EngineName,
    GroupName,
    Id,
    ParentName,
    PassListName,
    Range,
    ScheduleName,
    SchoolName,
    Text,
    known,
    wrong,
)
from proxy.settings.schema.part import Part
from proxy.settings.schema.permits import PermitSettings


class Profile(Enum):
    """Which column of the category catalogue's defaults applies."""

    ELEMENTARY = "elementary"
    MIDDLE = "middle"
    HIGH = "high"
    STAFF = "staff"
    GUEST = "guest"


class RuleSettings(Part):
    """What a level wants of some categories, and when."""

    categories: Annotated[tuple[CategoryName, ...], Field(min_length=1)]
    """One category or several."""
    action: RuleAction
    """`block`, `allow`, or `log` (let through and mark the event)."""
    schedule: ScheduleName | None = None
    """The rule counts only while this schedule is on; not written: always."""
    decided_by: Text | None = None
    """Who decided this; not written: the body that the category itself names."""

    @field_validator("action")
    @classmethod
    def _keeps_the_floor(cls, action: RuleAction, info: ValidationInfo) -> RuleAction:
        context = known(info)
        categories: tuple[str, ...] = info.data.get("categories", ())
        opened = [c for c in categories if context is not None and c in context.floor]
        if opened and action is not RuleAction.BLOCK:
            raise wrong(
                f"'{opened[0]}' cannot be set to '{action.value}': federal law asks that it is blocked "
                "(CIPA, 47 U.S.C. 254(h)(5) and (6))",
                "take it out of this rule; a wrong listing is mended with a correction",
            )
        return action


class SchoolRuleSettings(Part):
    """One line of a school's own allow or block list: a site, a part of it, or one page."""

    site: Text | None = None
    """A host with everything below it, for example `example.org`."""
    path: Text | None = None
    """A part of a site, for example `example.org/labs`; covers what lies below it."""
    page: Text | None = None
    """One page exactly, for example `example.org/labs/optics?lesson=3`; without a query, any query fits."""
    owner: Text
    """Who answers for this line: a role or office rather than a person's name."""
    reason: Text
    """Why; shown on the block page and by `schoolgate explain`."""
    since: Day
    """Day on which the line was added."""
    ends: Day | None = None
    """Last day on which it holds; not written: no end."""
    file: Annotated[str, Field(alias="@file")] = ""
    """Settings file in which the line stands; filled in while loading."""
    line: Annotated[int, Field(alias="@line")] = 0
    """Line in that file; filled in while loading."""

    @field_validator("site", "path", "page")
    @classmethod
    def _names_a_target(cls, text: str | None, info: ValidationInfo) -> str | None:
        if text is not None:
            _target(str(info.field_name), text)
        return text

    @field_validator("ends")
    @classmethod
    def _ends_later(cls, ends: date | None, info: ValidationInfo) -> date | None:
        since = info.data.get("since")
        if ends is not None and since is not None and ends < since:
            raise wrong(f"it ends on {ends}, before it was added on {since}")
        return ends

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if sum(part is not None for part in (self.site, self.path, self.page)) != 1:
            hint = "for example site: example.org"
            raise wrong("a line of this list needs exactly one of `site`, `path` and `page`", hint)
        return self

    def target(self) -> PolicyTarget:
        """What the line speaks of, in canonical spelling."""
        stated = {"site": self.site, "path": self.path, "page": self.page}
        return next(_target(kind, text) for kind, text in stated.items() if text is not None)


def _target(kind: str, text: str) -> PolicyTarget:
    """Read a `site`, `path` or `page`. Raises an error in the operator's words."""
    try:
        url = parse_url(text, scheme="https")
    except NameProblem as problem:
        raise wrong(f"'{text[:80]}' is not a site or page: {problem}") from problem
    if (url.scheme, url.port) not in (("https", 443), ("http", 80)):
        raise wrong(f"a rule cannot name a port, as '{text[:80]}' does", "it holds for all ports")
    if kind == "site":
        if url.path != "/" or url.query:
            raise wrong(f"'{text[:80]}' is more than a site", "write it as `path:` or `page:`")
        return PolicyTarget(url.host)
    if kind == "path":
        if url.query or url.path == "/":
            raise wrong(f"'{text[:80]}' is not a part of a site", "write it as `site:` or `page:`")
        return PolicyTarget(url.host, url.path)
    return PolicyTarget(url.host, url.path, exact=True, query=url.query or None)


class ScopeSettings(Part):
    """What every level can state; what it does not state, it inherits from the level above."""

    kind: ClassVar[str]

    id: Id
    """Id of this level; unique among all levels."""
    title: Text | None = None
    """What people read; not written: the id."""
    help: Text | None = None
    """Who can help someone here whose page is blocked, in one sentence."""
    rules: tuple[RuleSettings, ...] = ()
    """Category rules; they go before those of the level above, and the first that is on counts."""
    allow: tuple[SchoolRuleSettings, ...] = ()
    """Sites and pages that are open here, whatever category lists say (never the CIPA floor)."""
    block: tuple[SchoolRuleSettings, ...] = ()
    """Sites and pages that are closed here."""
    mode: Mode | None = None
    """What happens to a name no rule speaks of: `open`, `block_uncategorised`, or `allow_only`."""
    safe_search: Mapping[EngineName, str] = {}
    """Search engine -> `strict`, `off`, or for YouTube `moderate`; `all` speaks for every engine."""
    inspect: bool | None = None
    """Whether devices here trust the school's certificate, so that URLs can be judged."""
    pass_through: tuple[PassListName, ...] | None = None
    """Ids of the lists whose names are passed on uninspected; replaces the list of the level above."""
    log: LogLevel | None = None
    """How much an event keeps: `full`, `hosts`, or `blocked` (only where something was blocked)."""
    permits: tuple[PermitSettings, ...] = ()
    """Ways around the filter that somebody allows here, beside those of the levels above."""

    @field_validator("safe_search")
    @classmethod
    def _levels_exist(cls, wanted: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        context = known(info)
        for engine, level in wanted.items():
            levels = context.levels.get(engine) if context is not None else None
            if levels is not None and level not in (*levels, "off"):
                offered = ", ".join((*levels, "off"))
                raise wrong(f"{engine} has no safe-search level '{level}'", f"it offers: {offered}")
        return wanted


class District(ScopeSettings):
    """The level above all others."""

    kind: ClassVar[str] = "district"

    id: Id = "district"
    """Id of this level; unique among all levels."""


class School(ScopeSettings):
    """One school of the district."""

    kind: ClassVar[str] = "school"

    roster_id: Text | None = None
    """The roster's `sourcedId` of this school; not written: the id."""


class Group(ScopeSettings):
    """People under the same rules: a grade band, staff, guests."""

    kind: ClassVar[str] = "group"

    parent: ParentName | None = None
    """A school or group that this group inherits from; not written: the district."""
    profile: Profile | None = None
    """Which defaults of the category catalogue apply; not written: those of the parent group."""
    minor: bool | None = None
    """Whether these are people under 17 (47 U.S.C. 254(h)(7)(D)); not written: as the parent group says."""


class Class(ScopeSettings):
    """A class, whose rules hold for its pupils, if wanted only during its lessons."""

    kind: ClassVar[str] = "class"

    parent: ParentName | None = None
    """The school (or group) that the class belongs to; not written: the district."""
    roster_id: Text | None = None
    """The roster's `sourcedId` of this class; not written: the id."""
    schedule: ScheduleName | None = None
    """The class's rules count only while this schedule is on; not written: always."""


class Device(ScopeSettings):
    """A device known by its address, and what is special about it."""

    kind: ClassVar[str] = "device"

    addresses: Annotated[tuple[Range, ...], Field(min_length=1)]
    """Its address, or several; a range for a cart of devices."""
    subject: Text | None = None
    """The roster's `sourcedId` of the person who uses it."""
    group: GroupName | None = None
    """The group of whoever uses it, where no person is named."""
    school: SchoolName | None = None
    """The school it belongs to, where no person is named."""

    @model_validator(mode="after")
    def _one_user(self) -> Self:
        if (self.subject is None) == (self.group is None):
            raise wrong(f"device '{self.id}' needs either a `subject` or a `group`")
        return self

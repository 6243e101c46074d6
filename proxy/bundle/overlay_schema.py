"""Which fields does an overlay's file have?

overrides:
  - id: "2026-0142"
    action: allow                       # or block
    target: {host: example.org, path: /labs}
    audience: {classes: [science-7b]}   # or {grades: ["09"], within: [valley-high]}
    reason: lesson on optics
    decided_by: principal's office
    ends: 2026-12-18T15:00:00-06:00     # begins and ends may be left out
corrections:
  - id: c-17
    name: clinic.example.org
    category: pornography
    why: a health clinic
    by: [library, principal's office]
    schools: [valley-high]              # left out: for everybody
permits:
  - id: console-permit-2
    technique: tunnel.ssh               # or the first parts of several: tunnel
    hosts: [shell.example.org]          # left out: anywhere
    ports: [22]                         # left out: any
    audience: {classes: [science-7b]}
    reason: programming lessons
    decided_by: safeguarding office
    ends: 2027-06-30T18:00:00-05:00     # it must end; begins may be left out
"""

import re
from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from proxy.decision.names import NameProblem, canonical_host
from proxy.decision.schedule import YEARS
from proxy.decision.urls import canonical_path
from proxy.decision.verdict import Action

_TECHNIQUE = re.compile(r"(?!fault(?:\.|$))[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
"""What a detector failed at nobody can permit."""


def _host(text: str) -> str:
    try:
        return canonical_host(text)
    except NameProblem as problem:
        raise ValueError(f"{text[:80]!r} is no host name or address: {problem}") from problem


def _within_reach(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise ValueError(f"is out of reach; years from {YEARS[0]} to {YEARS[-1]}, or leave it out for no end")
    return moment


def _technique(text: str) -> str:
    if not _TECHNIQUE.fullmatch(text):
        raise ValueError(f"{text[:80]!r} is no technique, nor the first parts of one")
    return text


Text = Annotated[str, Field(min_length=1, max_length=2000)]
Host = Annotated[str, AfterValidator(_host)]
Technique = Annotated[str, Field(max_length=64), AfterValidator(_technique)]
Port = Annotated[int, Field(ge=1, le=65535)]
Moment = Annotated[AwareDatetime, AfterValidator(_within_reach)]


class _Entry(BaseModel):
    model_config = ConfigDict(
        frozen=True, defer_build=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False
    )


class TargetEntry(_Entry):
    """What an override speaks of; see decision.policy.Target."""

    host: Host
    path: Annotated[str, AfterValidator(canonical_path)] = "/"
    exact: bool = False
    query: str | None = None


class AudienceEntry(_Entry):
    """Whom an override is for; see decision.policy.Audience."""

    subjects: tuple[Text, ...] = ()
    classes: tuple[Text, ...] = ()
    grades: tuple[Text, ...] = ()
    groups: tuple[Text, ...] = ()
    schools: tuple[Text, ...] = ()
    within: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if not any((self.subjects, self.classes, self.grades, self.groups, self.schools)):
            raise ValueError("names nobody; give at least one of subjects, classes, grades, groups, schools")
        return self


class OverrideEntry(_Entry):
    """One override; see decision.policy.Override."""

    id: Text
    action: Action
    target: TargetEntry
    audience: AudienceEntry
    reason: Text
    decided_by: Text
    begins: Moment | None = None
    ends: Moment | None = None

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        if self.action is Action.REWRITE:
            raise ValueError("action is allow or block")
        if self.begins is not None and self.ends is not None and self.ends <= self.begins:
            raise ValueError("ends before it begins")
        return self


class CorrectionEntry(_Entry):
    """One correction; see decision.policy.Correction."""

    id: Text
    name: Host
    category: Text
    why: Text
    by: Annotated[tuple[Text, ...], Field(min_length=1)]
    schools: tuple[Text, ...] = ()


class PermitEntry(_Entry):
    """One permit; see decision.permits.GivenPermit."""

    id: Text
    technique: Technique
    hosts: tuple[Host, ...] = ()
    ports: tuple[Port, ...] = ()
    audience: AudienceEntry
    reason: Text
    decided_by: Text
    begins: Moment | None = None
    ends: Moment

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        if self.begins is not None and self.ends <= self.begins:
            raise ValueError("ends before it begins")
        return self


class OverlayFile(_Entry):
    """A whole overlay."""

    overrides: tuple[OverrideEntry, ...] = ()
    corrections: tuple[CorrectionEntry, ...] = ()
    permits: tuple[PermitEntry, ...] = ()

    @model_validator(mode="after")
    def _has_distinct_ids(self) -> Self:
        for entries in (self.overrides, self.corrections, self.permits):
            seen: set[str] = set()
            for entry in entries:
                if entry.id in seen:
                    raise ValueError(f"the id {entry.id!r} is used twice")
                seen.add(entry.id)
        return self

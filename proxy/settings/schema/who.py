"""Where do clients come from, and how is it known who they are?"""

from enum import Enum
from typing import Annotated

from pydantic import Field

from proxy.decision.policy import BlockAnswer
from proxy.settings.fields import GroupName, Id, LocalPath, Range, SchoolName, Text
from proxy.settings.schema.part import Part


class Network(Part):
    """A range of client addresses. Clients outside all networks get nothing at all."""

    id: Id
    """Id of the network."""
    title: Text | None = None
    """What people read; not written: the id."""
    addresses: Annotated[tuple[Range, ...], Field(min_length=1)]
    """Address ranges; where two networks overlap, the smaller range counts."""
    group: GroupName | None = None
    """Group of clients here that nothing identifies; not written: the group named by `strictest`."""
    school: SchoolName | None = None
    """School that this network belongs to."""
    block_answer: BlockAnswer = BlockAnswer.PAGE
    """What the resolver answers for a blocked name: `page`, `nxdomain`, `nodata` or `refused`."""
    inspect: bool | None = None
    """Whether devices here trust the school's certificate; not written: as their group says."""
    identify: bool = True
    """Whether device entries and log-ins count here; `false` judges everybody as the network's group."""


class Role(Enum):
    """A person's role, as OneRoster's users.csv writes it."""

    STUDENT = "student"
    TEACHER = "teacher"
    AIDE = "aide"
    ADMINISTRATOR = "administrator"
    PARENT = "parent"
    GUARDIAN = "guardian"
    RELATIVE = "relative"
    PROCTOR = "proctor"


class Placement(Part):
    """Which people of the roster belong to which group; the first placement that fits counts."""

    group: GroupName
    """The group."""
    roles: tuple[Role, ...] = (Role.STUDENT,)
    """Roles that it is for."""
    grades: tuple[Text, ...] = ()
    """Grades as the roster writes them (`06`); not written: any grade."""
    school: SchoolName | None = None
    """Only people of this school; not written: any school."""


class RosterSettings(Part):
    """The roster, as CSV files with the columns of OneRoster 1.1."""

    users: LocalPath
    """users.csv: people, with role, grades and schools. Names of people are never kept."""
    orgs: LocalPath | None = None
    """orgs.csv: schools."""
    classes: LocalPath | None = None
    """classes.csv: classes."""
    enrollments: LocalPath | None = None
    """enrollments.csv: who is in which class."""
    demographics: LocalPath | None = None
    """demographics.csv: dates of birth, which say who is a minor; without it the group says so."""
    placements: Annotated[tuple[Placement, ...], Field(min_length=1)]
    """Which people belong to which group."""

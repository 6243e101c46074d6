"""A small roster as files, and the import of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from proxy.console.people.models import Person
from proxy.console.people.roster import Imported, import_roster
from proxy.console.site.config import ConsoleConfig
from proxy.settings.schema.who import RosterSettings

AT = datetime(2026, 11, 23, 15, tzinfo=UTC)
USERS = "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,email,grades"
ANNA = "s-1,active,true,org-high,student,Anna,Anna,Ash,anna@x.example,7"
BEN = "s-2,active,true,org-elementary,student,ben,Ben,Birch,,03"
TIM = "t-1,active,true,org-high,teacher,tim,Tim,Teak,tim@x.example,"


class School:
    """The files of two schools, three people and two classes; each can be written anew."""

    def __init__(self, folder: Path, with_console: Callable[..., ConsoleConfig]) -> None:
        self.folder = folder
        self._with_console = with_console
        self.users(ANNA, BEN, TIM)
        self.write("orgs.csv", "sourcedId,type", "org-high,school", "org-elementary,school")
        self.write(
            "classes.csv", "sourcedId,title,schoolSourcedId,grades", "c-1,Optics,org-high,7", "c-2,Art,,"
        )
        self.write(
            "enrollments.csv",
            "sourcedId,classSourcedId,userSourcedId,role",
            "e-1,c-1,s-1,student",
            "e-2,c-1,t-1,teacher",
        )

    def write(self, name: str, *lines: str) -> None:
        """Write a file."""
        (self.folder / name).write_text("\n".join(lines) + "\n")

    def users(self, *lines: str, header: str = USERS) -> None:
        """Write the file of the people."""
        self.write("users.csv", header, *lines)

    def bring_in(self, at: datetime = AT, *, duties: Any = None, **more: Any) -> Imported:
        """Import the files, with these lines of duties."""
        if duties is not None:
            self.write("duties.csv", "sourcedId,duty,school,rank,begins,ends", *duties)
        files = {name: self.folder / f"{name}.csv" for name in ("users", "orgs", "classes", "enrollments")}
        running = self._with_console(duties=self.folder / "duties.csv" if duties is not None else None)
        roster = RosterSettings(**files, placements=running.settings.roster.placements)
        settings = running.settings.model_copy(update={"roster": roster})
        return import_roster(replace(running, settings=settings), at, **more)


def of(sourced_id: str) -> Person:
    """Somebody of the roster."""
    return Person.objects.get(sourced_id=sourced_id)

"""What can be counted of blocks, and how is it asked of the counts, of rows and of what is in the spool?"""

from collections.abc import Callable
from dataclasses import dataclass

from proxy.decision.names import covers
from proxy.journal import counts, rows
from proxy.journal.recent import Blocked
from proxy.journal.rows import Condition, spelled

type Name = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question, told three ways.

    name, table, counted   of the counts: columns of the name by which blocks are told, and where they stand
    row_name, row          of rows
    is_about, name_of      of events that lie in the spool: whether a host and a referring host are asked
                           about, and the name
    by_host                it asks about a host
    by_day                 table of the counts that has the sums of whole days; "": there is none
    """

    name: str
    table: str
    counted: Condition
    row_name: str
    row: Condition
    is_about: Callable[[str, str], bool]
    name_of: Callable[[Blocked], Name]
    by_host: bool = True
    by_day: str = ""


def blocked_at(host: str) -> Question:
    """How often a host, and what is below it, was blocked, by group."""
    return Question(
        name="grp",
        table="blocked",
        counted=counts.at_or_below("host", host),
        row_name="grp",
        row=Condition(rows.at_or_below("host", "host"), _named(host)),
        is_about=lambda blocked, referring: covers(host, blocked),
        name_of=lambda one: (one.group,),
    )


def needed_by(host: str) -> Question:
    """How often pages on a host, or below it, asked for others and did not get them, by those."""
    page = counts.at_or_below("page", host)
    not_own = "host <> :own and substr(host, -length(:below_own)) <> :below_own"
    own = rows.at_or_below("host", "host")
    return Question(
        name="host",
        table="needed",
        counted=Condition(
            f"{page.sql} and {not_own}",
            {**page.parameters, "own": spelled(host), "below_own": "." + spelled(host)},
        ),
        row_name="host",
        row=Condition(f"{rows.at_or_below('referring_host', 'host')} and not {own}", _named(host)),
        is_about=lambda blocked, referring: covers(host, referring) and not covers(host, blocked),
        name_of=lambda one: (one.host,),
    )


def by_list() -> Question:
    """How often each list blocked, by list and category."""
    return Question(
        name="list_id, category",
        table="by_list",
        counted=Condition("true", {}),
        row_name="list_id, category",
        row=Condition("true", {}),
        is_about=lambda blocked, referring: True,
        name_of=lambda one: (one.list_id, one.category),
        by_host=False,
        by_day="by_list_and_day",
    )


def _named(host: str) -> dict[str, str | int]:
    return {"host": spelled(host), "below_host": "." + spelled(host)}

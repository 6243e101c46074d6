"""What does the page of figures show, for which days and which schools?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from proxy.console.people.access import DutyAt
from proxy.console.people.duties import DutyKind
from proxy.console.reports import counting, figures
from proxy.console.reports.figures import Appeals, Line, ListLine
from proxy.console.reports.periods import Period
from proxy.console.review.states import Kind
from proxy.console.site.config import ConsoleConfig
from proxy.journal.archive import open_events
from proxy.journal.duck import DatabaseError

READERS = frozenset(
    {
        DutyKind.REVIEWER,
        DutyKind.TECHNICAL_REVIEWER,
        DutyKind.APPEAL_OFFICER,
        DutyKind.COUNSELOR,
        DutyKind.TECHNICIAN,
        DutyKind.AUDITOR,
        DutyKind.ADMINISTRATOR,
    }
)
DISTRICT = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a period.

    schools      id -> title, of those that the reader may see; "" is the whole district
    by_kind, by_school, by_part   each broken down from `total`; `by_part` by the first days of its parts
    lists        the over-blocking figure
    blocks_from  from which day on events tell how often lists blocked; None: they do not
    """

    period: Period
    school: str | None
    schools: Mapping[str, str]
    total: Line
    by_kind: tuple[Line, ...]
    by_school: tuple[Line, ...]
    by_part: tuple[Line, ...]
    appeals: Appeals
    lists: tuple[ListLine, ...]
    blocks_from: date | None


def schools_of(
    duties: frozenset[DutyAt], known: Mapping[str, str], readers: frozenset[DutyKind] = READERS
) -> Mapping[str, str]:
    """The schools whose figures somebody with these duties may read: those of the duties, or all.

    known     id -> title of every school
    readers   which duties read these figures
    """
    held = {duty.school for duty in duties if duty.kind in readers}
    if DISTRICT in held:
        return {DISTRICT: "Whole district", **known}
    return {id_: title for id_, title in known.items() if id_ in held}


def report(
    period: Period, school: str | None, schools: Mapping[str, str], at: datetime, running: ConsoleConfig
) -> Report:
    """Count a period.

    school    one of `schools`; None: all of them
    schools   what the reader may see
    """
    seen = frozenset(schools) if school is None else frozenset({school})
    everything = school is None and DISTRICT in schools
    scope = counting.Scope(period, None if everything else seen)
    made, answers = counting.made(scope, at), figures.in_order(counting.answers(scope))
    named = [id_ for id_ in schools if id_ in seen]
    more = sorted({group.school for group in made} - {*named}) if everything else []
    whole = everything or (len(running.settings.schools) < 2 and any(seen))  # one school is all there is
    blocks_from, blocks = _blocks(period, at, running) if whole else (None, None)
    return Report(
        period=period,
        school=school,
        schools=schools,
        total=figures.total(made, answers),
        by_kind=figures.lines(made, answers, lambda one: one.kind, [kind.value for kind in Kind], str),
        by_school=figures.lines(made, answers, lambda one: one.school, [*named, *more], str),
        by_part=figures.lines(made, answers, lambda one: one.part, [*period.parts()], date.isoformat),
        appeals=counting.appeals(scope),
        lists=figures.over_blocking(counting.refused(scope), blocks),
        blocks_from=blocks_from,
    )


def _blocks(
    period: Period, at: datetime, running: ConsoleConfig
) -> tuple[date | None, Mapping[tuple[str, str], int] | None]:
    """How often each list blocked, from the first day of the period of which all events are kept."""
    kept_from = at - timedelta(days=running.settings.journal.retention_days)
    first = max(period.begins, kept_from)
    if first >= period.ends:
        return None, None
    try:
        found = open_events(running.state).blocks_by_list(first, min(period.ends, at + timedelta(hours=1)))
    except (OSError, DatabaseError):
        return None, None
    return first.astimezone(period.zone).date(), {(one.list_id, one.category): one.blocks for one in found}

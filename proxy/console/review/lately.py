"""What do the events say of a site lately? Numbers only: nobody's history is shown to anyone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from proxy.bundle.load import LoadedBundle
from proxy.console.review.spoken import Sort, spoken
from proxy.decision.names import NameProblem, covers
from proxy.journal.archive import open_events

SPAN = timedelta(days=14)
MOST_HOSTS = 15


@dataclass(frozen=True, slots=True)
class Needed:
    """Another host that pages of the site asked for, and that was blocked.

    times        how often
    is_blocked   whether somebody of the audience is refused it now
    """

    host: str
    times: int
    is_blocked: bool


@dataclass(frozen=True, slots=True)
class Lately:
    """Two weeks of events about one site.

    since    where they begin
    blocked  title of a group -> how often the site was blocked for its members
    needed   what else would have to be open for the site's pages to be whole
    """

    since: datetime
    blocked: Mapping[str, int] = field(default_factory=dict)
    needed: tuple[Needed, ...] = ()

    @property
    def times(self) -> int:
        """How often the site was blocked in all."""
        return sum(self.blocked.values())


def lately(
    state: Path, loaded: LoadedBundle | None, host: str, sorts: Sequence[Sort], at: datetime
) -> Lately:
    """Read the events about a host.

    sorts    the people a request is for; other hosts are judged for them by the policy in force

    Raises what reading the journal raises.
    """
    since = at - SPAN
    events = open_events(state)
    blocked = sorted(events.blocked_lately(host, since).items(), key=lambda pair: -pair[1])
    others = sorted(events.needed_hosts(host, since).items(), key=lambda pair: (-pair[1], pair[0]))
    return Lately(
        since,
        {_title(loaded, group): times for group, times in blocked},
        tuple(
            Needed(other, times, _is_blocked(loaded, other, sorts, at))
            for other, times in others[:MOST_HOSTS]
            if not covers(host, other)
        ),
    )


def _title(loaded: LoadedBundle | None, group: str) -> str:
    known = loaded.policy.scopes.get(group) if loaded is not None else None
    return known.title if known is not None and known.title else group or "not known"


def _is_blocked(loaded: LoadedBundle | None, host: str, sorts: Sequence[Sort], at: datetime) -> bool:
    if loaded is None or not sorts:
        return True  # it was, when it was asked for
    try:
        return any(one.is_blocked for one in spoken(loaded, sorts, host, at))
    except NameProblem:
        return True

"""What was found innocent, and does not count while its pardon holds?"""

from collections.abc import Iterable, Mapping

from proxy.console.incidents.models import Finding, Pardon
from proxy.console.incidents.naming import Known, whose
from proxy.incidents.pardons import Excuse


def excuses() -> list[Excuse]:
    """The pardons that nobody has taken back. Each knows itself when it ends."""
    return [
        Excuse(row.techniques, row.site, row.audience, row.ends)
        for row in Pardon.objects.filter(revoked_at__isnull=True)
    ]


def unexcused(acts: Iterable[Finding], known: Mapping[str, Known], given: list[Excuse]) -> list[Finding]:
    """The acts that none of some excuses covers: one made before its pardon does not count either.

    known   who is behind the acts' pseudonyms
    """
    return [
        act
        for act in acts
        if not any(
            one.covers(act.technique, act.host, whose(act, known.get(act.subject)), act.last_at)
            for one in given
        )
    ]

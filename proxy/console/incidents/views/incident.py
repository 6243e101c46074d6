"""One incident: what is shown of it, and which steps does somebody get beside it?"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from proxy.console.incidents import audiences, offers, visibility
from proxy.console.incidents.around import Around, around
from proxy.console.incidents.following import FollowingForm, Offered, Shown
from proxy.console.incidents.forms import EndForm, FollowUpForm, GiveBackForm
from proxy.console.incidents.innocence import Means
from proxy.console.incidents.models import Finding, Incident
from proxy.console.incidents.reach import kinds, where
from proxy.console.incidents.similar import similar
from proxy.console.incidents.spoken import STEPS, Spoken, family, spoken, stage
from proxy.console.incidents.states import ENDED, State, Step
from proxy.console.incidents.views.visit import READERS, Visit, visit
from proxy.console.people.gates import for_duties
from proxy.console.people.words import school_title

log = logging.getLogger("schoolgate.console")

MOST_TIMELINES = 5
ENDINGS = (Step.CONFIRM, Step.CLEAR, Step.LEAVE)


@dataclass(frozen=True, slots=True)
class ShownAct:
    """One act, for people.

    around   None: it is not read, or cannot be
    """

    finding: Finding
    technique: Spoken
    stage: str
    around: Around | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an incident's history."""

    at: datetime
    words: str
    who: str
    note: str


@dataclass(frozen=True, slots=True)
class Written:
    """What came back with a page that could not do what was asked, or with what was asked to be shown.

    name     of the person behind the pseudonym; "" where nobody is known; None: not asked for
    """

    following: FollowingForm | None = None
    back: GiveBackForm | None = None
    means: Means | None = None
    refused: str = ""
    name: str | None = None


def find(seen: Visit, incident_id: int) -> Incident:
    """An incident that somebody may see. Raises Http404, also for one that there is."""
    incidents = visibility.readable_by(seen.person, seen.on).select_related("holder", "ended_by")
    return get_object_or_404(incidents, pk=incident_id)


@for_duties(*READERS)
@require_safe
def incident(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Show an incident."""
    seen = visit(request)
    return show(request, seen, find(seen, incident_id))


def show(
    request: HttpRequest, seen: Visit, shown: Incident, written: Written | None = None, status: int = 200
) -> HttpResponse:
    """Show an incident, with what somebody has written where it could not be taken."""
    written = written or Written()
    may = {step: visibility.why_not(seen.person, shown, step, seen.on) is None for step in Step}
    ends = any(may[step] for step in ENDINGS)
    end = written.following if isinstance(written.following, EndForm) else None
    more = written.following if isinstance(written.following, FollowUpForm) else None
    end = end or (end_form(None, seen, shown) if ends else None)
    more = more or (follow_up_form(None, seen, shown) if may[Step.FOLLOW_UP] else None)
    findings = offers.weightiest(shown)  # after the forms, which say what was shown at the latest
    context = {
        "incident": shown,
        "technique": spoken(shown.technique),
        "school": school_title(shown.school),
        "group": _group(seen, shown.policy_group),
        "acts": [_shown(seen, one, reads=number < MOST_TIMELINES) for number, one in enumerate(findings)],
        "all_acts": shown.findings.count(),
        "is_one": _is_one(seen, findings),
        "similar": similar(shown, seen.at),
        "history": _history(shown),
        "has_ended": State(shown.state) in ENDED,
        "takes_up": may[Step.TAKE_UP],
        "last_move": str(_last_move(shown)),
        "back": written.back or (GiveBackForm() if may[Step.GIVE_BACK] else None),
        "end": end,
        "more": more,
        "bar": "" if ends or may[Step.TAKE_UP] else _bar(seen, shown),
        "may_name": bool(shown.subject) and visibility.may_name(seen.person, shown, seen.on),
        "name": written.name,
        "means": written.means,
        "refused": written.refused,
    }
    return render(request, "incidents/incident.html", context, status=status)


def end_form(data: Any, seen: Visit, shown: Incident) -> EndForm:
    """The form with which an incident ends."""
    return EndForm(data, causes=spoken(shown.technique).innocent, **_shown_to(seen, shown))


def follow_up_form(data: Any, seen: Visit, shown: Incident) -> FollowUpForm:
    """The form with which more follows from an incident that was innocent."""
    return FollowUpForm(data, **_shown_to(seen, shown))


def _shown_to(seen: Visit, shown: Incident) -> Shown:
    # First of all: what comes while the rest is read was not shown.
    acts, last = offers.acts_of(shown), _last_move(shown)
    offered = Offered(
        places=_places(shown),
        ways=[(one.value, f"{_way(one.technique)}: {where(one.host)}") for one in offers.ways(shown)],
        pardon_for=audiences.choices(shown),
        permit_for=audiences.choices(shown, permits=True),
    )
    return Shown(offered=offered, zone=seen.config.zone, now=seen.at, seen=last, acts=acts)


def _places(shown: Incident) -> list[tuple[str, str]]:
    found = offers.places(shown)
    said = [f"{where(one.site)}: {kinds(one.techniques)}" for one in found.single]
    if found.others:
        further = ngettext(
            "%(n)s further site, with everything below it",
            "%(n)s further sites, each with everything below it",
            len(found.others),
        )
        said.append(f"{further % {'n': len(found.others)}}: {kinds(found.kinds)}")
    return list(zip(found.by_value(), said, strict=True))


def _way(technique: str) -> str:
    if "." in technique:
        return spoken(technique).title
    return f"{family(technique)} ({_('every way of this kind')})"


def _last_move(shown: Incident) -> int:
    return shown.moves.order_by("-pk").values_list("pk", flat=True).first() or 0


def _group(seen: Visit, id_: str) -> str:
    titles = {group.id: group.title for group in seen.config.settings.groups}
    return titles.get(id_) or id_


def _shown(seen: Visit, finding: Finding, *, reads: bool) -> ShownAct:
    return ShownAct(
        finding,
        spoken(finding.technique),
        stage(finding.stage),
        _around(seen, finding) if reads and finding.site else None,
    )


def _around(seen: Visit, finding: Finding) -> Around | None:
    try:
        return around(seen.config.state, finding)
    except Exception:
        log.exception("the events around a finding could not be read")
        return None


def _is_one(seen: Visit, findings: Sequence[Finding]) -> bool:
    """Whether the weightiest act alone was enough."""
    return bool(findings) and findings[0].weight >= seen.config.settings.incidents.opens_at


def _history(shown: Incident) -> list[Line]:
    moves = shown.moves.select_related("by").order_by("pk")
    return [Line(move.at, str(STEPS[Step(move.step)]), move.by.name, move.note) for move in moves]


def _bar(seen: Visit, shown: Incident) -> str:
    """Why this person cannot do the next step, where one is awaited at all."""
    if State(shown.state) in ENDED:
        return ""
    step = Step.TAKE_UP if State(shown.state) is State.OPEN else Step.LEAVE
    return visibility.why_not(seen.person, shown, step, seen.on) or ""

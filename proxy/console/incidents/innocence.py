"""What does an innocent end bring about, in plain words: what, where, for whom, until when?"""

from dataclasses import dataclass
from datetime import datetime

from proxy.console.incidents import desk
from proxy.console.incidents.forms import EndForm
from proxy.console.incidents.models import Finding, Incident
from proxy.console.incidents.spoken import Spoken, spoken
from proxy.console.incidents.states import State


@dataclass(frozen=True, slots=True)
class Part:
    """One of the two things that an innocent end can bring about.

    site   "": anywhere
    whom   in words
    ends   the first moment at which it is over; None: when it is taken back
    """

    technique: Spoken
    site: str
    whom: str
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Means:
    """What a form says. Both None: the incident ends, and nothing changes."""

    pardon: Part | None = None
    permit: Part | None = None


def means(form: EndForm, incident: Incident) -> Means:
    """What a form would bring about, as far as it can be read. Ask only after `is_valid()`."""
    data = form.cleaned_data
    finding = _finding(data.get("what", ""), incident)
    if data.get("outcome") != State.INNOCENT.value or finding is None:
        return Means()
    pardon = permit = None
    if data.get("pardon"):
        ends = form.end("pardon_ends") if data.get("pardon_ends") else None
        pardon = Part(spoken(finding.technique), finding.site, _whom(form, "pardon_for"), ends)
    if data.get("permit") and data.get("permit_for") and data.get("permit_ends"):
        ends = form.end("permit_ends")
        permit = Part(spoken(finding.technique), finding.host, _whom(form, "permit_for"), ends)
    return Means(pardon, permit)


def wanted(form: EndForm, incident: Incident) -> tuple[desk.PardonWanted | None, desk.PermitWanted | None]:
    """What a valid form asks the desk for."""
    said = means(form, incident)
    data = form.cleaned_data
    pardon = permit = None
    if said.pardon is not None:
        pardon = desk.PardonWanted(
            said.pardon.technique.id, said.pardon.site, data["pardon_for"], said.pardon.ends
        )
    if said.permit is not None and said.permit.ends is not None:
        permit = desk.PermitWanted(
            said.permit.technique.id, said.permit.site, data["permit_for"], said.permit.ends, data["words"]
        )
    return pardon, permit


def _finding(number: str, incident: Incident) -> Finding | None:
    return incident.findings.filter(pk=int(number)).first() if number else None


def _whom(form: EndForm, name: str) -> str:
    return str(dict(form.fields[name].choices).get(form.cleaned_data.get(name), ""))  # type: ignore[attr-defined]

"""Incidents as they are found, with words of their own: `incident(acts=[act("games.example")])`."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from proxy.console.incidents.following import Offered
from proxy.console.incidents.forms import EndForm
from proxy.console.incidents.models import Finding, Incident
from proxy.console.incidents.naming import pseudonyms
from proxy.console.people.models import Person
from review_office import MONDAY, SCHOOL

TECHNIQUE = "webproxy.ultraviolet.url"
CLIENT = "192.0.2.7"


@dataclass(frozen=True)
class Act:
    """What was seen of one technique at one site."""

    host: str = "uv.example"
    technique: str = TECHNIQUE
    weight: float = 0.95
    times: int = 3
    stage: str = "http"
    at: datetime = MONDAY - timedelta(hours=1)
    evidence: dict[str, str] = field(default_factory=lambda: {"path": "/uv/service/hvtrs8%2F-game"})


def subject_of(person: Person) -> str:
    """The pseudonym under which events know somebody."""
    known = pseudonyms()
    assert known is not None
    return known.of(person.sourced_id or "")


def incident(
    about: Person | None = None, *, acts: tuple[Act, ...] = (Act(),), at: datetime = MONDAY, **fields: Any
) -> Incident:
    """An incident that has opened, with its acts.

    about   None: nobody was identified
    """
    subject = subject_of(about) if about is not None else ""
    who = subject or fields.get("client", CLIENT)
    same = {"who": who, "subject": subject, "school": fields.get("school", SCHOOL), "policy_group": "high"}
    gravest = max(acts, key=lambda one: one.weight)
    made = Incident.objects.create(
        **{
            **same, "client": CLIENT, "technique": gravest.technique,
            "score": sum(one.weight for one in acts),
            "times": sum(one.times for one in acts), "opened_at": at, "first_at": min(one.at for one in acts),
            "last_at": max(one.at for one in acts), **fields,
        }
    )  # fmt: skip
    for number, one in enumerate(acts):
        Finding.objects.create(
            **same, incident=made, client=CLIENT, stage=one.stage, technique=one.technique, host=one.host,
            site=one.host, evidence=one.evidence, confidence=0.97, weight=one.weight, first_at=one.at,
            last_at=one.at + timedelta(minutes=4), times=one.times, event=f"{number:026d}",
        )  # fmt: skip
    return made


def end_form(data: dict[str, Any] | None = None, **fields: Any) -> EndForm:
    """The form with which an incident ends; `fields`: what is offered, causes, zone, now."""
    offered = {
        "places": [("a.example webproxy", "a.example: Web proxy")],
        "ways": [("1 webproxy.uv a.example", "Ultraviolet: a.example")],
        "pardon_for": [("who", "one")], "permit_for": [("who", "one")],
    }  # fmt: skip
    offered |= {name: fields.pop(name) for name in offered.keys() & fields.keys()}
    told = {
        "causes": ("a lesson",), "zone": ZoneInfo("America/Chicago"), "now": MONDAY,
        "offered": Offered(**offered),
    }  # fmt: skip
    return EndForm(data, **{**told, **fields})

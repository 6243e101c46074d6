"""How are the parts of a case written on a page?

{{ case|address }}          the host, with the path where not the whole site is meant
{{ opening|place }}         the same of an opening
{{ case.school|school }}    what a school is called; "Whole district" for none
{{ checklist|questions }}   the three questions of the law with what was answered
{{ id|technique_title }}    what a way around the filter is called
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template

from proxy.console.review.checklist import QUESTIONS, Checklist, Unanswered
from proxy.console.review.in_force import in_force
from proxy.console.review.models import Case, Opening
from proxy.console.review.states import Reach
from proxy.console.site.config import config

register = template.Library()


@dataclass(frozen=True, slots=True)
class Answered:
    """One question of the checklist with its answer."""

    question: str
    words: str
    note: str


@register.filter
def address(case: Case) -> str:
    """`physics.example/labs`; "" for a case that names no site."""
    if not case.host or case.reach == Reach.SITE.value:
        return case.host
    query = f"?{case.query}" if case.reach == Reach.PAGE.value and case.query else ""
    return f"{case.host}{case.path}{query}"


@register.filter
def place(opening: Opening) -> str:
    """`physics.example/labs`, as an opening has it."""
    if opening.path == "/" and not opening.exact:
        return opening.host
    query = f"?{opening.query}" if opening.exact and opening.query else ""
    return f"{opening.host}{opening.path}{query}"


@register.filter
def school(id_: str) -> str:
    """A school's title by the settings."""
    if not id_:
        return "Whole district"
    return next((one.title or one.id for one in config().settings.schools if one.id == id_), id_)


@register.filter
def technique_title(id_: str) -> str:
    """A technique's title by the policy in force; its name where that does not know it."""
    loaded = in_force(config().state)
    known = loaded.knowledge.techniques.get(id_) if loaded is not None and loaded.knowledge else None
    return known.title if known is not None and known.title else id_


@register.filter
def questions(checklist: Mapping[str, Any]) -> list[Answered]:
    """The three questions with what was answered; empty where a decision needed no answers."""
    try:
        found = Checklist.from_plain(checklist)
    except Unanswered:
        return []
    answers = {name: getattr(found, name) for name in QUESTIONS}
    return [
        Answered(QUESTIONS[name][:1].upper() + QUESTIONS[name][1:], "Yes" if one.yes else "No", one.note)
        for name, one in answers.items()
    ]

"""How does a step of a request become a letter that waits to be sent?"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from proxy import metrics
from proxy.console.people.models import Person
from proxy.console.post.models import Letter
from proxy.console.post.sorts import SORTS
from proxy.console.site.config import config

log = logging.getLogger("schoolgate.console")

TEMPLATES = Path(__file__).with_name("templates")
QUOTE = "> "


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A piece of a letter; `quote`: somebody else's words."""

    text: str
    quote: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as it will be sent."""

    subject: str
    text: str
    html: str


def queue_letter(
    to: Person, template: str, context: Mapping[str, Any], *, key: str, at: datetime, page: str = ""
) -> Letter | None:
    """Queue a letter in the transaction under way; it is sent when that has committed, never here.

    template   a name of `sorts.SORTS`; the body is `post/<template>.txt`
    context    for the body; `number` is the request's number
    key        what causes it; the person is added. A second letter for a key is not queued
    page       name of the address that it leads to; "": that of its sort

    Returns the letter, also when it was queued before; None when the person has no address, may not use
    the console that day, or the letter cannot be written: that is counted and logged, and never keeps the
    step from being taken.
    """
    if not to.email or not to.may_use(at.astimezone(config().zone).date()):
        return None
    language = to.language or config().console.languages[0]
    try:
        written = write(to, template, context, language, page)
    except Exception:
        metrics.ERRORS.inc("letter")
        log.exception("the letter '%s' could not be written; it is left out", template)
        return None
    letter, _ = Letter.objects.get_or_create(
        key=f"{key}/{to.pk}",
        defaults={
            "to": to.email,
            "language": language,
            "subject": written.subject,
            "text": written.text,
            "html": written.html,
            "queued_at": at,
            "not_before": at,
        },
    )
    return letter


def write(to: Person, template: str, context: Mapping[str, Any], language: str, page: str = "") -> Written:
    """Write a letter in a language. The body is one template; both parts of the mail are made of it.

    page   as for `queue_letter`
    """
    sort = SORTS[template]
    number = context.get("number")
    with translation.override(language), timezone.override(config().zone):
        leads_to = reverse(page or sort.page, args=(number,) if sort.numbered else ())
        told = {
            **context,
            "to": to,
            "language": language,
            "subject": str(sort.subject) % {"number": number},
            "address": config().url.rstrip("/") + leads_to,
            "school": config().settings.gateway.school_name,
        }
        body = _plain().get_template(f"post/{template}.txt").render(Context(told, autoescape=False))
        told["paragraphs"] = paragraphs(body)
        text = _plain().get_template("post/letter.txt").render(Context(told, autoescape=False))
        return Written(told["subject"], text.strip() + "\n", render_to_string("post/letter.html", told))


def paragraphs(body: str) -> list[Paragraph]:
    """The pieces of a body: empty lines part them, and so does the change to quoted lines and back."""
    found: list[Paragraph] = []
    lines: list[str] = []

    def end() -> None:
        if lines:
            found.append(_paragraph(lines))
            lines.clear()

    for line in (line.strip() for line in body.splitlines()):
        if not line or (lines and _is_quote(line) != _is_quote(lines[0])):
            end()
        if line:
            lines.append(line)
    end()
    return found


def _paragraph(lines: list[str]) -> Paragraph:
    if not _is_quote(lines[0]):
        return Paragraph("\n".join(lines))
    return Paragraph("\n".join(line.removeprefix(QUOTE.strip()).lstrip() for line in lines), quote=True)


def _is_quote(line: str) -> bool:
    return line.startswith(QUOTE.strip())


@cache
def _plain() -> Engine:
    """The engine for plain text: nothing is escaped, so that an apostrophe stays one."""
    return Engine(
        dirs=[str(TEMPLATES)],
        autoescape=False,
        libraries={
            "i18n": "django.templatetags.i18n",
            "letters": "proxy.console.post.templatetags.letters",
        },
    )

"""Which tags do templates have for the parts that every page is made of?

{% load look %}
{% field form.purpose %}              label, hint, error and widget, tied together for screen readers
{% error_summary form %}              what is wrong, above the form, with links to the fields
{% state case.state %}                a badge; `{% state case.state staff=True %}` in staff's words
{% due case.due_at now %}             "Friday 27 November 2026, 15:00 (in 3 hours)", overdue in red
{{ case.kind|kind_words }}            also step_, outcome_, duty_, reach_ and resource_words, tone
{{ moment|moment }}                   a <time> element in the school's zone
{{ moment|said }}                     the same words alone, for letters
{{ duty.ends|day }}                   a day
{{ case.appeal_until|last_day }}      the day with whose end something ends
{{ counts|beside:entry.route }}       what waits behind a link, "" where nothing does
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from proxy.console.look import dates, words

register = template.Library()

SOON = timedelta(hours=4)


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """A form field with all that belongs to it."""
    return bound.as_field_group()


@register.inclusion_tag("console/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What is wrong with a form, each with a link to its field."""
    return {
        "form": form,
        "wrong": [(bound, error) for bound in form.visible_fields() for error in bound.errors],
    }


@register.simple_tag
def state(value: str, staff: bool = False) -> SafeString:
    """A state as a badge."""
    return format_html('<span class="badge {}">{}</span>', words.tone(value), words.state(value, staff=staff))


@register.simple_tag
def due(at: datetime | None, now: datetime) -> SafeString:
    """When an answer is due, and how far off that is; "" when none is."""
    if at is None:
        return SafeString("")
    left = at - now
    tone = "late" if left <= timedelta(0) else "soon" if left <= SOON else ""
    return format_html(
        '<span class="due {}"><time datetime="{}">{}</time> ({})</span>',
        tone,
        at.isoformat(),
        said(at),
        far(left),
    )


@register.filter
def moment(at: datetime | None) -> SafeString:
    """A moment in the school's zone; "" for None."""
    if at is None:
        return SafeString("")
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), said(at))


@register.filter
def last_day(at: datetime | None) -> str:
    """The last whole day before a moment: what ends at a day's first minute ends with the day before."""
    if at is None:
        return ""
    return dates.day(localtime(at).date() - timedelta(days=1))


@register.filter
def kind_words(value: str) -> str:
    """What a kind of request is called."""
    return _said(words.KINDS, value)


@register.filter
def resource_words(value: str) -> str:
    """What a kind of resource is called."""
    return _said(words.RESOURCES, value)


@register.filter
def step_words(value: str) -> str:
    """What a step is called in a history."""
    return _said(words.STEPS, value)


@register.filter
def outcome_words(value: str) -> str:
    """What a decision's outcome is called."""
    return _said(words.OUTCOMES, value)


@register.filter
def duty_words(value: str) -> str:
    """What a duty is called."""
    return _said(words.DUTIES, value)


@register.filter
def reach_words(value: str) -> str:
    """How much of a site is meant."""
    return _said(words.REACHES, value)


@register.filter
def tone(value: str) -> str:
    """The colour class of a state."""
    return words.tone(value)


@register.filter
def said(at: datetime | None) -> str:
    """A moment in the school's zone, as words; "" for none."""
    return dates.moment(at) if at else ""


@register.filter
def day(when: date | None) -> str:
    """A day as words; "" for none."""
    return dates.day(when) if when else ""


@register.filter
def beside(counts: Mapping[str, str] | str, route: str) -> str:
    """The number beside a link; "" for none, also on pages that know no numbers."""
    return counts.get(route, "") if isinstance(counts, Mapping) else ""


def far(left: timedelta) -> str:
    """`in 3 hours`, `2 days overdue`, in the largest unit that fits, rounded down."""
    late, minutes = left < timedelta(0), int(abs(left) / timedelta(minutes=1))
    if minutes < 1:
        return gettext("now")
    for unit, form in ((1440, _days), (60, _hours), (1, _minutes)):
        if minutes >= unit:
            return form(minutes // unit, late)
    return gettext("now")


def _days(n: int, late: bool) -> str:
    if late:
        return ngettext("%(n)d day overdue", "%(n)d days overdue", n) % {"n": n}
    return ngettext("in %(n)d day", "in %(n)d days", n) % {"n": n}


def _hours(n: int, late: bool) -> str:
    if late:
        return ngettext("%(n)d hour overdue", "%(n)d hours overdue", n) % {"n": n}
    return ngettext("in %(n)d hour", "in %(n)d hours", n) % {"n": n}


def _minutes(n: int, late: bool) -> str:
    if late:
        return ngettext("%(n)d minute overdue", "%(n)d minutes overdue", n) % {"n": n}
    return ngettext("in %(n)d minute", "in %(n)d minutes", n) % {"n": n}


def _said(table: Mapping[str, Promise], value: str) -> str:
    return str(table.get(value, value))

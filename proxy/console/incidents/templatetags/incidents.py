"""Which tags do the pages about incidents have of their own?

{% load incidents %}
{% incident_state incident.state %}     a badge
{% how_sure finding.confidence %}       "very sure", in words
{% reach one.site %}                    where something holds, in words
<span{% lang technique %}>              the language of a technique's words, where it is not the page's
"""

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from proxy.console.incidents.reach import is_address
from proxy.console.incidents.spoken import TONES, Spoken, state
from proxy.console.incidents.states import State

register = template.Library()

VERY_SURE, SURE = 0.95, 0.8


@register.simple_tag
def incident_state(value: str) -> SafeString:
    """Where an incident stands, as a badge."""
    return format_html('<span class="badge {}">{}</span>', TONES[State(value)], state(value))


@register.simple_tag
def how_sure(confidence: float) -> str:
    """How sure a sign is, in words: a number would claim more than is known."""
    if confidence >= VERY_SURE:
        return gettext("very sure: hardly anything else looks like this")
    if confidence >= SURE:
        return gettext("sure: little else looks like this")
    return gettext("likely: other things look like this, too")


@register.simple_tag
def reach(site: str) -> SafeString:
    """Where something holds: at a name and below it, at an address, or anywhere."""
    if not site:
        return conditional_escape(gettext("anywhere"))
    name = format_html('<span class="mono" dir="auto">{}</span>', site)
    if is_address(site):
        return name
    return format_html(gettext("{site} and everything below it"), site=name)


@register.simple_tag
def lang(technique: Spoken) -> SafeString | str:
    """The attribute of an element that holds words of a technique."""
    return format_html(' lang="{}"', technique.language) if technique.language else ""

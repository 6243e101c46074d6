"""How does a letter show what somebody wrote, so that nobody takes it for the school's own words?"""

from django import template

from proxy.console.look.templatetags.look import last_day

register = template.Library()
register.filter("last_day", last_day)


@register.filter
def quoted(text: object) -> str:
    """Every line of a text behind `> `, as mail quotes: no line of it can look like part of the letter."""
    lines = str(text).strip().splitlines() or [""]
    return "\n".join(f"> {line}".rstrip() for line in lines)

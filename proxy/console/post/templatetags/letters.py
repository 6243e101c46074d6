"""How does a letter show what somebody wrote, so that nobody takes it for the school's own words?"""

from django import template

from proxy.console.look.templatetags.look import day, last_day, said

register = template.Library()
for shown in (day, last_day, said):
    register.filter(shown)


@register.filter
def quoted(text: object) -> str:
    """Every line of a text behind `> `, as mail quotes: no line of it can look like part of the letter."""
    lines = str(text).strip().splitlines() or [""]
    return "\n".join(f"> {line}".rstrip() for line in lines)

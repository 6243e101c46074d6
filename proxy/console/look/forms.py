"""How are forms written? Every field with label, hint and error tied to it (WCAG 1.3.1, 3.3.1, 3.3.2)."""

from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Set as FORM_RENDERER: `{{ form }}` and `{{ form.name.as_field_group }}` use the console's templates."""

    form_template_name = "console/form.html"
    field_template_name = "console/field.html"


def words(
    label: Any, hint: Any = "", *, rows: int = 3, most: int = 4000, required: bool = True, missing: Any = ""
) -> forms.CharField:
    """A field for some sentences.

    most      characters
    missing   what is said where nothing was written; "": what Django says
    """
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing} if missing else None,
    )

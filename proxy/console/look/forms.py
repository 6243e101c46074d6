"""How are forms written? Every field with label, hint and error tied to it (WCAG 1.3.1, 3.3.1, 3.3.2)."""

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Set as FORM_RENDERER: `{{ form }}` and `{{ form.name.as_field_group }}` use the console's templates."""

    form_template_name = "console/form.html"
    field_template_name = "console/field.html"

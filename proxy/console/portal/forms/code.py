"""What does somebody type who was told the eight characters of a block page?"""

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """The code, as it was read aloud or written down."""

    code = forms.CharField(
        label=_("Code from the block page"),
        help_text=_("Eight letters and digits, for example 7KQ2-9FXM."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters", "dir": "ltr"}
        ),
    )

"""What do people who answer say to each other and to those who asked?"""

from collections.abc import Sequence
from typing import Any

from django import forms


class AskForm(forms.Form):
    """A question to whoever asked."""

    prefix = "ask"
    question = forms.CharField(
        label="Question",
        help_text="It is sent to everybody who asked, and stays in the record.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write the question."},
    )


class HandOverForm(forms.Form):
    """To whom a case goes, and why. `targets` are pairs of `duty:KIND` or `person:ID`, and words."""

    prefix = "hand"
    to = forms.ChoiceField(label="To", error_messages={"required": "Choose to whom."})
    note = forms.CharField(
        label="Why",
        help_text="Seen by those who decide; not sent to those who asked.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why you hand it over."},
    )

    def __init__(self, data: Any, targets: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        to = self.fields["to"]
        assert isinstance(to, forms.ChoiceField)
        to.choices = [("", "Choose"), *targets]


class RevokeForm(forms.Form):
    """Why something that was opened ends now."""

    prefix = "revoke"
    reason = forms.CharField(
        label="Reason",
        help_text="It is sent to everybody who asked, and stays in the record.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write the reason. Whoever asked has a right to it."},
    )


class KeepForm(forms.Form):
    """Why something that stands open without an end is still wanted."""

    prefix = "keep"
    reason = forms.CharField(
        label="Why it is still wanted",
        help_text="Stays in the record. It is looked at again in a year.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write why it is still wanted."},
    )


class TakeUpForm(forms.Form):
    """That somebody looks after what a student told."""

    note = forms.CharField(
        label="Note",
        help_text="What you are going to do. Only the adults whom it was told to can read it.",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

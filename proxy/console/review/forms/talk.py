"""What do people who answer say to each other and to those who asked?"""

from collections.abc import Sequence
from typing import Any

from django import forms

from proxy.console.look.forms import words

MOST = 2000
SENT = "It is sent to everybody who asked, and stays in the record."


class AskForm(forms.Form):
    """A question to whoever asked."""

    prefix = "ask"
    question = words("Question", SENT, most=MOST, missing="Write the question.")


class HandOverForm(forms.Form):
    """To whom a case goes, and why. `targets` are pairs of `duty:KIND` or `person:ID`, and words."""

    prefix = "hand"
    to = forms.ChoiceField(label="To", error_messages={"required": "Choose to whom."})
    note = words(
        "Why",
        "Seen by those who decide; not sent to those who asked.",
        rows=2,
        most=MOST,
        missing="Say why you hand it over.",
    )

    def __init__(self, data: Any, targets: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        to = self.fields["to"]
        assert isinstance(to, forms.ChoiceField)
        to.choices = [("", "Choose"), *targets]


class ReturnForm(forms.Form):
    """Why a technician does not sign a correction on appeal second."""

    prefix = "return"
    reason = words(
        "Why you do not sign",
        "Seen by those who decide; not sent to those who asked.",
        rows=2,
        most=MOST,
        missing="Write why you do not sign: an appeal officer will read it.",
    )


class RevokeForm(forms.Form):
    """Why something that was opened ends now."""

    prefix = "revoke"
    reason = words("Reason", SENT, most=MOST, missing="Write the reason. Whoever asked has a right to it.")


class KeepForm(forms.Form):
    """Why something that stands open without an end is still wanted."""

    prefix = "keep"
    reason = words(
        "Why it is still wanted",
        "Stays in the record. It is looked at again in a year.",
        rows=2,
        most=MOST,
        missing="Write why it is still wanted.",
    )


class TakeUpForm(forms.Form):
    """That somebody looks after what a student told."""

    note = words(
        "Note",
        "What you are going to do. Only the adults whom it was told to can read it.",
        rows=2,
        most=MOST,
        required=False,
    )

"""The three questions of the Children's Internet Protection Act that come before any decision (S83)."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from proxy.console.review.checklist import Answer, Checklist

QUESTIONS = (
    ("obscene", "Are there pictures or films on it that are obscene?"),
    ("child_pornography", "Are there pictures or films on it of child pornography?"),
    ("harmful_to_minors", "Are there pictures or films on it that are harmful to minors?"),
)
YES, NO = "yes", "no"


class ChecklistForm(forms.Form):
    """Three answers, each with a note. Nothing is chosen beforehand: an answer is somebody's own."""

    def __init__(self, data: Any, *, asks_checklist: bool = True) -> None:
        super().__init__(data)
        self.asks_checklist = asks_checklist
        for name, question in QUESTIONS if asks_checklist else ():
            self.fields[name] = forms.ChoiceField(
                label=question,
                choices=[(NO, "No"), (YES, "Yes")],
                widget=forms.RadioSelect,
                error_messages={"required": "Answer yes or no. Every decision needs this answer."},
            )
            self.fields[f"{name}_note"] = forms.CharField(
                label="Note",
                help_text="What did you look at, and what did you see?",
                max_length=500,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        """A yes says what was seen."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name, _ in QUESTIONS if self.asks_checklist else ():
            if data.get(name) == YES and not data.get(f"{name}_note"):
                self.add_error(f"{name}_note", "Say what you saw; a yes decides what can be done.")
        return data

    def questions(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Each question with its note, to be shown together."""
        for name, _ in QUESTIONS:
            yield self[name], self[f"{name}_note"]

    def checklist(self) -> Checklist | None:
        """The answers; None where none are asked for. Only of a valid form."""
        if not self.asks_checklist:
            return None
        data = self.cleaned_data
        return Checklist(**{name: Answer(data[name] == YES, data[f"{name}_note"]) for name, _ in QUESTIONS})

"""What does a reviewer or an appeal officer decide, why, and how much does it open?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from proxy.console.review.answering import Answer, Given
from proxy.console.review.checklist import ASKED
from proxy.console.review.forms.checklist import ChecklistForm
from proxy.console.review.forms.moments import SchoolMoment
from proxy.console.review.opened import Opened, wider
from proxy.console.review.states import Kind, Reach
from proxy.decision.urls import canonical_path

WORDS: Mapping[Kind, Mapping[Answer, str]] = {
    Kind.UNBLOCK: {
        Answer.APPROVE: "Open it as asked",
        Answer.NARROW: "Open less than was asked for",
        Answer.CORRECT: "The list is wrong: take the site out of this category",
        Answer.DENY: "Keep it blocked",
    },
    Kind.SHOULD_BLOCK: {
        Answer.NARROW: "Block it, for those chosen below",
        Answer.DENY: "Leave it open",
    },
    Kind.NOT_WORKING: {
        Answer.APPROVE: "The fault is found and put right",
        Answer.DENY: "The filter works as it should",
    },
    Kind.RESOURCE: {
        Answer.ENDORSE: "My part is a yes: hand it to the other track",
        Answer.APPROVE: "Approve the resource as asked",
        Answer.NARROW: "Approve less than was asked for",
        Answer.DENY: "Do not approve the resource",
    },
}
ON_APPEAL: Mapping[Answer, str] = {
    Answer.APPROVE: "Grant the appeal: do as was asked",
    Answer.NARROW: "Grant the appeal in part: less than was asked for",
    Answer.CORRECT: "Grant the appeal: the list is wrong, take the site out of this category",
    Answer.DENY: "Uphold the denial",
}


def words_of(answer: Answer, kind: Kind, *, appealed: bool) -> str:
    """What an answer is called on the form."""
    return ON_APPEAL[answer] if appealed and answer in ON_APPEAL else WORDS[kind][answer]


REACHES = {
    Reach.SITE: "The whole site",
    Reach.PATH: "One part: this address and what lies below it",
    Reach.PAGE: "Only this page",
}
TERMS = frozenset({"reach", "path", "people", "begins", "ends"})
_ORDER = (Reach.SITE, Reach.PATH, Reach.PAGE)


class ShownNow(forms.CharField):
    """A hidden field that is filled in anew each time a page is shown, whatever was sent."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What stands on the page now."""
        return initial


class DecideForm(ChecklistForm):
    """The checklist, an answer with its reason, and what an approval is narrowed to.

    kind       of the case, for the words
    answers    which answers this person can give now
    asked      what approval as asked would open; None where nothing is opened
    people     whom it can be for, as `kind:id` and what that is called
    chosen     those of them that were asked for
    sign       of what is shown as asked for; another one at the decision when others have joined since
    categories  of which one must be named for a correction; empty where that is clear
    """

    prefix = "decide"

    def __init__(
        self,
        data: Any,
        *,
        kind: Kind,
        answers: Sequence[Answer],
        asked: Opened | None,
        people: Sequence[tuple[str, str]],
        chosen: Sequence[str],
        zone: ZoneInfo,
        seen: int,
        sign: str = "",
        categories: Sequence[tuple[str, str]] = (),
        appealed: bool = False,
    ) -> None:
        super().__init__(data, asks_checklist=kind in ASKED)
        self.asked = asked
        self.fields["answer"] = forms.ChoiceField(
            label="Your decision",
            choices=[(answer.value, words_of(answer, kind, appealed=appealed)) for answer in answers],
            widget=forms.RadioSelect,
            error_messages={"required": "Choose one of these decisions."},
        )
        if categories and Answer.CORRECT in answers:
            self.fields["category"] = forms.ChoiceField(
                label="With a correction: the category that the site does not belong to",
                choices=[("", "Choose"), *categories],
                required=False,
            )
        self.fields["reason"] = forms.CharField(
            label="Reason",
            help_text="In plain words. It is sent to everybody who asked, and stays in the record.",
            max_length=4000,
            widget=forms.Textarea(attrs={"rows": 4}),
            error_messages={"required": "Write the reason. Whoever asked has a right to it."},
        )
        self.fields["seen"] = forms.IntegerField(
            min_value=0, widget=forms.HiddenInput, required=False, initial=seen
        )
        self.fields["sign"] = ShownNow(widget=forms.HiddenInput, required=False, initial=sign)
        if asked is not None and Answer.NARROW in answers:
            self._add_narrowing(asked, people, chosen, zone)

    def _add_narrowing(
        self, asked: Opened, people: Sequence[tuple[str, str]], chosen: Sequence[str], zone: ZoneInfo
    ) -> None:
        reaches = _ORDER[_ORDER.index(asked.reach) :]
        self.fields["reach"] = forms.ChoiceField(
            label="How much of the site",
            choices=[(reach.value, REACHES[reach]) for reach in reaches],
            initial=asked.reach.value,
            widget=forms.RadioSelect,
            required=False,
        )
        self.fields["path"] = forms.CharField(
            label="Address on the site",
            help_text="Begins with a slash, such as /labs. Counts unless you choose the whole site.",
            initial=asked.path,
            max_length=2000,
            required=False,
        )
        self.fields["people"] = forms.MultipleChoiceField(
            label="For whom",
            choices=list(people),
            initial=list(chosen),
            widget=forms.CheckboxSelectMultiple,
            required=False,
            error_messages={"invalid_choice": "This was not asked for. Choose among the people named here."},
        )
        self.fields["begins"] = SchoolMoment(
            zone, label="From", initial=asked.begins, required=False, help_text="Empty: at once."
        )
        self.fields["ends"] = SchoolMoment(
            zone,
            label="Until",
            initial=asked.ends,
            required=False,
            help_text="Empty: with no end; looked at again every year.",
        )

    @property
    def narrows(self) -> bool:
        """Whether the form has the fields that narrow an approval."""
        return "reach" in self.fields

    @property
    def shows_terms(self) -> bool:
        """Whether the terms have to be seen: they are chosen, wrong, or the only way to approve."""
        chosen = self["answer"].value() == Answer.NARROW.value or "show" in (self.data or {})
        alone = Answer.APPROVE.value not in dict(self.fields["answer"].choices)  # type: ignore[attr-defined]
        return chosen or alone or bool(TERMS & set(self.errors))

    def clean(self) -> dict[str, Any]:
        """What is opened lies within what was asked for, ends after it begins, and is for somebody."""
        data = super().clean()
        answer = data.get("answer")
        narrowed = answer == Answer.NARROW.value or ("show" in self.data and answer != Answer.APPROVE.value)
        if narrowed and self.narrows and self.asked is not None:
            self._check(data, self.asked)
        else:  # terms that do not count cannot be wrong
            for name in TERMS & set(self.errors):
                del self.errors[name]
        if answer == Answer.CORRECT.value and "category" in self.fields and not data.get("category"):
            self.add_error("category", "Choose the category that is wrong.")
        return data

    def _check(self, data: Mapping[str, Any], asked: Opened) -> None:
        if data.get("begins") and data.get("ends") and data["ends"] <= data["begins"]:
            self.add_error("ends", "It ends before it begins.")
        if not data.get("people"):
            self.add_error("people", "Choose for whom.")
        if TERMS & set(self.errors):
            return
        for way in wider(replace(self._narrowed(data, asked), audience=asked.audience), asked):
            self.add_error(_field_of(way), f"This reaches further than was asked for: {way}.")

    def opened(self, *, shown: bool = False) -> Opened | None:
        """What the approval opens, as far as the form can be read; as asked where it does not narrow.

        shown    nothing is decided yet: the terms on the form count, unless all was to be opened as asked
        """
        answer = self.cleaned_data.get("answer")
        narrowed = answer != Answer.APPROVE.value if shown else answer == Answer.NARROW.value
        if self.asked is None or not self.narrows or not narrowed:
            return self.asked
        return self._narrowed(self.cleaned_data, self.asked)

    def keep_terms_alone(self) -> None:
        """Forget what is wrong with all but the terms: somebody only wants to see what they would open."""
        for name in [name for name in self.errors if name not in TERMS]:
            del self.errors[name]

    def _narrowed(self, data: Mapping[str, Any], asked: Opened) -> Opened:
        reach = Reach(data.get("reach") or asked.reach.value)
        path = "/" if reach is Reach.SITE else canonical_path(data.get("path") or asked.path)
        chosen: dict[str, tuple[str, ...]] = {}
        for value in data.get("people", ()):
            kind, _, id_ = value.partition(":")
            chosen[kind] = (*chosen.get(kind, ()), id_)
        return replace(
            asked,
            reach=reach,
            path=path,
            query=asked.query if reach is Reach.PAGE and path == asked.path else None,
            audience={kind: tuple(sorted(ids)) for kind, ids in chosen.items()},
            begins=data.get("begins"),
            ends=data.get("ends"),
        )

    def given(self) -> Given:
        """The answer with all that belongs to it. Only of a valid form."""
        data = self.cleaned_data
        return Given(
            answer=Answer(data["answer"]),
            reason=data["reason"],
            checklist=self.checklist(),
            opened=self.opened(),
            category=data.get("category", ""),
            seen=data.get("seen"),
            sign=data.get("sign", ""),
        )

    def show(self, sign: str) -> None:
        """Carry the sign of what the page shows now."""
        self.fields["sign"].initial = sign


def _field_of(way: str) -> str:
    if "begins" in way:
        return "begins"
    return "ends" if "ends" in way else "path"

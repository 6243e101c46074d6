"""Which cases of a queue does somebody want to see, by the address of the page?"""

from collections.abc import Iterable
from enum import Enum
from typing import Any

from django import forms

from proxy.console.review.queues import Show, Wanted, Whose
from proxy.console.review.states import Kind

ANY = ""
NOWHERE = "-"  # stands for "" (the whole district) in an address, where an empty value means "any"

KINDS = {
    Kind.UNBLOCK: "Open a blocked page",
    Kind.SHOULD_BLOCK: "Should be blocked",
    Kind.NOT_WORKING: "Filter not working",
    Kind.RESOURCE: "Approve a resource",
}
SHOWN = {
    Show.DUE: "To be answered",
    Show.WAITING: "Waiting for the asker",
    Show.APPROVED: "Approved, in force",
    Show.DENIED: "Denied or in appeal",
    Show.ENDED: "Ended",
}
WHOSE = {
    Whose.ALL: "Everybody's",
    Whose.UNCLAIMED: "Not claimed",
    Whose.MINE: "Claimed by me",
    Whose.OVERDUE: "Overdue",
}


def _choices[E: Enum](words: dict[E, str]) -> list[tuple[str, str]]:
    return [(member.value, text) for member, text in words.items()]


class Filters(forms.Form):
    """The filters above a queue. They are read from the address, so that a link or bookmark keeps them."""

    text = forms.CharField(label="Site or number", max_length=200, required=False)
    kind = forms.ChoiceField(label="Kind", choices=[(ANY, "All kinds"), *_choices(KINDS)], required=False)
    school = forms.ChoiceField(label="School", required=False)
    show = forms.ChoiceField(label="Where it stands", choices=_choices(SHOWN), required=False)
    whose = forms.ChoiceField(
        label="Whose", choices=_choices(WHOSE), widget=forms.HiddenInput, required=False
    )

    def __init__(self, address: Any, schools: Iterable[tuple[str, str]], *, appealed: bool = False) -> None:
        """`schools` are pairs of id and title."""
        super().__init__(address)
        if appealed:
            del self.fields["show"]
        school = self.fields["school"]
        assert isinstance(school, forms.ChoiceField)
        school.choices = [(ANY, "All schools"), (NOWHERE, "Whole district"), *schools]

    def wanted(self) -> Wanted:
        """What the address asks for; what it says wrongly counts as not said, and stands in `errors`."""
        self.is_valid()
        data = self.cleaned_data
        school = data.get("school") or None
        return Wanted(
            kind=Kind(data["kind"]) if data.get("kind") else None,
            school="" if school == NOWHERE else school,
            show=Show(data.get("show") or Show.DUE.value),
            whose=Whose(data.get("whose") or Whose.ALL.value),
            text=data.get("text") or "",
        )

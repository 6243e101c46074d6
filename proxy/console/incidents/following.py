"""What can be filled in about what follows from an innocent incident?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, NotRequired, TypedDict
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from proxy.console.incidents.audiences import WHO
from proxy.console.incidents.desk.forgiving import LONGEST, MOST_REASON
from proxy.console.incidents.offers import NOWHERE, is_about_the_same
from proxy.console.look.forms import words

type Choices = Sequence[tuple[str, str | Promise]]

OF_PARTS: Mapping[str, tuple[str, ...]] = {
    "pardon": ("pardon_at", "pardon_for", "pardon_ends"),
    "permit": ("what", "permit_for", "permit_ends", "permit_reason"),
}
"""What is ticked -> what belongs to it."""
SHOWN = {"pardon": "pardon_at", "permit": "what"}
"""What is ticked -> the field that says what was shown of it."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What there is to choose.

    places       sites: `offers.Place.value` and words
    ways         ways around: `offers.Way.value` and words
    pardon_for   for whom: value and words; `permit_for` may be empty, and then nothing can be allowed
    """

    places: Choices
    ways: Choices
    pardon_for: Choices
    permit_for: Choices


class Shown(TypedDict):
    """What a form is made with, beside what was filled in.

    seen   id of the last move that the page shows; `acts`: which acts (`offers.acts_of`)
    """

    offered: Offered
    zone: ZoneInfo
    now: datetime
    seen: NotRequired[int]
    acts: NotRequired[str]


class FollowingForm(forms.Form):
    """What is not counted again, and what is allowed. Whom something is allowed is always chosen."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    acts = forms.CharField(widget=forms.HiddenInput, required=False)
    pardon = forms.BooleanField(
        label=_("Do not count this again"),
        help_text=_("It stays stopped, and opens no incident any more."),
        required=False,
    )
    pardon_at = forms.MultipleChoiceField(
        label=_("Where"), widget=forms.CheckboxSelectMultiple, required=False
    )
    pardon_for = forms.ChoiceField(label=_("For whom"), required=False)
    pardon_ends = forms.DateField(
        label=_("Last day"), help_text=_("Empty: until it is taken back."), required=False
    )
    permit = forms.BooleanField(
        label=_("Allow it"), help_text=_("It is no longer stopped, for these people alone."), required=False
    )
    what = forms.MultipleChoiceField(
        label=_("What is allowed"),
        help_text=_("A site that needs one way around is often stopped for another of its kind next."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    permit_for = forms.ChoiceField(label=_("For whom"), required=False)
    permit_ends = forms.DateField(label=_("Last day"), required=False)
    permit_reason = words(
        _("What it is for"),
        _("It stands in the list of what was innocent, with your name. Name no student."),
        rows=2,
        most=MOST_REASON,
        required=False,
    )

    def __init__(
        self, data: Any, *, offered: Offered, zone: ZoneInfo, now: datetime, seen: int = 0, acts: str = ""
    ) -> None:
        """`seen`, `acts`: what the page shows, as in `Shown`."""
        super().__init__(data)
        self._zone, self._now = zone, now
        self._offered = {
            "pardon_at": [value for value, _words in offered.places],
            "what": [value for value, _words in offered.ways],
        }
        self.fields["seen"].initial, self.fields["acts"].initial = seen, acts
        self._choose("pardon_at", offered.places)
        self.fields["pardon_at"].initial = self._offered["pardon_at"]
        self._choose("pardon_for", offered.pardon_for)
        self._choose("what", offered.ways)
        self._choose("permit_for", [("", _("Choose")), *offered.permit_for])
        for name in ("pardon_ends", "permit_ends"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        if not (offered.permit_for and offered.ways):
            for name in ("permit", *OF_PARTS["permit"]):
                del self.fields[name]

    def _choose(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def follows(self) -> bool:
        """Whether anything follows at all; asked once the fields were read."""
        return True

    def clean(self) -> dict[str, Any]:
        """What is not ticked cannot be wrong."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for part, names in OF_PARTS.items():
            if not (self.follows and data.get(part)):
                for name in names:
                    self.errors.pop(name, None)
        if self.follows and data.get("pardon"):
            self._check_pardon(data)
        if self.follows and data.get("permit"):
            self._check_permit(data)
        return data

    def _check_pardon(self, data: dict[str, Any]) -> None:
        places = data.get("pardon_at", ())
        if not places:
            self._wrong("pardon_at", _("Choose where."))
        if data.get("pardon_for") != WHO and any(is_about_the_same(each, NOWHERE) for each in places):
            self._wrong("pardon_for", _("Where no site is known, it can be for one alone."))
        if data.get("pardon_ends") and self.end("pardon_ends", data) <= self._now:
            self._wrong("pardon_ends", _("This day has passed."))

    def _check_permit(self, data: dict[str, Any]) -> None:
        missing = {
            "what": _("Choose what is allowed."),
            "permit_for": _("Choose for whom."),
            "permit_ends": _("What is allowed needs an end."),
            "permit_reason": _("Say what it is for."),
        }
        for name, why in missing.items():
            if not data.get(name):
                self._wrong(name, why)
        if not data.get("permit_ends"):
            return
        if self.end("permit_ends", data) <= self._now:
            self._wrong("permit_ends", _("This day has passed."))
        elif self.end("permit_ends", data) > self._now + LONGEST:
            self._wrong("permit_ends", _("Choose a day within a year."))

    def _wrong(self, name: str, why: str | Promise) -> None:
        if name not in self.errors:
            self.add_error(name, str(why))

    def end(self, name: str, data: dict[str, Any] | None = None) -> datetime:
        """The first moment after the last day that a field names."""
        day = (data or self.cleaned_data)[name]
        return datetime.combine(day + timedelta(days=1), time(), self._zone)

    @property
    def is_outdated(self) -> bool:
        """Whether an act was seen since, or something else at what is ticked; asked after `is_valid()`."""
        if self.cleaned_data.get("acts") != self.fields["acts"].initial:
            return True
        ticked = [name for part, name in SHOWN.items() if self.follows and self.cleaned_data.get(part)]
        return any(self._as_it_is(name) != self._given(name) for name in ticked)

    def as_it_is(self) -> dict[str, Any]:
        """What was filled in, with what was seen and done as it is told today."""
        said = {name: self._raw(name) for name in self.fields}
        said |= {name: self.fields[name].initial for name in ("seen", "acts")}
        said |= {name: self._as_it_is(name) for name in SHOWN.values() if name in self.fields}
        return {self.add_prefix(name): value for name, value in said.items() if value is not None}

    def _raw(self, name: str) -> Any:
        return self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))

    def _given(self, name: str) -> list[str]:
        return list(self._raw(name) or ())

    def _as_it_is(self, name: str) -> list[str]:
        """What a field was given, each by the value that says the same of what is offered today."""
        offered = self._offered[name]
        return [
            next((value for value in offered if is_about_the_same(value, one)), one)
            for one in self._given(name)
        ]

"""What can be filled in about incidents: filters above the list, how one ends, what is taken back?"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from proxy.console.incidents.desk.forgiving import LONGEST, MOST_REASON
from proxy.console.incidents.listing import Chosen, Show
from proxy.console.incidents.spoken import FAMILIES
from proxy.console.incidents.states import State
from proxy.console.look.forms import words

type Choices = Sequence[tuple[str, str | Promise]]

NOWHERE = "-"  # stands for "" (the whole district) in an address, where an empty value means "any"
SHOWN: Choices = (
    (Show.WAITING.value, _("Waiting or under review")),
    (Show.ENDED.value, _("Ended, all")),
    (Show.CONFIRMED.value, _("Confirmed")),
    (Show.INNOCENT.value, _("Innocent")),
    (Show.UNCLEAR.value, _("Unclear")),
)
OUTCOMES: Choices = (
    (State.CONFIRMED.value, _("Confirmed: somebody tried to get around the filter")),
    (State.INNOCENT.value, _("Innocent: there is a good explanation")),
    (State.UNCLEAR.value, _("Unclear: it cannot be told")),
)
AFTER_INNOCENT = ("what", "pardon_for", "pardon_ends", "permit_for", "permit_ends")


class Filters(forms.Form):
    """The filters above the list. They are read from the address, so that a link or bookmark keeps them."""

    school = forms.ChoiceField(label=_("School"), required=False)
    show = forms.ChoiceField(label=_("Where it stands"), choices=SHOWN, required=False)
    family = forms.ChoiceField(
        label=_("Kind"), choices=(("", _("All kinds")), *FAMILIES.items()), required=False
    )

    def __init__(self, address: Any, schools: Iterable[tuple[str, str]]) -> None:
        """`schools` are pairs of id and title."""
        super().__init__(address)
        school = self.fields["school"]
        assert isinstance(school, forms.ChoiceField)
        school.choices = [("", _("All schools")), (NOWHERE, _("Whole district")), *schools]

    def chosen(self) -> Chosen:
        """What the address asks for; what it says wrongly counts as not said."""
        self.is_valid()
        data = self.cleaned_data
        school = data.get("school") or None
        return Chosen(
            show=Show(data.get("show") or Show.WAITING.value),
            school="" if school == NOWHERE else school,
            family=data.get("family") or "",
        )


class GiveBackForm(forms.Form):
    """Why somebody puts an incident back."""

    prefix = "back"
    note = words(_("A word to whoever goes on"), required=False, rows=2)


class LiftForm(forms.Form):
    """Why what an incident brought about is taken back."""

    words = words(_("Why"), rows=2)


class EndForm(forms.Form):
    """How an incident ends, and what an innocent one brings about."""

    prefix = "end"
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    ruled_out = forms.MultipleChoiceField(
        label=_("Innocent causes that you looked into, and that it was not"),
        help_text=_("“Confirmed” needs every one of them."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    outcome = forms.ChoiceField(label=_("What was it?"), choices=OUTCOMES, widget=forms.RadioSelect)
    words = words(_("Why"), _("What you looked at, whom you talked to, what came of it."))
    what = forms.ChoiceField(label=_("What was innocent"))
    pardon = forms.BooleanField(
        label=_("Do not count this again"),
        help_text=_("It stays stopped, and opens no incident any more."),
        required=False,
    )
    pardon_for = forms.ChoiceField(label=_("For whom"), required=False)
    pardon_ends = forms.DateField(
        label=_("Last day"), help_text=_("Empty: until it is taken back."), required=False
    )
    permit = forms.BooleanField(
        label=_("Allow it"), help_text=_("It is no longer stopped, for these people alone."), required=False
    )
    permit_for = forms.ChoiceField(label=_("For whom"), required=False)
    permit_ends = forms.DateField(label=_("Last day"), required=False)

    def __init__(
        self, data: Any, *, causes: Sequence[str], what: Choices, pardon_for: Choices, permit_for: Choices,
        zone: ZoneInfo, now: datetime, seen: int = 0,
    ) -> None:  # fmt: skip
        """
        causes       innocent causes of the technique
        what         the findings that can be meant, by their numbers
        seen         id of the last move that the page shows
        pardon_for   for whom: value and words; `permit_for` may be empty, and then nothing can be allowed;
                     whom something is allowed is always chosen
        """
        super().__init__(data)
        self._zone, self._now, self._causes = zone, now, causes
        self.fields["seen"].initial = seen
        chosen = [("", _("Choose")), *permit_for]
        given = {
            "ruled_out": [(str(number), cause) for number, cause in enumerate(causes)],
            "what": what, "pardon_for": pardon_for, "permit_for": chosen,
        }  # fmt: skip
        for name, choices in given.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        for name in ("pardon_ends", "permit_ends"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        if len(what) == 1:
            self.fields["what"].widget = forms.HiddenInput()
            self.fields["what"].initial = what[0][0]
        if not causes:
            del self.fields["ruled_out"]
        if not permit_for:
            for name in ("permit", "permit_for", "permit_ends"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """What goes with which end. What an innocent end alone brings about cannot be wrong elsewhere."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("outcome") != State.INNOCENT.value:
            for name in AFTER_INNOCENT:
                self.errors.pop(name, None)
        else:
            self._check(data)
        left = len(self._causes) - len(data.get("ruled_out", ()))
        if data.get("outcome") == State.CONFIRMED.value and left and "ruled_out" not in self.errors:
            self.add_error("ruled_out", _("Go through every one of them first."))
        return data

    def _check(self, data: dict[str, Any]) -> None:
        if data.get("permit") and not data.get("permit_ends") and "permit_ends" not in self.errors:
            self.add_error("permit_ends", _("What is allowed needs an end."))
        if data.get("permit") and not data.get("permit_for") and "permit_for" not in self.errors:
            self.add_error("permit_for", _("Choose for whom."))
        if data.get("permit") and len(data.get("words", "")) > MOST_REASON:
            self.add_error("words", _("At most 500 characters where something is allowed."))
        for name, kind in (("pardon_ends", "pardon"), ("permit_ends", "permit")):
            if not (data.get(kind) and data.get(name)):
                continue
            if self.end(name, data) <= self._now:
                self.add_error(name, _("This day has passed."))
            elif kind == "permit" and self.end(name, data) > self._now + LONGEST:
                self.add_error(name, _("Choose a day within a year."))

    def end(self, name: str, data: dict[str, Any] | None = None) -> datetime:
        """The first moment after the last day that a field names."""
        day = (data or self.cleaned_data)[name]
        return datetime.combine(day + timedelta(days=1), time(), self._zone)

    @property
    def causes(self) -> list[str]:
        """The causes that were looked into, in words."""
        return [self._causes[int(number)] for number in self.cleaned_data.get("ruled_out", ())]

"""What can be filled in about incidents: filters above the list, how one ends, what is taken back?"""

from collections.abc import Iterable, Sequence
from typing import Any, Unpack

from django import forms
from django.utils.translation import gettext_lazy as _

from proxy.console.incidents.following import Choices, FollowingForm, Shown
from proxy.console.incidents.listing import Chosen, Show
from proxy.console.incidents.spoken import FAMILIES
from proxy.console.incidents.states import State
from proxy.console.look.forms import words

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


class EndForm(FollowingForm):
    """How an incident ends, and what an innocent one brings about."""

    prefix = "end"
    field_order = ("seen", "acts", "ruled_out", "outcome", "words")
    ruled_out = forms.MultipleChoiceField(
        label=_("Innocent causes that you looked into, and that it was not"),
        help_text=_("“Confirmed” needs every one of them."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    outcome = forms.ChoiceField(label=_("What was it?"), choices=OUTCOMES, widget=forms.RadioSelect)
    words = words(_("Why"), _("What you looked at, whom you talked to, what came of it."))

    def __init__(self, data: Any, *, causes: Sequence[str], **offered: Unpack[Shown]) -> None:
        """`causes`: innocent causes of the technique."""
        super().__init__(data, **offered)
        self._causes = causes
        self.fields["pardon"].initial = True  # what was innocent does not come back, unless somebody says so
        if causes:
            self._choose("ruled_out", [(str(number), cause) for number, cause in enumerate(causes)])
        else:
            del self.fields["ruled_out"]

    @property
    def follows(self) -> bool:
        """Whether anything follows at all: only what was innocent brings something about."""
        return bool(self.cleaned_data.get("outcome") == State.INNOCENT.value)

    def clean(self) -> dict[str, Any]:
        """What goes with which end."""
        data = super().clean()
        left = len(self._causes) - len(data.get("ruled_out", ()))
        if data.get("outcome") == State.CONFIRMED.value and left and "ruled_out" not in self.errors:
            self.add_error("ruled_out", _("Go through every one of them first."))
        return data

    def as_it_is(self) -> dict[str, Any]:
        """What was filled in, but that innocent causes are looked into once more: they may be others."""
        said = super().as_it_is()
        said.pop(self.add_prefix("ruled_out"), None)
        return said

    @property
    def causes(self) -> list[str]:
        """The causes that were looked into, in words."""
        return [self._causes[int(number)] for number in self.cleaned_data.get("ruled_out", ())]


class FollowUpForm(FollowingForm):
    """What else follows from an incident that was innocent."""

    prefix = "more"
    field_order = ("seen", "acts", "words")
    words = words(_("Why"), _("What has come up since."), rows=2)

    def clean(self) -> dict[str, Any]:
        """Something follows."""
        data = super().clean()
        if not (data.get("pardon") or data.get("permit")):
            self.add_error("pardon", _("Choose what follows."))
        return data

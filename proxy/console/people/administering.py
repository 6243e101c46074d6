"""What does an administrator fill in about people?"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from proxy.console.people.access import staff_known_as
from proxy.console.people.accounts import AccountProblem
from proxy.console.people.administrators import checked_login
from proxy.console.people.charging import Wanted
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import OUTSIDE, Person
from proxy.console.people.today import today
from proxy.console.people.words import ROLES, school_choices
from proxy.settings.schema.who import Role

EVERY = ("", _("All"))
KINDS = [
    (DutyKind.REVIEWER.value, _("Reviewer")),
    (DutyKind.TECHNICAL_REVIEWER.value, _("Technical reviewer")),
    (DutyKind.APPEAL_OFFICER.value, _("Appeal officer")),
    (DutyKind.TECHNICIAN.value, _("Technician")),
    (DutyKind.COUNSELOR.value, _("Counselor")),
    (DutyKind.AUDITOR.value, _("Auditor")),
    (DutyKind.ADMINISTRATOR.value, _("Administrator")),
    (DutyKind.SAFEGUARDING.value, _("Safeguarding officer")),
]
NO_SPONSOR = _("Nobody who is of the staff now has this log-in name.")
MADE_BY_HAND = (Role.TEACHER.value, Role.AIDE.value, Role.ADMINISTRATOR.value, OUTSIDE)


class Day(forms.DateInput):
    """A day, by the browser's own calendar where it has one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class FilterForm(forms.Form):
    """Which people to list. The choices stand in the address."""

    q = forms.CharField(label=_("Name, log-in name or e-mail"), required=False, max_length=150)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[EVERY, *ROLES.items()])
    school = forms.ChoiceField(label=_("School"), required=False)
    duty = forms.ChoiceField(label=_("Duty"), required=False, choices=[EVERY, *KINDS])
    state = forms.ChoiceField(
        label=_("Account"),
        required=False,
        choices=[EVERY, ("usable", _("can be used")), ("ended", _("ended or switched off"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["school"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [EVERY, *school_choices()[1:]]


class DutyForm(forms.Form):
    """What to charge somebody with."""

    kind = forms.ChoiceField(label=_("Duty"), choices=KINDS)
    school = forms.ChoiceField(label=_("For"), required=False)
    rank = forms.IntegerField(
        label=_("Rank"),
        min_value=1,
        max_value=999,
        initial=1,
        help_text=_("1 is asked first; the next when an answer is overdue."),
    )
    begins = forms.DateField(label=_("First day"), required=False, widget=Day())
    ends = forms.DateField(label=_("Last day"), required=False, widget=Day())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["school"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = school_choices()

    def clean(self) -> dict[str, Any]:
        """The days in order."""
        given = super().clean() or self.cleaned_data
        begins, ends = given.get("begins"), given.get("ends")
        if begins and ends and ends < begins:
            self.add_error("ends", _("The last day lies before the first one."))
        return given

    def wanted(self) -> Wanted:
        """The duty, of a form without errors."""
        given = self.cleaned_data
        return Wanted(DutyKind(given["kind"]), given["school"], given["rank"], given["begins"], given["ends"])


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """An account for somebody who is not in the roster, or what an administrator can change of one (S78)."""

    sponsor_login = forms.CharField(
        label=_("Sponsor's log-in name"),
        required=False,
        help_text=_("Somebody of the school who answers for an account from outside."),
    )

    class Meta:
        model = Person
        fields = ("role", "login", "given_name", "family_name", "email", "school", "scope", "ends_on")
        labels = {  # noqa: RUF012 - Django's own way
            "login": _("Log-in name"),
            "given_name": _("Given name"),
            "family_name": _("Family name"),
            "email": _("E-mail"),
            "scope": _("What the account is for"),
            "ends_on": _("Last day"),
        }
        widgets = {"ends_on": Day(), "scope": forms.TextInput()}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made = [(role, ROLES[role]) for role in MADE_BY_HAND]
        self.fields["role"] = forms.ChoiceField(label=_("Role"), choices=made)
        self.fields["school"] = forms.ChoiceField(label=_("School"), required=False, choices=school_choices())

    def clean_login(self) -> str:
        """A name that nobody has."""
        try:
            return checked_login(self.cleaned_data["login"])
        except AccountProblem as problem:
            raise forms.ValidationError(str(problem)) from problem

    def clean(self) -> dict[str, Any]:
        """What an account from outside needs: a sponsor, a scope, an end."""
        given = super().clean() or self.cleaned_data
        sponsor = given.get("sponsor_login", "").strip()
        self.instance.sponsor = staff_known_as(sponsor, today())
        if sponsor and self.instance.sponsor is None:
            self.add_error("sponsor_login", NO_SPONSOR)
        if given.get("role") == OUTSIDE:
            for field in ("sponsor_login", "scope", "ends_on"):
                if not given.get(field) and field not in self.errors:
                    self.add_error(field, _("An account from outside needs this."))
        return given


class EndForm(forms.ModelForm):  # type: ignore[type-arg]
    """The last day of an account, and of one from outside also what it is for and who answers for it."""

    sponsor_login = forms.CharField(label=_("Sponsor's log-in name"), required=False)

    class Meta:
        model = Person
        fields = ("ends_on", "scope")
        labels = {"ends_on": _("Last day"), "scope": _("What the account is for")}  # noqa: RUF012
        widgets = {"ends_on": Day(), "scope": forms.TextInput()}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.role == OUTSIDE:
            self.fields["ends_on"].required = self.fields["scope"].required = True
            if self.instance.sponsor is not None:
                self.initial["sponsor_login"] = self.instance.sponsor.login
        else:
            del self.fields["scope"], self.fields["sponsor_login"]

    def clean_sponsor_login(self) -> str:
        """Somebody of the staff; where nobody is named, who answered until now, if they still can."""
        login: str = self.cleaned_data["sponsor_login"].strip()
        before = self.instance.sponsor
        sponsor = staff_known_as(login or (before.login if before is not None else ""), today())
        if sponsor is None:
            raise forms.ValidationError(NO_SPONSOR)
        self.instance.sponsor = sponsor
        return login

"""What can somebody say about a request that they have made, and to an adult?"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from proxy.console.portal.forms import fields
from proxy.console.review.guardians import Child


class AnswerForm(forms.Form):
    """The answer to a reviewer's question."""

    answer = fields.words(_("Your answer"))


class AppealForm(forms.Form):
    """Why somebody else should look at it again."""

    grounds = fields.words(
        _("Why should the answer be another one?"),
        _("Somebody who did not make the first decision reads this and everything that was said before."),
        rows=5,
    )


class GuardianAppealForm(AppealForm):
    """An appeal of a guardian, which a member of staff writes down."""

    asking = forms.TypedChoiceField(label=_("Student"), coerce=int)
    guardian = fields.line(_("Name of the parent or guardian"), required=True)

    field_order = ("asking", "guardian", "grounds")

    def __init__(self, data: Any, children: Sequence[Child] = ()) -> None:
        """Which student it is for is asked where there are several.

        children   the students whom the person who writes sees in the request
        """
        super().__init__(data)
        if len(children) == 1:
            del self.fields["asking"]
            return
        left = [(child.asking.pk, child.student.name) for child in children if not child.had]
        field = self.fields["asking"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose the student")), *left]


class TakeBackForm(forms.Form):
    """Why a guardian's appeal is taken back."""

    reason = fields.words(
        _("Why is it taken back?"),
        _("Staff who read the request see this, the student does not."),
    )


class TellForm(forms.Form):
    """What worries somebody."""

    text = fields.words(
        _("What happened?"),
        _("You need not be sure, and you need not write everything. An adult will come and listen."),
        rows=5,
    )
    address = fields.Address(required=False, label=_("Where did you see it?"))
    ticket = forms.CharField(required=False, widget=forms.HiddenInput, max_length=4000)

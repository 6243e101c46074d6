"""What can somebody say about a request that they have made, and to an adult?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from proxy.console.portal.forms import fields


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

    guardian = fields.line(_("Name of the parent or guardian"), required=True)

    field_order = ("guardian", "grounds")


class TellForm(forms.Form):
    """What worries somebody."""

    text = fields.words(
        _("What happened?"),
        _("You need not be sure, and you need not write everything. An adult will come and listen."),
        rows=5,
    )
    address = fields.Address(required=False, label=_("Where did you see it?"))
    ticket = forms.CharField(required=False, widget=forms.HiddenInput, max_length=4000)

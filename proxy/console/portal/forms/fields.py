"""Which fields do requests have, and how does each say what it wants?"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from proxy.console.look.forms import words as words
from proxy.console.portal.places import MAX_TYPED, Place, read_place
from proxy.console.portal.spans import WORDS
from proxy.console.review.states import Reach, Resource
from proxy.decision.names import NameProblem


class Address(forms.CharField):
    """The address of a page or site; its value is a Place. Nothing is fetched from there."""

    default_error_messages = {  # noqa: RUF012 - as Django's own fields write it
        "place": _(
            "This is no address of a page. Copy it from the browser, for example physics.example/labs."
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Address of the page or site"))
        kwargs.setdefault("help_text", _("As it stands in the browser, for example physics.example/labs"))
        kwargs.setdefault(
            "widget",
            forms.TextInput(
                attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none", "dir": "ltr"}
            ),
        )
        super().__init__(max_length=MAX_TYPED, **kwargs)

    def clean(self, value: Any) -> Any:
        """Read the address. Raises ValidationError in words that help."""
        text = super().clean(value)
        if not text:
            return Place()
        try:
            return read_place(text)
        except NameProblem as problem:
            raise forms.ValidationError(self.error_messages["place"], code="place") from problem


class Link(forms.CharField):
    """A link to something that people can read, kept as text: only web addresses are taken."""

    default_error_messages = {  # noqa: RUF012 - as Django's own fields write it
        "link": _("Write the address of a web page, for example https://physics.example/privacy."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=500, required=False, **kwargs)
        self.widget.attrs |= {"dir": "ltr", "spellcheck": "false", "autocapitalize": "none"}

    def clean(self, value: Any) -> Any:
        """Read the link as an address; "" stays "". Raises ValidationError."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return read_place(text).url
        except NameProblem as problem:
            raise forms.ValidationError(self.error_messages["link"], code="link") from problem


def line(label: Any, hint: Any = "", *, most: int = 200, required: bool = False) -> forms.CharField:
    """A field for some words."""
    return forms.CharField(label=label, help_text=hint, required=required, max_length=most)


def day(label: Any, hint: Any = "") -> forms.DateField:
    """A field for a day."""
    return forms.DateField(
        label=label,
        help_text=hint,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )


def when() -> forms.ChoiceField:
    """For how long something is needed."""
    return forms.ChoiceField(label=_("When do you need it?"), choices=WORDS, initial="week")


def resource() -> forms.ChoiceField:
    """What kind of thing is meant."""
    return forms.ChoiceField(
        label=_("What is it?"),
        widget=forms.RadioSelect,
        choices=(
            (Resource.APP.value, _("An app, or a program that is installed")),
            (Resource.SITE.value, _("A site that is used in the browser")),
            (Resource.DOWNLOAD.value, _("A download: a file, a font, an extension")),
        ),
    )


def reach() -> forms.ChoiceField:
    """How much of the site is meant."""
    return forms.ChoiceField(
        label=_("How much of the site?"),
        widget=forms.RadioSelect,
        choices=(
            (Reach.PATH.value, _("This part of the site: the page and what belongs to it")),
            (Reach.PAGE.value, _("This page only")),
            (Reach.SITE.value, _("The whole site")),
        ),
        help_text=_("The less you ask for, the easier it is to say yes."),
    )

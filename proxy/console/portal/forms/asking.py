"""What does somebody fill in who asks for something, and what does it mean?

One form for each kind of request. `first` names the fields that everybody sees, in order; the others stand
under "more". A student who comes from the block page sees three.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from proxy.console.portal import audiences
from proxy.console.portal.askers import Asker
from proxy.console.portal.audiences import ME, Taught
from proxy.console.portal.evidence import Met
from proxy.console.portal.forms import fields
from proxy.console.portal.places import Place
from proxy.console.portal.spans import When
from proxy.console.review.states import Kind, Reach
from proxy.settings.schema import Settings

OTHER = "other"


@dataclass(frozen=True, slots=True)
class About:
    """What a form is made for.

    classes   those that the asker teaches, of a student those they learn in
    """

    asker: Asker
    met: Met
    classes: list[Taught]
    settings: Settings
    at: datetime

    @property
    def today(self) -> date:
        """The day at the school."""
        return self.at.astimezone(self.settings.time_zone).date()


class AskForm(forms.Form):
    """What all kinds have in common. A subclass names its fields."""

    kind: ClassVar[Kind]
    first: ClassVar[tuple[str, ...]]

    def __init__(self, about: About, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.about = about
        self.fields["ticket"] = forms.CharField(required=False, widget=forms.HiddenInput, max_length=4000)
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to who asks, and for what."""
        if self.about.met.place.host:
            self.fields.pop("address", None)

    @property
    def shown(self) -> list[BoundField]:
        """The fields that everybody sees."""
        return [self[name] for name in self.first if name in self.fields]

    @property
    def more(self) -> list[BoundField]:
        """The fields that few need."""
        return [bound for bound in self.visible_fields() if bound.name not in self.first]

    @property
    def more_is_wrong(self) -> bool:
        """Whether something under "more" has to be looked at, so that it stands open."""
        return any(bound.errors for bound in self.more)

    @property
    def place(self) -> Place:
        """What was asked for: the page that was met, else what was typed."""
        return (
            self.about.met.place if self.about.met.place.host else self.cleaned_data.get("address") or Place()
        )


class StudentUnblock(AskForm):
    """A student asks for a blocked page: what for, in which class, when."""

    kind = Kind.UNBLOCK
    first = ("address", "purpose", "course", "when")

    address = fields.Address()
    purpose = fields.words(_("What do you need it for?"), _("One or two sentences are enough."))
    course = forms.ChoiceField(label=_("For which class?"), required=False)
    when = fields.when()
    private = forms.BooleanField(
        label=_("This is about my health, my identity or my safety. Only the counselor shall read it."),
        required=False,
    )
    other_course = fields.line(_("Another class or project"))
    begins = fields.day(_("From"), _("If you need it on certain dates only."))
    ends = fields.day(_("Until"))
    more_at = fields.Link(label=_("Where can we read more about it?"))

    def prepare(self) -> None:
        """Offer the student's own classes; without any, a line to write in."""
        super().prepare()
        own = [(each.value, each.school_class.title) for each in self.about.classes]
        if own:
            course = self.fields["course"]
            assert isinstance(course, forms.ChoiceField)
            course.choices = [*own, (OTHER, pgettext_lazy("class", "Another one, or none"))]
        else:
            self.fields["course"] = fields.line(_("For which class or project?"))
            del self.fields["other_course"]

    def clean(self) -> dict[str, Any]:
        """Dates that are chosen have to be given."""
        cleaned = super().clean() or self.cleaned_data
        check_dates(self, cleaned, self.about.today)
        return cleaned

    @property
    def chosen_class(self) -> Taught | None:
        """The class that it is for."""
        value = self.cleaned_data.get("course", "")
        return next((each for each in self.about.classes if each.value == value), None)


class StaffUnblock(AskForm):
    """A member of staff asks for a blocked page: for whom, when, how much of the site."""

    kind = Kind.UNBLOCK
    first: ClassVar[tuple[str, ...]] = (
        "address",
        "purpose",
        "audience",
        "when",
        "reach",
        "looked_through_on",
    )

    address = fields.Address()
    purpose = fields.words(_("What will it be used for?"), _("One or two sentences are enough."))
    audience = forms.ChoiceField(label=_("For whom?"))
    when = fields.when()
    reach = fields.reach()
    looked_through_on = fields.day(
        _("I looked through it on"), _("Look at it yourself before students do, with what it links to.")
    )
    begins = fields.day(_("From"), _("If you need it on certain dates only."))
    ends = fields.day(_("Until"))
    course = fields.line(_("Course"))
    grade = fields.line(_("Grade"), most=40)
    more_at = fields.Link(label=_("Where can we read more about it?"))
    terms = fields.line(_("Licence or terms of use"), most=500)
    privacy_policy = fields.Link(label=_("Its privacy policy"))
    guardians_told_on = fields.day(
        _("Parents and guardians were told about it on"), _("Leave it empty if they were not told.")
    )

    def prepare(self) -> None:
        """Offer the classes that the person teaches, and choose what is likeliest."""
        super().prepare()
        about = self.about
        if about.asker.person is not None:
            audience = self.fields["audience"]
            assert isinstance(audience, forms.ChoiceField)
            usual = audiences.usual(about.asker.person, about.classes)
            offered = audiences.choices(about.asker.person, about.classes, about.settings)
            # Nothing usual: a browser would send the first choice, which nobody has made.
            audience.choices = offered if usual else [("", _("Choose")), *offered]
            self.initial.setdefault("audience", usual)
        if "reach" in self.fields:
            met = about.met.place
            self.initial.setdefault("reach", (met.usual_reach if met.host else Reach.PATH).value)

    def clean(self) -> dict[str, Any]:
        """Dates that are chosen have to be given; nobody looked at it, or told others, tomorrow."""
        cleaned = super().clean() or self.cleaned_data
        check_dates(self, cleaned, self.about.today)
        for name in ("looked_through_on", "guardians_told_on"):
            day = cleaned.get(name)
            if day and day > self.about.today:
                self.add_error(name, _("This day has not come yet."))
        return cleaned


class Resource(StaffUnblock):
    """Somebody wants an app, a site or a download approved. Two people look at it (S55 to S57, S62)."""

    kind = Kind.RESOURCE
    first = (
        "resource",
        "title",
        "address",
        "more_at",
        "purpose",
        "audience",
        "course",
        "grade",
        "when",
        "terms",
        "privacy_policy",
        "guardians_told_on",
        "looked_through_on",
    )

    resource = fields.resource()
    title = fields.line(_("What is it called?"), required=True)
    address = fields.Address(
        required=False,
        label=_("Its address"),
        help_text=_("Of an app: the site that it talks to, if you know it."),
    )

    field_order = first

    def prepare(self) -> None:
        """A resource stands until somebody decides otherwise, and is the whole site."""
        super().prepare()
        self.fields.pop("reach")
        self.initial.setdefault("when", When.STANDING.value)

    def clean(self) -> dict[str, Any]:
        """Somebody must be able to find out what it is."""
        cleaned = super().clean()
        place = cleaned.get("address")
        if not self.errors and not (place and place.host) and not cleaned.get("more_at"):
            self.add_error("more_at", _("Give its address, or where we can read about it."))
        return cleaned


class ShouldBlock(AskForm):
    """Somebody saw what should not be there (S14)."""

    kind = Kind.SHOULD_BLOCK
    first = ("address", "purpose")

    address = fields.Address()
    purpose = fields.words(
        _("What is wrong with it?"), _("What did you see there? You need not open it again.")
    )


class NotWorking(AskForm):
    """Somebody saw the filter do something wrong (S14)."""

    kind = Kind.NOT_WORKING
    first = ("address", "purpose")

    address = fields.Address(required=False)
    purpose = fields.words(
        _("What happened?"), _("What did you do, what did you see, and what should have happened?")
    )


def form_for(kind: Kind, asker: Asker) -> type[AskForm]:
    """Which form somebody fills in."""
    if kind is Kind.UNBLOCK:
        return StudentUnblock if asker.is_student else StaffUnblock
    return {Kind.RESOURCE: Resource, Kind.SHOULD_BLOCK: ShouldBlock, Kind.NOT_WORKING: NotWorking}[kind]


def kinds_for(asker: Asker) -> Iterator[Kind]:
    """What somebody can ask for; apps are for staff to ask for."""
    return (kind for kind in Kind if kind is not Kind.RESOURCE or not asker.is_student)


def check_dates(form: forms.Form, cleaned: dict[str, Any], today: date) -> None:
    """The choice "on these dates" needs an end that lies ahead, and not before the beginning."""
    begins, ends = cleaned.get("begins"), cleaned.get("ends")
    if ends is not None and begins is not None and ends < begins:
        form.add_error("ends", _("The end comes before the beginning."))
    elif ends is not None and ends < today:
        form.add_error("ends", _("This day is over."))
    elif cleaned.get("when") == When.DATES.value and ends is None:
        form.add_error("ends", _("Until which day do you need it?"))


def default_audience(asker: Asker) -> str:
    """Whom a short form is for: whoever fills it in."""
    return ME if asker.subject else ""


def reach_of(form: AskForm) -> Reach:
    """How much of the site a form asks for."""
    if form.kind is Kind.RESOURCE:
        return Reach.SITE
    chosen = form.cleaned_data.get("reach")
    return Reach(chosen) if chosen else form.place.usual_reach

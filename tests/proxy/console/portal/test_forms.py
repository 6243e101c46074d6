"""The portal's forms: which fields each person sees, and what they take."""

from datetime import UTC, datetime

import pytest
from django import forms

from console_people import logged_in
from proxy.console.people.models import Enrolment
from proxy.console.portal.askers import Asker
from proxy.console.portal.askers import logged_in as asks
from proxy.console.portal.audiences import classes_of
from proxy.console.portal.evidence import NOTHING_MET, Met
from proxy.console.portal.forms import fields
from proxy.console.portal.forms.asking import About, form_for
from proxy.console.portal.forms.case import AnswerForm, AppealForm, GuardianAppealForm, TellForm
from proxy.console.portal.forms.code import CodeForm
from proxy.console.portal.places import Place
from proxy.console.review.states import Kind
from proxy.console.site.config import config
from review_office import MONDAY

ON_THE_WAY = Met(place=Place("physics.example", "/labs"))


def form(asker, kind=Kind.UNBLOCK, met=NOTHING_MET, data=None):
    return form_for(kind, asker)(About(asker, met, [], config().settings, MONDAY), data)


def names(bound_fields):
    return [bound.name for bound in bound_fields]


def test_from_the_block_page_a_student_sees_three_fields(office):
    assert names(form(asks(office.student), met=ON_THE_WAY).shown) == ["purpose", "course", "when"]


def test_a_device_sees_the_same_three(db):
    assert names(form(Asker(None, "library-pc", "", "ticket"), met=ON_THE_WAY).shown) == [
        "purpose",
        "course",
        "when",
    ]


def test_staff_see_for_whom_and_how_much(office):
    shown = names(form(asks(office.teacher), met=ON_THE_WAY).shown)
    assert shown == ["purpose", "audience", "when", "reach", "looked_through_on"]


def test_a_page_that_was_met_cannot_be_exchanged(office):
    data = {"purpose": "x", "course": "", "when": "week", "address": "other.example"}
    filled = form(asks(office.student), met=ON_THE_WAY, data=data)
    assert filled.is_valid()
    assert filled.place == ON_THE_WAY.place


@pytest.mark.parametrize("kind", list(Kind))
def test_every_field_has_a_label_and_no_field_is_lost(office, kind):
    filled = form(asks(office.teacher), kind)
    shown = names(filled.shown) + names(filled.more)
    assert sorted(shown) == sorted(names(filled.visible_fields()))
    assert all(bound.label for bound in filled.visible_fields())


def test_what_is_wrong_under_more_opens_it(office):
    data = {"purpose": "x", "course": "", "when": "dates", "address": "physics.example"}
    assert form(asks(office.student), data=data).more_is_wrong


@pytest.mark.parametrize("classes", [0, 2])
def test_whom_it_is_for_is_chosen_by_whoever_asks_where_nothing_is_usual(office, classes):
    office.teacher.sourced_id = None
    for n in range(classes):
        Enrolment.objects.create(
            person=office.teacher, school_class=office.school_class(f"Period {n}", ["student"]), teaches=True
        )
    about = About(
        asks(office.teacher), ON_THE_WAY, classes_of(office.teacher, teaching=True), config().settings, MONDAY
    )
    shown = form_for(Kind.UNBLOCK, about.asker)(about)
    assert shown["audience"].as_widget().partition("<option")[2].startswith(' value=""')
    sent = form_for(Kind.UNBLOCK, about.asker)(
        about, {"purpose": "x", "audience": "", "when": "week", "reach": "path"}
    )
    assert list(sent.errors) == ["audience"]


def test_a_day_lasts_until_its_end_at_the_school(office):
    evening = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)  # Monday, half past seven in Chicago
    data = {"purpose": "x", "course": "", "when": "dates", "ends": "2026-11-30"}
    about = About(asks(office.student), ON_THE_WAY, [], config().settings, evening)
    assert form_for(Kind.UNBLOCK, about.asker)(about, data).is_valid()


@pytest.mark.parametrize("one", [AnswerForm, AppealForm, GuardianAppealForm, TellForm, CodeForm])
def test_an_empty_form_is_incomplete(one):
    assert not one({}).is_valid()


def test_words_have_an_end():
    assert not AppealForm({"grounds": "x" * 4001}).is_valid()
    assert AppealForm({"grounds": "x" * 4000}).is_valid()


@pytest.mark.parametrize(("typed", "kept"), [("", ""), ("a.example/x", "https://a.example/x")])
def test_a_link_is_kept_as_an_address(typed, kept):
    assert fields.Link().clean(typed) == kept


@pytest.mark.parametrize("typed", ["javascript:alert(1)", "data:text/html,x", "two words", "ftp://a.example"])
def test_a_link_leads_to_the_web(typed):
    with pytest.raises(forms.ValidationError):
        fields.Link().clean(typed)


def test_days_are_days():
    assert fields.day("Day").clean("2026-12-07").isoformat() == "2026-12-07"
    with pytest.raises(forms.ValidationError):
        fields.day("Day").clean("07/12/2026")


def test_a_code_form_on_the_first_page_leads_to_its_own(office):
    assert 'action="/ask/code"' in logged_in(office.student).get("/").content.decode()

"""How does a filled-in form become an asking?"""

from typing import Any

from proxy.console.portal import audiences
from proxy.console.portal.forms.asking import (
    AskForm,
    StaffUnblock,
    StudentUnblock,
    default_audience,
    reach_of,
)
from proxy.console.portal.spans import When, span
from proxy.console.review.desk import NewAsking
from proxy.console.review.states import Kind, Lane, Resource


def asking_from(form: AskForm) -> NewAsking:
    """What a form that is complete asks for. Nothing is taken over but what the form's own fields hold."""
    about, place = form.about, form.place
    reach, path, query = place.reaching(reach_of(form))
    return NewAsking(
        kind=form.kind,
        asker=about.asker.person,
        subject=about.asker.subject,
        ticket=about.met.ticket or None,
        code=about.met.code,
        evidence={**about.met.kept, "known_by": about.asker.known_by},
        url=place.url,
        host=place.host,
        path=path,
        query=query,
        reach=reach,
        category=about.met.category,
        purpose=form.cleaned_data["purpose"],
        **_own_fields(form),
    )


def _own_fields(form: AskForm) -> dict[str, Any]:
    if isinstance(form, StudentUnblock):
        return _of_student(form)
    if isinstance(form, StaffUnblock):
        return _of_staff(form)
    return {"school": form.about.asker.school}


def _of_student(form: StudentUnblock) -> dict[str, Any]:
    asker, chosen, told = form.about.asker, form.chosen_class, form.cleaned_data
    private = told["private"]
    typed = told.get("other_course") or (told.get("course", "") if not form.about.classes else "")
    return _terms(form) | {
        "lane": Lane.PRIVATE if private else Lane.ORDINARY,
        "school": asker.school,
        "audience": audiences.audience(default_audience(asker), asker.subject, []),
        "course": chosen.school_class.title if chosen else typed,
        "grade": asker.grade,
        "school_class": chosen.school_class if chosen else None,
        "teacher": chosen.teachers[0] if chosen and chosen.teachers and not private else None,
    }


def _of_staff(form: StaffUnblock) -> dict[str, Any]:
    about, told = form.about, form.cleaned_data
    assert about.asker.person is not None
    chosen = next((each for each in about.classes if each.value == told["audience"]), None)
    return _terms(form) | {
        "school": audiences.school_of(told["audience"], about.asker.person, about.classes, about.settings),
        "audience": audiences.audience(told["audience"], about.asker.subject, about.classes),
        # A resource's course is published; titles of classes name teachers.
        "course": told["course"]
        or (chosen.school_class.title if chosen and form.kind is not Kind.RESOURCE else ""),
        "grade": told["grade"] or (chosen.school_class.grade if chosen else ""),
        "school_class": chosen.school_class if chosen else None,
        "looked_through_on": told["looked_through_on"],
        "terms": told["terms"],
        "privacy_policy": told["privacy_policy"],
        "guardians_told_on": told["guardians_told_on"],
        "title": told.get("title", "") if form.kind is Kind.RESOURCE else "",
        "resource": Resource(told["resource"]) if form.kind is Kind.RESOURCE else None,
    }


def _terms(form: AskForm) -> dict[str, Any]:
    told = form.cleaned_data
    lasts, begins, ends = span(
        When(told["when"]), form.about.at, form.about.settings.time_zone, told["begins"], told["ends"]
    )
    return {"lasts": lasts, "begins": begins, "ends": ends, "more_at": told["more_at"]}

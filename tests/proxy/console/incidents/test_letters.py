"""Who is told of an incident, and what is not told."""

import json
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import translation

from found_incidents import Act
from proxy.console.incidents.letters import opened, waits
from proxy.console.incidents.spoken import family
from proxy.console.people.duties import DutyKind
from proxy.console.post.models import Call, Letter
from proxy.settings.schema.incidents import WebhookSettings
from review_office import MONDAY

HOST = "secret-proxy.example"


@pytest.fixture
def found(school):
    return school.incident(Act(HOST), about=school.student)


def letters():
    return {letter.to.partition("@")[0]: letter for letter in Letter.objects.all()}


def test_the_named_staff_gets_a_letter_that_names_no_child_and_no_site(school, found):
    school.safeguarding, school.safeguarding_b, school.counselor, school.reviewer  # noqa: B018
    opened(found, MONDAY)
    told = letters()

    assert set(told) == {"safeguarding", "safeguarding_b"}
    letter = told["safeguarding"]
    assert letter.subject == f"Incident {found.pk} waits for you"
    assert f"/incidents/{found.pk}/" in letter.text
    assert "Kind: Web proxy." in letter.text
    for secret in (HOST, "Student", found.subject, found.client, "uv/service"):
        assert secret not in letter.text + letter.html + letter.subject


def test_it_is_written_in_their_language(school, found):
    school.safeguarding.language = "es"
    school.safeguarding.save()
    opened(found, MONDAY)
    letter = letters()["safeguarding"]
    assert letter.subject == f"El incidente {found.pk} te espera"
    with translation.override("es"):
        spanish = family(found.technique)
    assert spanish != family(found.technique)
    for text in (letter.text, letter.html):
        assert spanish in text
        assert family(found.technique) not in text


def test_the_settings_name_other_duties(school, found):
    school.safeguarding, school.counselor, school.technician  # noqa: B018
    school.settings(told=("counselor", "technician"))
    opened(found, MONDAY)
    told = letters()

    assert set(told) == {"counselor", "technician"}
    assert told["counselor"].subject == f"Incident {found.pk} has opened"
    assert f"/incidents/{found.pk}" not in told["counselor"].text
    assert "safeguarding officer" in told["counselor"].text


def test_other_schools_staff_is_not_told_and_the_districts_is(school, found):
    elsewhere, everywhere = school.person("teacher-e"), school.person("teacher-d")
    school.charge(elsewhere, DutyKind.SAFEGUARDING, school="maple-elementary")
    school.charge(everywhere, DutyKind.SAFEGUARDING, school="")
    opened(found, MONDAY)
    assert set(letters()) == {everywhere.login}


def test_nobody_is_told_of_themselves(school):
    school.safeguarding_b  # noqa: B018
    found = school.incident(about=school.safeguarding)
    opened(found, MONDAY)
    assert set(letters()) == {"safeguarding_b"}


def test_where_nobody_has_the_duty_the_administrators_hear_that(school, found):
    school.administrator  # noqa: B018
    opened(found, MONDAY)
    [letter] = Letter.objects.all()
    assert (letter.to, letter.subject) == (
        "administrator@school.example",
        "An incident waits and nobody is in charge",
    )
    assert "/people/" in letter.text
    assert f"/incidents/{found.pk}" not in letter.text


def test_a_second_time_nobody_is_written_twice_and_a_reminder_is_another_letter(school, found):
    school.safeguarding  # noqa: B018
    opened(found, MONDAY)
    opened(found, MONDAY)
    waits(found, MONDAY)
    assert sorted(letter.subject for letter in Letter.objects.all()) == [
        f"Incident {found.pk} still waits",
        f"Incident {found.pk} waits for you",
    ]


def test_the_webhook_hears_a_number_a_school_and_a_kind_and_no_more(school, found):
    school.settings(webhook=WebhookSettings(url="https://desk.example/", secret_file=Path("/nowhere")))
    opened(found, MONDAY)
    opened(found, MONDAY)

    assert json.loads(Call.objects.get().body) == {
        "event": "incident.opened",
        "id": found.pk,
        "school": "valley-high",
        "family": "webproxy",
        "at": "2026-11-30T15:00:00+00:00",
        "link": f"http://127.0.0.1:9380/incidents/{found.pk}/",
    }


def test_without_a_webhook_nothing_is_queued_for_it(school, found):
    opened(found, MONDAY)
    assert Call.objects.count() == 0


def test_what_is_rolled_back_tells_nobody(school, found):
    school.safeguarding  # noqa: B018
    with transaction.atomic():
        opened(found, MONDAY)
        assert Letter.objects.count() == 1
        transaction.set_rollback(True)
    assert Letter.objects.count() == 0

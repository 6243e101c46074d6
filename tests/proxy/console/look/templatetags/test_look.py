"""Tags and filters of templates: badges, due times, moments."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from proxy.console.look.templatetags.look import far

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # Monday, 9:00 in Chicago


def shown(source, **context):
    return Template("{% load look %}" + source).render(Context({"now": NOW, **context}))


def test_a_state_is_a_badge():
    assert shown("{% state s %}", s="denied") == '<span class="badge bad">Not approved</span>'
    assert shown("{% state s staff=True %}", s="submitted") == '<span class="badge waiting">Waiting</span>'


def test_a_state_that_is_none_stays_text():
    assert "<b>" not in shown("{% state s %}", s="<b>")


@pytest.mark.parametrize(
    ("ahead", "tone", "words"),
    [
        pytest.param(timedelta(days=3), "", "in 3 days", id="days"),
        pytest.param(timedelta(hours=26), "", "in 1 day", id="rounded down"),
        pytest.param(timedelta(hours=5), "", "in 5 hours", id="hours"),
        pytest.param(timedelta(hours=4), "soon", "in 4 hours", id="soon"),
        pytest.param(timedelta(minutes=1), "soon", "in 1 minute", id="a minute"),
        pytest.param(timedelta(0), "late", "now", id="now"),
        pytest.param(timedelta(hours=-2), "late", "2 hours overdue", id="late"),
        pytest.param(timedelta(days=-1), "late", "1 day overdue", id="a day late"),
    ],
)
def test_a_due_time_says_how_far_off_it_is(ahead, tone, words):
    text = shown("{% due at now %}", at=NOW + ahead)
    assert f'class="due {tone}"' in text
    assert f"({words})" in text


def test_a_due_time_is_told_in_the_schools_zone():
    text = shown("{% due at now %}", at=NOW + timedelta(days=4))
    assert "Friday 27 November 2026, 9:00" in text
    assert 'datetime="2026-11-27T15:00:00+00:00"' in text


@pytest.mark.parametrize(
    ("at", "day"),
    [
        pytest.param(datetime(2026, 12, 15, 6, 0, tzinfo=UTC), "Monday 14 December 2026", id="midnight"),
        pytest.param(datetime(2026, 12, 15, 18, 0, tzinfo=UTC), "Monday 14 December 2026", id="noon"),
        pytest.param(None, "", id="never"),
    ],
)
def test_what_ends_at_midnight_ends_with_the_day_before(at, day):
    assert shown("{{ at|last_day }}", at=at) == day


def test_what_is_not_due_says_nothing():
    assert shown("{% due at now %}{{ at|moment }}", at=None) == ""


@pytest.mark.parametrize(
    ("filtered", "words"),
    [
        ("{{ 'unblock'|kind_words }}", "Open a blocked page"),
        ("{{ 'claim'|step_words }}", "Taken up by a reviewer"),
        ("{{ 'narrowed'|outcome_words }}", "Approved in part"),
        ("{{ 'counselor'|duty_words }}", "Counselor"),
        ("{{ 'site'|reach_words }}", "the whole site"),
        ("{{ 'denied'|tone }}", "bad"),
        ("{{ 'strange'|kind_words }}", "strange"),
    ],
)
def test_values_have_words(filtered, words):
    assert shown(filtered) == words


def test_other_languages_say_it_their_way():
    with translation.override("es"):
        assert far(timedelta(hours=3)) == "en 3 horas"
        assert far(timedelta(days=-1)) == "1 día de retraso"

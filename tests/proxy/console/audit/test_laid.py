import pytest
from django.db import connection, transaction

from audited import AT, run
from proxy.console.audit import triggers
from proxy.console.audit.append import append
from proxy.console.audit.laid import BY_HAND, INSTALLED, LAID, Before, before_update, told

pytestmark = pytest.mark.django_db


def note(action=INSTALLED, **more):
    with transaction.atomic():
        append(action, actor="console", detail=told(**more), at=AT)


def test_a_record_without_a_word_about_guards_says_so():
    assert before_update() == Before(None)


def test_a_database_without_a_record_is_a_new_one():
    run("ALTER TABLE audit_auditrecord RENAME TO gone")

    assert before_update() == Before(None)


@pytest.mark.parametrize("action", [INSTALLED, LAID, BY_HAND])
def test_what_was_laid_and_is_there_still_is_not_lost(action):
    note(action, missing=["review_law_forbids"])

    recorded = triggers.digests(connection.vendor, triggers.of_all_apps)
    assert len(recorded) > 30
    assert before_update() == Before(recorded)


def test_what_was_laid_and_is_gone_is_lost():
    note()

    triggers.drop(connection, {"review_law_forbids", "audit_record_stays"})

    assert before_update().lost == {"review_law_forbids", "audit_record_stays"}


def test_the_newest_word_counts(monkeypatch):
    note()
    monkeypatch.setattr(triggers, "of_all_apps", lambda vendor: {})
    note(LAID)

    assert before_update() == Before({})

"""An update renews what it guards otherwise; what somebody took away or changed is lost, and said to be."""

import json
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from audited import AT, acts, run
from proxy.console.audit import triggers
from proxy.console.audit.models import AuditRecord
from proxy.console.audit.triggers import Guard
from proxy.console.site.guarding import before_update, guard

pytestmark = pytest.mark.django_db

PEOPLE, RECORD = "review_law_forbids", "audit_record_stays"
OLD = "review_earlier_rule"


@pytest.fixture
def earlier(monkeypatch):
    """The database as an earlier version left it, which guarded a little otherwise."""
    of_all_apps = triggers.of_all_apps

    def rules(vendor):
        now = of_all_apps(vendor)
        changed = {name: replace(now[name], words="as it was") for name in (PEOPLE, RECORD)}
        moved = {
            "audit_head_is_one": replace(now["audit_head_is_one"], table="audit_auditrecord", when="1 = 0")
        }
        return {**now, **changed, **moved, OLD: Guard("review_case", "INSERT", "no case any more", "1 = 0")}

    with monkeypatch.context() as before:
        before.setattr(triggers, "of_all_apps", rules)
        triggers.drop(connection, {"audit_head_is_one"})
        triggers.lay(connection, rules)
        start()
    AuditRecord.objects.get()


def start():
    guard(before_update(), AT)


def told():
    """The last word of the record: what was done, and to which guards."""
    record = AuditRecord.objects.order_by("-number").first()
    detail = json.loads(record.detail)
    guards = detail.pop("guards", None)
    return record.action, detail, guards == triggers.digests(connection.vendor, triggers.of_all_apps)


def names():
    return {name for name, _digest in triggers.there_are(connection)}


def is_as_wanted():
    return (triggers.missing(connection, triggers.of_all_apps), OLD in names()) == ([], False)


def test_the_first_start_records_what_is_there_and_the_next_one_nothing():
    start()
    assert told() == ("guards.installed", {"renewed": [], "dropped": []}, True)

    start()
    assert AuditRecord.objects.count() == 1


def test_an_update_renews_guards_and_loses_none(earlier, caplog):
    assert not is_as_wanted()

    start()

    renewed = sorted([PEOPLE, RECORD, "audit_head_is_one"])
    assert told() == ("guards.installed", {"renewed": renewed, "dropped": [OLD]}, True)
    assert is_as_wanted()
    assert triggers.foreign(connection, triggers.of_all_apps) == []
    assert "lost" not in caplog.text
    with pytest.raises(IntegrityError, match="a record is never changed"), transaction.atomic():
        run("UPDATE audit_auditrecord SET about = 'x'")
    start()
    assert AuditRecord.objects.count() == 2


def test_what_a_migration_forgot_is_laid_again_without_a_word_of_loss(earlier):
    before = before_update()
    triggers.drop(connection, {"review_law_forbids", "people_duty_is_kept"})

    guard(before, AT)

    assert told()[0] == "guards.installed"
    assert is_as_wanted()


def test_what_was_taken_away_before_an_update_is_lost(earlier, caplog):
    triggers.drop(connection, {PEOPLE})

    start()

    assert told() == ("guards.laid", {"missing": [PEOPLE]}, True)
    assert "had lost what guards requests and people, and has it again: review_law_forbids" in caplog.text
    assert is_as_wanted()


def test_what_was_changed_before_an_update_is_lost_though_this_version_changes_it_too(earlier):
    of_all_apps = triggers.of_all_apps(connection.vendor)
    weak = {PEOPLE: replace(of_all_apps[PEOPLE], when="1 = 0")}
    triggers.lay(connection, lambda vendor: weak)

    start()

    assert told() == ("guards.laid", {"missing": [PEOPLE]}, True)
    assert is_as_wanted()


def test_those_of_the_record_that_were_lost_are_laid_by_hand_alone(earlier):
    triggers.drop(connection, {RECORD})

    for _ in range(2):
        start()

        assert told()[0] == "guards.installed"
        assert triggers.missing(connection, triggers.of_all_apps) == [RECORD]
    assert AuditRecord.objects.count() == 2


def test_a_database_of_which_the_record_says_nothing_has_lost_what_is_missing():
    acts(1)
    triggers.drop(connection, {PEOPLE, RECORD})

    start()

    assert told() == ("guards.laid", {"missing": [PEOPLE]}, True)
    assert triggers.missing(connection, triggers.of_all_apps) == [RECORD]

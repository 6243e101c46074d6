"""How an act gets into the record."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import transaction

from proxy.console.audit.append import NotInTransaction, append
from proxy.console.audit.chain import START, Link, fault_in
from proxy.console.audit.models import AuditHead, AuditRecord

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_each_record_follows_the_one_before_it() -> None:
    first = append("case.submit", actor="person:17", about="case:1", detail={"b": 2, "a": "ü"}, at=AT)
    second = append("case.claim", actor="person:4", about="case:1", at=AT + timedelta(minutes=1))

    assert (first.number, first.previous, first.detail) == (1, START, '{"a":"\\u00fc","b":2}')
    assert (second.number, second.previous, second.detail) == (2, first.hash, "{}")
    assert list(AuditHead.objects.values_list("number", "hash")) == [(2, second.hash)]


@pytest.mark.django_db
def test_what_comes_back_from_the_database_has_the_hash_that_went_in() -> None:
    chicago = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=-6)))

    append("case.deny", actor="person:4", about="case:1", detail={"note": 'a "\u0000\ud800 b'}, at=chicago)

    assert fault_in(Link(), AuditRecord.objects.get()) is None


@pytest.mark.django_db(transaction=True)
def test_a_record_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(NotInTransaction, match=r"^case\.deny: append only inside"):
        append("case.deny", actor="person:4", at=AT)
    assert AuditRecord.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_no_record_and_no_gap() -> None:
    def fail() -> None:
        with transaction.atomic():
            append("case.deny", actor="person:4", at=AT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with transaction.atomic():
        kept = append("case.approve", actor="person:4", at=AT)

    assert kept.number == 1
    assert [record.action for record in AuditRecord.objects.all()] == ["case.approve"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"action": ""}, id="no action"),
        pytest.param({"actor": ""}, id="no actor"),
        pytest.param({"actor": "person:1\nperson:2"}, id="a line break"),
        pytest.param({"about": "x" * 201}, id="too long"),
        pytest.param({"about": "\u202e"}, id="what turns text around"),
        pytest.param({"detail": {"share": float("nan")}}, id="no JSON"),
        pytest.param({"at": datetime(2026, 11, 23)}, id="a time without a zone"),  # noqa: DTZ001
    ],
)
def test_what_does_not_fit_a_record_is_refused(wrong: dict[str, object]) -> None:
    fitting = {"action": "case.deny", "actor": "person:4", "about": "", "detail": {}, "at": AT}
    with pytest.raises(ValueError, match=r"."):
        append(**{**fitting, **wrong})  # type: ignore[arg-type]
    assert append(**fitting).number == 1  # type: ignore[arg-type]

import json

import pytest
from django.db import transaction

from audited import AT, tamper
from proxy.console.audit.append import append
from proxy.console.audit.importing import BROKEN
from proxy.console.audit.log_faults import MOST, LogFault, how_many_unseen, look, unseen
from proxy.console.audit.models import AuditRecord

pytestmark = pytest.mark.django_db


def broken(count=1):
    with transaction.atomic():
        return [
            append(BROKEN, actor="timers", detail={"what": "line 2: x"}, at=AT).number for _ in range(count)
        ]


def test_a_fault_is_unseen_until_somebody_has_looked():
    assert (unseen(), how_many_unseen()) == ([], 0)
    first, second = broken(2)
    assert unseen() == [LogFault(second, AT, "line 2: x"), LogFault(first, AT, "line 2: x")]

    look(first, "person:3", AT)
    assert (unseen(), how_many_unseen()) == ([LogFault(second, AT, "line 2: x")], 1)
    look(second, "person:3", AT)
    assert (unseen(), how_many_unseen()) == ([], 0)
    (third,) = broken()
    assert [fault.number for fault in unseen()] == [third]


def test_who_looked_and_up_to_where_is_recorded_once():
    (fault,) = broken()
    for _ in range(2):
        look(fault + 10, "person:3", AT)

    seen = AuditRecord.objects.get(action="bundle.log_seen")
    assert (seen.actor, json.loads(seen.detail)) == ("person:3", {"up_to": fault})


def test_the_newest_of_many_are_told():
    numbers = broken(MOST + 2)

    assert [fault.number for fault in unseen()] == numbers[:1:-1]
    assert how_many_unseen() == MOST + 2


@pytest.mark.parametrize("detail", ["no JSON", "[1]"])
def test_records_that_somebody_changed_are_shown_all_the_same(detail):
    (fault,) = broken()
    look(fault, "person:3", AT)
    tamper("UPDATE audit_auditrecord SET detail = %s", detail)

    assert unseen() == [LogFault(fault, AT, detail)]

"""What has to be there before the console answers."""

import pytest

from proxy.console.people.models import Person
from proxy.console.site.config import config
from proxy.console.site.database_ready import DatabaseProblem
from proxy.console.site.prepared import DemoPeopleRefused, OncePrepared, prepare


def person(**keys):
    return Person.objects.create(login="nreed", role="administrator", **keys)


@pytest.mark.django_db(transaction=True)
def test_people_of_the_demo_are_refused_outside_of_it():
    person(demo=True)
    with pytest.raises(DemoPeopleRefused, match="whose passwords everybody can read"):
        prepare(config())


@pytest.mark.django_db(transaction=True)
def test_people_of_the_school_are_not():
    person()
    prepare(config())
    assert Person.objects.count() == 1


def answered(prepared):
    started = []
    body = b"".join(prepared({}, lambda status, headers: started.append((status, dict(headers)))))
    return started[0][0], started[0][1], body


def test_until_the_database_is_there_every_page_says_so(monkeypatch):
    tries = []

    def failing(_):
        tries.append(1)
        raise DatabaseProblem("the database cannot be used: connection refused")

    def inner(environ, start_response):
        start_response("200 OK", [])
        return [b"inside"]

    monkeypatch.setattr("proxy.console.site.prepared.prepare", failing)
    prepared = OncePrepared(inner, config(), ready=False)
    status, headers, body = answered(prepared)
    assert (status, headers["Retry-After"]) == ("503 Service Unavailable", "15")
    assert b"Nothing was saved. The filter goes on as it is." in body
    answered(prepared)
    assert len(tries) == 1, "every request would wait for a database that is gone"

    monkeypatch.setattr("proxy.console.site.prepared.AGAIN_S", 0.0)
    prepared = OncePrepared(inner, config(), ready=False)
    answered(prepared)
    monkeypatch.setattr("proxy.console.site.prepared.prepare", lambda _: None)
    assert answered(prepared)[2] == b"inside"
    monkeypatch.setattr("proxy.console.site.prepared.prepare", failing)
    assert answered(prepared)[2] == b"inside"

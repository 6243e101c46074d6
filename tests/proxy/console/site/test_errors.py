"""The pages that are seen when something cannot be answered."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.test import Client, override_settings
from django.urls import path

from proxy.console.people.gates import public
from proxy.console.site.urls import handler400, handler403, handler404, handler500  # noqa: F401


def _raising(error):
    @public
    def view(request):
        raise error

    return view


urlpatterns = [
    path("gone", _raising(OperationalError("connection to server failed, password=hidden"))),
    path("closed", _raising(InterfaceError("connection already closed"))),
    path("fault", _raising(ZeroDivisionError("student-0017"))),
    path("denied", _raising(PermissionDenied("This <b>page</b> is the counselor's."))),
    path("wrong", _raising(SuspiciousOperation("x"))),
]


@pytest.fixture
def client():
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status", "title"),
    [
        ("/gone", 503, "The database cannot be reached"),
        ("/closed", 503, "The database cannot be reached"),
        ("/fault", 500, "Something went wrong here"),
        ("/denied", 403, "This page is not for you"),
        ("/wrong", 400, "This cannot be understood"),
        ("/nowhere", 404, "There is no such page"),
    ],
)
def test_each_says_what_became_of_it_and_nothing_of_the_inside(client, address, status, title):
    answer = client.get(address)
    page = answer.content.decode()
    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in page
    assert "Maple Valley School District" in page
    assert not {"hidden", "student-0017", "Traceback", "ZeroDivision"} & set(page.replace("=", " ").split())


@pytest.mark.django_db
def test_a_reason_is_shown_as_text(client):
    page = client.get("/denied").content.decode()
    assert "This &lt;b&gt;page&lt;/b&gt; is the counselor&#x27;s." in page


@pytest.mark.django_db
def test_who_finds_the_database_gone_is_told_that_nothing_was_saved(client):
    answer = client.get("/gone")
    assert "Nothing was saved. The filter goes on as it is." in answer.content.decode()
    assert answer["Retry-After"] == "15"


@pytest.mark.django_db
def test_a_forged_form_changes_nothing():
    answer = Client(enforce_csrf_checks=True).post("/language/", {"language": "es"})
    assert answer.status_code == 403
    assert "Nothing was saved." in answer.content.decode()

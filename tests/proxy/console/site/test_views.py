"""Is the console well?"""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_it_says_so_to_whoever_watches_over_it():
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"ok\n", "text/plain")


@pytest.mark.django_db
def test_nothing_can_be_sent_there():
    assert Client().post("/healthz").status_code == 405

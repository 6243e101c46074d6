"""What the database finds on the public list; `test_approved.py` tells what stands there, what never does."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approved_resource import approve
from lifted_triggers import lifted_triggers
from proxy.console.portal.approved import approved, told
from proxy.console.portal.listed import Sought, choices, listed
from proxy.console.review.models import Opening
from proxy.console.review.states import Kind, Lasts, Resource
from proxy.console.site.config import config
from review_office import MONDAY, SCHOOL, Office

HIGH = "Valley Middle and High School"


@pytest.fixture
def shelf(office: Office) -> None:
    """Resources for a school, for grades of all schools, and one of which little is said."""
    approve(office, "optics.example", title="Óptica 50% (Lab)", course="Physics", grade="10")
    approve(office, "art.example", title="art", course="Art", grade="")
    approve(office, "zoo.example", title="", course="", grade="")
    approve(office, "class.example", title="Class", course="Art", grade="", resource=Resource.APP)
    # As the district's people would have approved them, and one for a class of one school.
    connection.check_constraints()  # PostgreSQL lifts no trigger while some wait for the end
    with lifted_triggers(connection, tables_of="review_"):
        Opening.objects.filter(host="art.example").update(audience={"grades": ["10", "11"]})
        Opening.objects.filter(host="zoo.example").update(audience={"grades": ["K"]}, path="/animals")
        within = {"classes": ["phy-3"], "within": [SCHOOL]}
        Opening.objects.filter(host="class.example").update(audience=within)
        connection.check_constraints()


def found(**sought: str) -> list[str]:
    some = [one.address for one in approved(MONDAY, config().settings, Sought(**sought))]
    every = [one.address for one in approved(MONDAY, config().settings)]
    assert some == [address for address in every if address in some]
    return sorted(some)


OPTICS, ART, ZOO, CLASS = "optics.example", "art.example", "zoo.example/animals", "class.example"


def test_looking_for_something(shelf: None) -> None:
    assert found() == sorted([OPTICS, ART, ZOO, CLASS])
    for sought, expected in (
        ({"words": "LAB óptica"}, [OPTICS]),
        ({"words": "50% (lab)"}, [OPTICS]),
        ({"words": "5.%"}, []),
        ({"words": "physics optics.example"}, [OPTICS]),
        ({"words": "zoo.example/anim"}, [ZOO]),
        ({"words": "chemistry"}, []),
        ({"words": "["}, []),
        ({"kind": "app"}, [CLASS]),
        ({"subject": "Art"}, [ART, CLASS]),
        ({"subject": "art"}, []),
        ({"grade": "10"}, [ART, CLASS, OPTICS]),
        ({"grade": "11"}, [ART, CLASS]),
        ({"grade": "1"}, [CLASS]),
        ({"grade": "K"}, [CLASS, ZOO]),
        ({"school": HIGH}, [ART, CLASS, OPTICS, ZOO]),
        ({"school": "Another"}, [ART, ZOO]),
        ({"school": "Another", "grade": "K"}, [ZOO]),
    ):
        assert found(**sought) == expected, sought


def test_what_can_be_looked_for(shelf: None) -> None:
    assert choices(listed(MONDAY), config().settings) == {
        "kinds": ["app", "site"],
        "subjects": ["Art", "Physics"],
        "grades": ["10", "11", "K"],
        "schools": [HIGH],
    }


def test_a_page_reads_as_many_as_it_shows(shelf: None) -> None:
    settings = config().settings
    every = [one.title for one in approved(MONDAY, settings)]

    with CaptureQueriesContext(connection) as asked:
        assert [one.title for one in told(listed(MONDAY)[1:3], settings)] == every[1:3]
    assert len(asked) == 2
    assert "LIMIT 2 OFFSET 1" in asked[0]["sql"]


def test_of_a_resource_that_several_asked_for_one_request_speaks(office: Office) -> None:
    office.asks("optics.example", "teacher", kind=Kind.RESOURCE, title="First", lasts=Lasts.STANDING.value)
    approve(office, title="Second")

    assert [one.title for one in listed(MONDAY)] == ["First"]


def test_of_many_words_the_longest_count(shelf: None) -> None:
    short = " ".join(f"x{number}" for number in range(50))
    with CaptureQueriesContext(connection) as asked:
        assert found(words=f"{short} Óptica Physics optics.example physics lab) óptic example") == [OPTICS]
    assert max(str(query["sql"]).count("physics") for query in asked) <= 2

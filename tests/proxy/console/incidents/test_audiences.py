"""For whom what was innocent can be forgiven or permitted."""

from acts_seen import incident_of
from proxy.console.incidents.audiences import choices, forgiven, in_words, permitted
from review_office import SCHOOL, Office

TITLE = "Valley Middle and High School"
WITHIN = {"within": [SCHOOL]}


def test_of_somebody_known_the_narrowest_comes_first(office: Office) -> None:
    office.school_class("physics-2", ["student"])
    incident = incident_of(office.student)
    assert [value for value, _ in choices(incident)] == [
        "who", "classes:physics-2", "groups:high", f"schools:{SCHOOL}",
    ]  # fmt: skip
    assert choices(incident, permits=True) == choices(incident)
    assert forgiven(incident, "who") == {"who": [incident.who]}
    assert permitted(incident, "who") == {"subjects": ["id-student"]}
    assert permitted(incident, "classes:physics-2") == {"classes": ["physics-2"], **WITHIN}
    assert forgiven(incident, "groups:high") == {"groups": ["high"], **WITHIN}
    assert forgiven(incident, f"schools:{SCHOOL}") == {"schools": [SCHOOL]}


def test_nobody_is_permitted_anything_by_an_address(office: Office) -> None:
    incident = incident_of()
    assert [value for value, _ in choices(incident)] == ["who", "groups:high", f"schools:{SCHOOL}"]
    assert [value for value, _ in choices(incident, permits=True)] == ["groups:high", f"schools:{SCHOOL}"]
    assert permitted(incident, "who") is None
    assert forgiven(incident, "who") == {"who": ["10.20.1.7"]}


def test_what_is_not_offered_is_not_taken(office: Office) -> None:
    incident = incident_of(office.student)
    for choice in (
        "",
        "everybody",
        "groups:staff",
        "schools:maple-elementary",
        "classes:art-1",
        "subjects:id-x",
    ):
        assert forgiven(incident, choice) is None
        assert permitted(incident, choice) is None


def test_no_name_is_in_the_words(office: Office) -> None:
    office.school_class("physics-2", ["student"])
    incident = incident_of(office.student)
    words = " ".join(words for _, words in choices(incident))
    assert "Student" not in words
    assert in_words({"subjects": ["id-student"]}) == "only one person or device"
    assert in_words({"who": ["abcd"]}) == "only one person or device"
    assert in_words({"classes": ["physics-2"], **WITHIN}) == f"the class physics-2, at {TITLE}"
    assert in_words({"groups": ["high"], **WITHIN}).startswith("the group ")
    assert in_words({"schools": [SCHOOL]}) == f"everybody at {TITLE}"
    assert in_words({}) == "everybody"

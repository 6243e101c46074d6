"""Places and paths of problems."""

from proxy.settings.positions import read_document
from proxy.settings.reporting import Report
from proxy.settings.wording import Worded

TEXT = b"groups:\n  - id: low\n    rules: [a, b]\nzone: x\n"


def report() -> Report:
    document = read_document(TEXT, "a.yaml")
    assert document.root is not None
    return Report(document.root, [document])


def test_an_item_is_called_by_its_id() -> None:
    assert report().shown(("groups", 0, "rules", 1)) == "groups.low.rules[1]"
    assert report().shown(("groups", 0, "missing")) == "groups.low.missing"
    assert report().shown(("zone", 0)) == "zone"


def test_a_part_is_pointed_at_by_its_first_key() -> None:
    place = report().place(("groups", 0, "missing"))
    assert (place.line, place.column, place.width) == (2, 5, 2)


def test_the_same_problem_is_reported_once_and_in_order() -> None:
    found = report()
    for path in (("zone",), ("groups", 0, "rules"), ("zone",)):
        found.add(Worded(path, "wrong"))

    assert [(problem.line, problem.path) for problem in found.sorted()] == [
        (3, "groups.low.rules"),
        (4, "zone"),
    ]


def test_a_doubt_about_a_value_that_is_wrong_anyway_is_not_added() -> None:
    found = report()
    found.add(Worded(("groups", 0, "rules", 0), "wrong"))
    found.add_unless_known(Worded(("groups", "low", "rules"), "doubtful"))
    found.add_unless_known(Worded(("groups", "low", "profile"), "missing"))

    assert [problem.message for problem in found.sorted()] == ["missing", "wrong"]

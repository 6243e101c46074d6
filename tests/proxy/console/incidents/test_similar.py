"""Similar cases are numbers."""

from datetime import timedelta

from proxy.console.incidents.similar import Row, similar
from proxy.console.incidents.states import State
from proxy.console.people.duties import DutyKind
from review_office import MONDAY

DAY = timedelta(days=1)


def test_cases_of_the_same_technique_are_counted_by_school_and_state(school):
    shown = school.incident()
    assert similar(shown, MONDAY) == []
    school.charge(school.safeguarding, DutyKind.SAFEGUARDING, school="")
    school.ended(State.INNOCENT, client="192.0.2.11")
    school.ended(State.INNOCENT, client="192.0.2.12", at=MONDAY - 30 * DAY)
    school.ended(State.CONFIRMED, client="192.0.2.13", school="maple-elementary")
    school.incident(client="192.0.2.14")
    school.ended(State.INNOCENT, client="192.0.2.15", at=MONDAY - 31 * DAY)
    school.ended(State.INNOCENT, client="192.0.2.16", technique="vpn.wireguard")

    assert similar(shown, MONDAY) == [
        Row(State.OPEN, 1, 0), Row(State.CONFIRMED, 0, 1), Row(State.INNOCENT, 2, 0)
    ]  # fmt: skip

"""What others did before it was found innocent does not count either."""

from datetime import timedelta

import pytest
from django.db import transaction

from acts_seen import act, ended, incident_of, pseudonym
from proxy.console.incidents import desk
from proxy.console.incidents.excuses import excuses
from proxy.console.incidents.models import Incident, Pardon
from proxy.console.incidents.naming import behind
from proxy.console.incidents.opening import weigh
from proxy.console.incidents.states import State
from review_office import MONDAY, SCHOOL, Office

HOUR = timedelta(hours=1)


def weighed(who: str) -> list[Incident]:
    """What opens two hours later, when a little more of somebody is seen."""
    act(
        0.15, MONDAY + 2 * HOUR, technique="vpn.app", who=who, subject=who, site="x.example", host="x.example"
    )
    with transaction.atomic():
        return weigh([who], MONDAY + 2 * HOUR, behind([who]))


@pytest.mark.parametrize(
    ("audience", "counts"),
    [(f"schools:{SCHOOL}", False), ("groups:high", False), ("who", True)],
    ids=["the school", "the group", "only one person"],
)
def test_an_act_from_before_the_pardon_counts_where_it_is_for_others_alone(
    office: Office, audience: str, counts: bool
) -> None:
    other = pseudonym(office.student2)
    act(0.7, who=other, subject=other)
    pardon = desk.PardonWanted(("webproxy",), "games.example", audience)
    ended(incident_of(office.student), office.safeguarding, State.INNOCENT, pardons=[pardon])
    assert bool(weighed(other)) is counts


def test_it_joins_no_incident_that_stands(office: Office) -> None:
    other = pseudonym(office.student2)
    stands = incident_of(office.student2, technique="vpn.wireguard", site="b.example", host="b.example")
    act(0.7, who=other, subject=other)
    pardon = desk.PardonWanted(("webproxy",), "games.example", f"schools:{SCHOOL}")
    ended(incident_of(office.student), office.safeguarding, State.INNOCENT, pardons=[pardon])
    assert weighed(other) == []
    assert set(stands.findings.values_list("site", flat=True)) == {"b.example", "x.example"}


def test_it_counts_again_when_the_pardon_is_taken_back(office: Office) -> None:
    other = pseudonym(office.student2)
    act(0.7, who=other, subject=other)
    pardon = desk.PardonWanted(("webproxy",), "games.example", f"schools:{SCHOOL}")
    ended(incident_of(office.student), office.safeguarding, State.INNOCENT, pardons=[pardon])
    desk.revoke_pardon(Pardon.objects.get().pk, office.safeguarding, at=MONDAY + HOUR, words="a mistake")
    assert excuses() == []
    assert len(weighed(other)) == 1

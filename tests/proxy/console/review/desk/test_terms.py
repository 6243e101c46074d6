"""What can be approved, by what was asked, by the law, and by the policy that is in force."""

from dataclasses import replace
from datetime import timedelta

import pytest
import yaml

from proxy.console.people.duties import DutyKind
from proxy.console.review import desk
from proxy.console.review.opened import Opened
from proxy.console.review.states import Kind, Lasts, Listing, Reach
from proxy.console.site.config import config, use
from review_office import MONDAY, NOTHING_SEEN, seen
from written_school import WrittenSchool, write_school


@pytest.fixture
def published(office, tmp_path, with_console):
    """A policy in force: games.example is listed under games, floor.example under pornography."""
    school = write_school(tmp_path)
    school.publish()
    use(replace(with_console(), state=school.state))
    return config().state


def why(case, listing=Listing.EXCEPTION, checklist=NOTHING_SEEN, **fields):
    return desk.why_not_open(case, replace(desk.as_asked(case), **fields), checklist, listing)


class TestLaw:
    def test_no_exception_opens_what_the_law_asks_to_block_and_that_is_said_before(self, office, published):
        case = office.asks("www.floor.example", category="pornography")

        assert desk.cipa_category(case) == "pornography"
        assert "no exception can open it" in why(case)
        assert why(case, Listing.CORRECTION) is None
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        with pytest.raises(desk.Incomplete, match="no exception"):
            desk.approve(
                case.pk, office.reviewer, at=MONDAY, reason="x", checklist=NOTHING_SEEN,
                opening=desk.as_asked(case),
            )  # fmt: skip

    def test_nor_a_page_that_is_listed_by_itself(self, office, published, tmp_path):
        config_file = tmp_path / "config" / "school.yaml"
        said = yaml.safe_load(config_file.read_text())
        said["lists"]["local"][1]["format"] = "urls"
        config_file.write_text(yaml.safe_dump(said))
        school = WrittenSchool(tmp_path)
        school.list_floor("big.example/films")
        school.publish()
        films = office.asks("big.example", reach=Reach.PATH, path="/films/old")
        site = office.asks("big.example")

        assert (desk.cipa_category(films), desk.cipa_category(site)) == ("pornography", None)
        assert "no exception can open it" in why(films)
        assert why(site) is None
        assert "no exception can open it" in why(site, reach=Reach.PAGE, path="/films")

    def test_not_on_appeal_either(self, office, published):
        case = office.appealed(host="floor.example", category="pornography")
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)

        with pytest.raises(desk.Incomplete, match="no exception"):
            desk.overturn(
                case.pk, office.appeal_officer, at=MONDAY, reason="x", checklist=NOTHING_SEEN,
                opening=desk.as_asked(case),
            )  # fmt: skip

    def test_what_the_district_chose_to_block_can_be_opened(self, office, published):
        case = office.asks("games.example")

        assert desk.cipa_category(case) is None
        assert why(case) is None

    def test_it_can_be_blocked_once_more(self, office, published):
        case = office.asks("floor.example", kind=Kind.SHOULD_BLOCK)

        assert why(case, audience={"groups": ("pupils",)}) is None

    def test_without_a_policy_the_gateways_alone_refuse(self, office):
        assert desk.cipa_category(office.asks("floor.example")) is None

    @pytest.mark.parametrize(("group", "open_"), [("staff", True), ("pupils", False)])
    def test_whom_a_group_holds_is_known_from_the_policy(self, office, published, group, open_):
        case = office.asks("games.example", by="teacher", audience={"groups": [group]})

        assert (why(case, checklist=seen(harmful_to_minors="paintings")) is None) is open_

    def test_only_a_blocked_page_is_listed_wrongly(self, office, published):
        case = office.asks("games.example", kind=Kind.RESOURCE, by="teacher")

        assert "listed wrongly" in why(case, Listing.CORRECTION)


class TestAsked:
    def test_together_by_all_who_ask(self, office):
        case = office.asks(ends=MONDAY + timedelta(days=1))
        office.asks(by="student2", ends=MONDAY + timedelta(days=3))

        assert desk.as_asked(case) == Opened(
            "physics.example",
            audience={"subjects": ("id-student", "id-student2")},
            ends=MONDAY + timedelta(days=3),
        )

    def test_without_an_end_where_one_of_them_asks_for_that(self, office):
        case = office.asks()
        office.asks(by="student2", lasts=Lasts.STANDING.value)

        assert desk.as_asked(case).ends is None

    def test_as_long_from_now_on_where_the_time_has_passed(self, office):
        case = office.asks()  # for a week
        later = MONDAY + timedelta(days=20)

        assert desk.grantable(case, later) == replace(desk.as_asked(case), ends=later + timedelta(days=7))
        assert desk.grantable(case, MONDAY) == desk.as_asked(case)


class TestEarlierAnswers:
    """A yes is not taken back by whoever answers later (S83)."""

    def test_the_same_reviewer_makes_no_exception_after_a_yes(self, office):
        office.technician  # noqa: B018
        case = office.asks()
        wrong = {"at": MONDAY, "reason": "so listed", "listing": Listing.CORRECTION}
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.endorse(case.pk, office.reviewer, checklist=seen(child_pornography="pictures"), **wrong)
        desk.claim(case.pk, office.technician, at=MONDAY)
        desk.hand_over(case.pk, office.technician, at=MONDAY, to=DutyKind.REVIEWER)
        desk.claim(case.pk, office.reviewer, at=MONDAY)

        with pytest.raises(desk.Incomplete, match="CIPA"):
            desk.approve(
                case.pk, office.reviewer, at=MONDAY, reason="so", checklist=NOTHING_SEEN,
                opening=desk.as_asked(case),
            )  # fmt: skip

    def test_nor_the_appeal_officer(self, office):
        office.appeal_officer  # noqa: B018
        case = office.asks()
        desk.claim(case.pk, office.reviewer, at=MONDAY)
        desk.deny(case.pk, office.reviewer, at=MONDAY, reason="no", checklist=seen(obscene="pictures"))
        desk.appeal(case.pk, office.student, at=MONDAY, grounds="it is art")
        desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)

        with pytest.raises(desk.Incomplete, match="CIPA"):
            desk.overturn(
                case.pk, office.appeal_officer, at=MONDAY, reason="so", checklist=NOTHING_SEEN,
                opening=desk.as_asked(case),
            )  # fmt: skip

"""The one place where attempts are judged: by whom, when, and whatever goes wrong."""

import logging
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asked_gateways import BLOCKED, OFFICE, OPEN, OUTSIDER, PUPIL, Broken, Clock, dns, outcome
from proxy import metrics
from proxy.bundle.load import load_current
from proxy.decision.pipeline import decide
from proxy.decision.request import Attempt, Stage
from proxy.decision.urls import parse_url
from proxy.decision.verdict import Action, Handling, Reason
from proxy.gateway import FINAL, Gateway, Judgement
from written_school import MORNING, WrittenSchool, write_school


@pytest.fixture
def school(tmp_path: Path) -> WrittenSchool:
    return write_school(tmp_path)


@pytest.fixture
def gateway(school: WrittenSchool) -> Gateway:
    school.publish()
    made = Gateway(school.state, clock=Clock())
    assert made.poll()
    return made


class TestWithoutAPolicy:
    """While no bundle has ever been loaded, nothing is open but what the settings name."""

    def test_everything_is_refused(self, school: WrittenSchool) -> None:
        gateway = Gateway(school.state, clock=Clock(), fallback=school.settings())
        assert not gateway.poll()
        judgement = gateway.judge(dns("learn.example"))
        assert (judgement.verdict.action, judgement.verdict.reason) == (Action.BLOCK, Reason.NO_POLICY)
        assert judgement.policy is None
        assert judgement.verdict.until == MORNING + timedelta(seconds=5)

    def test_essential_names_are_open_where_the_settings_say_so(self, school: WrittenSchool) -> None:
        school.change(
            gateway={"state": "../state", "fail_mode": "essential", "essential_names": ["mdm.example"]}
        )
        gateway = Gateway(school.state, clock=Clock(), fallback=school.settings())
        hosts = ("mdm.example", "a.mdm.example", "example", "xmdm.example")
        actions = [outcome(gateway, host)[0] for host in hosts]
        assert actions == [Action.ALLOW, Action.ALLOW, Action.BLOCK, Action.BLOCK]

    def test_only_configured_networks_are_served(self, school: WrittenSchool) -> None:
        gateway = Gateway(school.state, fallback=school.settings())
        assert [gateway.allows_client(client) for client in (PUPIL, OUTSIDER)] == [True, False]

    def test_without_any_settings_nobody_is_served_and_nothing_is_open(self, school: WrittenSchool) -> None:
        gateway = Gateway(school.state)
        assert not gateway.allows_client(PUPIL)
        assert outcome(gateway, "learn.example") == (Action.BLOCK, Reason.NO_POLICY)

    def test_the_first_bundle_ends_it(self, school: WrittenSchool) -> None:
        gateway = Gateway(school.state, clock=Clock())
        assert outcome(gateway, "learn.example") == (Action.BLOCK, Reason.NO_POLICY)
        school.publish()
        gateway.poll()
        assert outcome(gateway, "learn.example") == OPEN


class TestJudging:
    """Who asks decides what the same policy answers."""

    def test_each_client_gets_its_groups_answer(self, gateway: Gateway, school: WrittenSchool) -> None:
        assert outcome(gateway, "www.games.example") == BLOCKED
        assert outcome(gateway, "learn.example") == OPEN
        assert outcome(gateway, "floor.example", OFFICE) == (Action.BLOCK, Reason.FLOOR)

    def test_the_moment_is_taken_in_the_policys_zone(self, gateway: Gateway) -> None:
        request = gateway.judge(dns("learn.example")).request
        assert (request.at, request.at.utcoffset()) == (MORNING, timedelta(hours=-6))

    def test_a_remembered_verdict_is_the_one_that_the_pipeline_gives(self, gateway: Gateway) -> None:
        first, second = (gateway.judge(dns("games.example")) for _ in range(2))
        assert second.verdict is first.verdict
        assert gateway.policy is not None
        assert second.verdict == decide(second.request, gateway.policy)

    def test_urls_are_judged_each_by_itself(self, gateway: Gateway) -> None:
        hosts = ("learn.example", "games.example", "learn.example")
        attempts = [Attempt(PUPIL, Stage.HTTP, host, parse_url(f"https://{host}/a")) for host in hosts]
        actions = [gateway.judge(attempt).verdict.action for attempt in attempts]
        assert actions == [Action.ALLOW, Action.BLOCK, Action.ALLOW]

    def test_pages_that_share_a_verdict_are_counted_each(self, gateway: Gateway) -> None:
        def counted() -> float:
            return metrics.VERDICTS.bind("http", "allow", "default").value

        urls = (parse_url(f"https://learn.example/{page}") for page in "ab")
        pages = [Attempt(PUPIL, Stage.HTTP, "learn.example", url) for url in urls]
        before = counted()
        first, second = (gateway.judge(page) for page in pages)
        assert first.verdict is second.verdict
        assert counted() == before + 2
        assert gateway.policy is not None
        assert second.verdict == decide(second.request, gateway.policy)

    def test_clients_alike_share_a_view_and_others_do_not(self, gateway: Gateway) -> None:
        keys = [
            gateway.view(gateway.subject(c)).key for c in ("192.0.2.1", "192.0.2.2", OFFICE, "192.0.2.77")
        ]
        assert keys[0] == keys[1] == keys[3]
        assert len(set(keys)) == 2

    def test_a_fault_inside_refuses_and_is_logged_once_without_naming_the_host(
        self, gateway: Gateway, school: WrittenSchool, caplog: pytest.LogCaptureFixture
    ) -> None:
        loaded = load_current(school.state)
        gateway.swap(replace(loaded, policy=replace(loaded.policy, base=9, listings=Broken())))

        with caplog.at_level(logging.ERROR):
            judgements = [gateway.judge(dns(f"secret{n}.example")) for n in range(3)]

        assert {(j.verdict.action, j.verdict.reason) for j in judgements} == {(Action.BLOCK, Reason.ERROR)}
        assert all(j.verdict.handling is Handling.INSPECT for j in judgements)
        assert len([one for one in caplog.records if one.levelno >= logging.ERROR]) == 1
        assert "secret" not in caplog.text

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(client=st.text(max_size=20), host=st.text(max_size=40), login=st.none() | st.text(max_size=10))
    def test_whatever_an_adapter_hands_in_nothing_is_raised(
        self, gateway: Gateway, client: str, host: str, login: str | None
    ) -> None:
        judgement = gateway.judge(Attempt(client, Stage.DNS, host, login=login))
        assert isinstance(judgement, Judgement)


class TestNames:
    """The resolver's way for clients whose standing it keeps says what `judge` says."""

    def test_it_gives_the_verdict_of_the_pipeline_and_counts_it(self, gateway: Gateway) -> None:
        assert gateway.policy is not None
        cell = metrics.VERDICTS.bind("dns", "block", "category")
        before = cell.value
        for client in (PUPIL, OFFICE):
            standing = gateway.standing(client)
            for host in ("www.games.example", "floor.example", "learn.example", "a.b.learn.example", "."):
                verdict = gateway.judge_name(standing, host, "A")
                request = gateway.judgement(standing, host, "A", verdict).request
                assert verdict == decide(request, gateway.policy)
                assert gateway.judgement(standing, host, "A", verdict) == gateway.judge(
                    Attempt(client, Stage.DNS, host, method="A")
                )
        assert cell.value - before == 4  # www.games.example, for each client, each way

    def test_names_that_nothing_speaks_of_share_one_verdict_while_it_holds(
        self, school: WrittenSchool
    ) -> None:
        school.publish()
        clock = Clock()
        gateway = Gateway(school.state, clock=clock)
        gateway.poll()
        standing = gateway.standing(PUPIL)
        first, second = (gateway.judge_name(standing, f"{name}.example", "A") for name in ("a", "b"))
        assert first is second
        assert len(gateway._verdicts) == 0

    def test_addresses_behind_a_name_are_judged_and_the_unlisted_remembered(self, gateway: Gateway) -> None:
        standing = gateway.standing(PUPIL)
        seen = []
        for _ in range(2):
            seen.append(gateway.judge_name(standing, "198.51.100.99", "A", traits=FINAL))
        assert seen[0] is seen[1]
        assert seen[0].reason is Reason.DEFAULT

    def test_a_standing_from_before_a_swap_is_judged_by_the_policy_in_force(
        self, gateway: Gateway, school: WrittenSchool
    ) -> None:
        standing = gateway.standing(PUPIL)
        assert gateway.judge_name(standing, "new.example").action is Action.ALLOW
        school.list_games("new.example")
        school.publish()
        gateway.poll()
        assert gateway.judge_name(standing, "new.example").action is Action.BLOCK

    def test_without_a_policy_names_are_refused_like_everything(self, school: WrittenSchool) -> None:
        gateway = Gateway(school.state, clock=Clock(), fallback=school.settings())
        standing = gateway.standing(PUPIL)
        verdict = gateway.judge_name(standing, "learn.example")
        assert (verdict.action, verdict.reason) == (Action.BLOCK, Reason.NO_POLICY)
        assert gateway.judgement(standing, "learn.example", "A", verdict).policy is None

    def test_a_fault_inside_refuses(self, gateway: Gateway, school: WrittenSchool) -> None:
        loaded = load_current(school.state)
        gateway.swap(replace(loaded, policy=replace(loaded.policy, base=9, listings=Broken())))
        verdict = gateway.judge_name(gateway.standing(PUPIL), "learn.example")
        assert (verdict.action, verdict.reason) == (Action.BLOCK, Reason.ERROR)

    def test_the_present_is_in_utc_whatever_the_clock_says(self, school: WrittenSchool) -> None:
        chicago = MORNING.astimezone(ZoneInfo("America/Chicago"))
        now = Gateway(school.state, clock=lambda: chicago).now()
        assert (now, now.tzinfo) == (MORNING, UTC)


def test_the_wall_clock_is_aware() -> None:
    assert Gateway(Path("/nonexistent")).judge(dns("x")).request.at.tzinfo is UTC

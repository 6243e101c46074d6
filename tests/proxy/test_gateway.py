"""What all adapters of a process share: policies that come and go, and events of what was judged."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import policies
from asked_gateways import BLOCKED, OFFICE, OPEN, PUPIL, Clock, dns, outcome
from proxy import metrics
from proxy.bundle.load import LoadedBundle
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay
from proxy.decision.permits import GivenPermit
from proxy.decision.pipeline import decide
from proxy.decision.policy import Audience, Correction, Override, Policy, Target
from proxy.decision.request import Attempt, Stage
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.urls import parse_url
from proxy.decision.verdict import Action, Reason
from proxy.gateway import Change, Gateway
from proxy.journal.read import Journal
from proxy.journal.spool import Spool
from proxy.lists.relisted import Relisted
from written_school import MORNING, WrittenSchool, write_school

GAMES_FOR_PUPILS = Override(
    "o1", Action.ALLOW, Target("games.example"), Audience(groups=frozenset({"pupils"})), "lesson", "office"
)
MENDED = Correction("c1", "games.example", "games", "a library", ("library",))


@pytest.fixture
def school(tmp_path: Path) -> WrittenSchool:
    return write_school(tmp_path)


@pytest.fixture
def gateway(school: WrittenSchool) -> Gateway:
    school.publish()
    made = Gateway(school.state, clock=Clock())
    assert made.poll()
    return made


@dataclass
class Listener:
    """Collects what a gateway says about its swaps."""

    changes: list[Change] = field(default_factory=list)

    def __call__(self, change: Change) -> None:
        self.changes.append(change)


class TestSwaps:
    """A new policy counts at once, and only what it touches is forgotten."""

    def test_a_permit_opens_what_was_stopped_with_the_next_swap(
        self, school: WrittenSchool, gateway: Gateway
    ) -> None:
        sign = Sign("vpn.app", Nature.ANONYMIZER, Consequence.INCIDENT, 1.0, "This is a VPN.")
        attempt = replace(dns("vpn.example"), signs=(sign,))
        audience = Audience(groups=frozenset({"pupils"}))
        ends = MORNING + timedelta(days=1)
        permit = GivenPermit(
            "p1", "vpn", "office", "a trip", frozenset({"vpn.example"}), ends=ends, audience=audience
        )
        before = gateway.judge(attempt)
        kept = gateway.view(gateway.subject(PUPIL)).key

        publish_overlay(Overlay(permits=(permit,)), school.state)
        assert gateway.poll()
        after = gateway.judge(attempt)
        publish_overlay(Overlay(), school.state)
        assert gateway.poll()

        assert [one.verdict.action for one in (before, after, gateway.judge(attempt))] == [
            Action.BLOCK, Action.ALLOW, Action.BLOCK,
        ]  # fmt: skip
        assert after.verdict.until == ends
        assert (
            after.view.key != kept
        )  # what was answered before under the other view is never asked for again

    def test_what_is_known_of_ways_around_comes_with_the_base(
        self, school: WrittenSchool, gateway: Gateway
    ) -> None:
        assert (gateway.knowledge, metrics.BYPASS_TECHNIQUES.bind().value) == (None, 0)
        school.know_of("vpn.example")
        school.publish()
        assert gateway.poll()

        assert metrics.BYPASS_TECHNIQUES.bind().value == 1
        assert gateway.knowledge is not None
        assert gateway.knowledge.named("www.vpn.example") is not None

    def test_a_policy_without_detectors_is_said_to_the_operator(
        self, school: WrittenSchool, gateway: Gateway, caplog: pytest.LogCaptureFixture
    ) -> None:
        said = "bypass.detectors is off: ways around the filter are stopped by the names on lists alone"
        school.know_of("vpn.example")
        school.publish()
        caplog.clear()
        assert gateway.poll()
        assert said not in caplog.messages

        school.change(bypass={"detectors": False})
        school.publish()
        assert gateway.poll()

        assert said in caplog.messages

    def test_a_new_base_counts_at_once(self, gateway: Gateway, school: WrittenSchool) -> None:
        told = Listener()
        gateway.on_swap.append(told)
        assert [outcome(gateway, host) for host in ("games.example", "new.example")] == [BLOCKED, OPEN]
        before = gateway.generation
        school.list_games("new.example")
        school.publish()

        assert gateway.poll()

        assert [outcome(gateway, host) for host in ("games.example", "new.example")] == [OPEN, BLOCKED]
        relisted = Relisted(frozenset({"games.example", "arcade.example", "new.example"}))
        assert (told.changes, gateway.generation) == ([Change(True, relisted=relisted)], before + 1)

    def test_with_other_settings_a_new_base_makes_everything_stale(
        self, gateway: Gateway, school: WrittenSchool
    ) -> None:
        told = Listener()
        gateway.on_swap.append(told)
        school.list_games("new.example")
        school.change(zone="America/Denver")
        school.publish()

        assert gateway.poll()
        assert told.changes == [Change(True)]

    def test_a_refresh_of_the_lists_leaves_the_views_their_keys_and_counts_for_all(
        self, gateway: Gateway, school: WrittenSchool
    ) -> None:
        key = gateway.standing(PUPIL).view.key
        school.list_games("new.example", "games.example", "arcade.example")
        school.publish()

        assert gateway.poll()
        assert gateway.standing(PUPIL).view.key == key
        verdict = gateway.judge(Attempt(PUPIL, Stage.DNS, "games.example")).verdict
        assert (verdict.base, verdict.evidence.line) == (2, 2)

    def test_an_override_comes_and_goes_for_its_audience_alone(
        self, gateway: Gateway, school: WrittenSchool
    ) -> None:
        guest = "203.0.113.1"
        to_rooms = replace(GAMES_FOR_PUPILS, audience=Audience(subjects=frozenset({"student-11"})))
        seen = []
        for overlay in (Overlay(), Overlay((to_rooms,)), Overlay()):
            publish_overlay(overlay, school.state)
            gateway.poll()
            seen.append([outcome(gateway, "games.example", c)[0] for c in ("192.0.2.77", PUPIL, guest)])
        assert seen == [
            [Action.BLOCK, Action.BLOCK, Action.BLOCK],
            [Action.ALLOW, Action.BLOCK, Action.BLOCK],
            [Action.BLOCK, Action.BLOCK, Action.BLOCK],
        ]

    def test_an_overlay_leaves_the_views_that_it_does_not_name(
        self, gateway: Gateway, school: WrittenSchool
    ) -> None:
        office, pupil = (gateway.view(gateway.subject(c)).key for c in (OFFICE, PUPIL))
        kept = gateway.judge(dns("games.example", OFFICE)).verdict
        publish_overlay(Overlay((GAMES_FOR_PUPILS,)), school.state)
        gateway.poll()
        assert gateway.view(gateway.subject(OFFICE)).key == office
        assert gateway.judge(dns("games.example", OFFICE)).verdict is kept
        assert gateway.view(gateway.subject(PUPIL)).key != pupil

    def test_the_views_of_an_ended_override_are_named(self, gateway: Gateway, school: WrittenSchool) -> None:
        publish_overlay(Overlay((GAMES_FOR_PUPILS,)), school.state)
        gateway.poll()
        opened = gateway.view(gateway.subject(PUPIL)).key
        told = Listener()
        gateway.on_swap.append(told)
        publish_overlay(Overlay(), school.state)
        gateway.poll()
        assert told.changes == [Change(False, frozenset({opened}))]

    def test_a_changed_override_under_the_same_id_counts(
        self, gateway: Gateway, school: WrittenSchool
    ) -> None:
        for host in ("games.example", "arcade.example"):
            publish_overlay(Overlay((replace(GAMES_FOR_PUPILS, target=Target(host)),)), school.state)
            gateway.poll()
            assert outcome(gateway, host) == (Action.ALLOW, Reason.OVERRIDE)
        assert outcome(gateway, "games.example") == BLOCKED

    def test_a_correction_is_felt_below_its_name_and_named(
        self, gateway: Gateway, school: WrittenSchool
    ) -> None:
        told = Listener()
        gateway.on_swap.append(told)
        hosts = ("games.example", "a.games.example", "arcade.example")
        assert [outcome(gateway, host) for host in hosts] == [BLOCKED] * 3
        publish_overlay(Overlay(corrections=(MENDED,)), school.state)
        gateway.poll()
        assert [outcome(gateway, host) for host in hosts] == [OPEN, OPEN, BLOCKED]
        assert told.changes == [Change(False, names=frozenset({"games.example"}))]
        publish_overlay(Overlay(), school.state)
        gateway.poll()
        assert outcome(gateway, "a.games.example") == BLOCKED

    def test_a_verdict_ends_with_the_override_that_it_rests_on(self, school: WrittenSchool) -> None:
        school.publish()
        ends = MORNING + timedelta(minutes=5)
        publish_overlay(Overlay((replace(GAMES_FOR_PUPILS, ends=ends),)), school.state)
        clock = Clock()
        gateway = Gateway(school.state, clock=clock)
        gateway.poll()
        verdict = gateway.judge(dns("games.example")).verdict
        assert (verdict.action, verdict.until) == (Action.ALLOW, ends)
        clock.now = ends - timedelta(seconds=1)
        assert outcome(gateway, "games.example") == (Action.ALLOW, Reason.OVERRIDE)
        clock.now = ends
        assert outcome(gateway, "games.example") == BLOCKED

    def test_a_damaged_bundle_keeps_the_policy_in_force_and_says_so(
        self, gateway: Gateway, school: WrittenSchool
    ) -> None:
        school.list_games("new.example")
        school.publish()
        (school.base(2) / "identity.json").write_text("{}")
        assert not gateway.poll()
        assert outcome(gateway, "games.example") == BLOCKED
        assert gateway.problems[-1] == "base revision 1 stays in force"

    def test_one_deaf_listener_does_not_keep_the_others_from_hearing(
        self, gateway: Gateway, school: WrittenSchool
    ) -> None:
        def deaf(change: Change) -> None:
            raise RuntimeError("not now")

        told = Listener()
        gateway.on_swap += [deaf, told]
        publish_overlay(Overlay(), school.state)
        gateway.poll()
        assert told.changes == [Change(False)]

    def test_a_running_gateway_takes_up_an_overlay_by_itself(self, school: WrittenSchool) -> None:
        school.publish()

        async def story() -> tuple[Action, Reason]:
            gateway = Gateway(school.state, clock=Clock())
            told = asyncio.Event()
            gateway.start(asyncio.get_running_loop())
            gateway.on_swap.append(lambda change: told.set())
            publish_overlay(Overlay((GAMES_FOR_PUPILS,)), school.state)
            async with asyncio.timeout(60):
                await told.wait()
            gateway.close()
            return outcome(gateway, "games.example")

        assert asyncio.run(story()) == (Action.ALLOW, Reason.OVERRIDE)


@pytest.fixture
def spool(school: WrittenSchool) -> Iterator[Spool]:
    made = Spool(school.state / "spool", worker="dns-1", gateway="gw-1")
    yield made
    made.close()


class TestRecording:
    """Events follow the view's level and know people by pseudonym only."""

    def recording(self, school: WrittenSchool, spool: Spool) -> Gateway:
        school.publish()
        gateway = Gateway(school.state, spool=spool, clock=Clock())
        gateway.poll()
        return gateway

    def test_an_event_has_a_pseudonym_and_no_roster_id(self, school: WrittenSchool, spool: Spool) -> None:
        gateway = self.recording(school, spool)
        id_ = gateway.record(
            gateway.judge(dns("games.example", "192.0.2.77")), bytes_=7, duration_s=0.5, ticket="A" * 8
        )
        spool.close()
        (event,) = Journal(school.state / "spool").events()
        assert (event.id, event.host, event.group, event.category) == (
            id_,
            "games.example",
            "pupils",
            "games",
        )
        assert (event.bytes, event.duration_us, event.ticket) == (7, 500_000, "A" * 8)
        assert event.subject
        assert "student" not in repr(event)

    def test_adults_are_recorded_only_where_something_was_blocked(
        self, school: WrittenSchool, spool: Spool
    ) -> None:
        gateway = self.recording(school, spool)
        ids = [
            gateway.record(gateway.judge(dns(host, OFFICE))) for host in ("learn.example", "floor.example")
        ]
        assert [bool(id_) for id_ in ids] == [False, True]

    def test_packed_parts_make_the_same_event(self, school: WrittenSchool, spool: Spool) -> None:
        gateway = self.recording(school, spool)
        judgement = gateway.judge(dns("games.example", "192.0.2.77"))
        gateway.record(judgement)
        template = gateway.template(judgement)
        assert template is not None
        time_us = int(MORNING.timestamp() * 1_000_000)
        spool.append_as(template, time_us, gateway.client_tag("192.0.2.77"))
        spool.close()
        first, second = Journal(school.state / "spool").events()
        assert replace(first, id="") == replace(second, id="")

    def test_a_view_that_keeps_nothing_has_no_template(self, school: WrittenSchool, spool: Spool) -> None:
        gateway = self.recording(school, spool)
        assert gateway.template(gateway.judge(dns("learn.example", OFFICE))) is None

    def test_a_names_template_is_the_one_of_its_judgement(self, school: WrittenSchool, spool: Spool) -> None:
        gateway = self.recording(school, spool)
        for client in (PUPIL, OFFICE, "192.0.2.77"):
            standing = gateway.standing(client)
            for host in ("games.example", "learn.example"):
                verdict = gateway.judge_name(standing, host, "A")
                template = gateway.template(gateway.judge(dns(host, client)))
                assert gateway.name_template(standing, host, "A", verdict) == template

    def test_without_a_spool_nothing_is_recorded(self, gateway: Gateway) -> None:
        judgement = gateway.judge(dns("games.example"))
        assert (gateway.record(judgement), gateway.template(judgement)) == ("", None)
        standing = gateway.standing(PUPIL)
        assert gateway.name_template(standing, "games.example", "A", judgement.verdict) is None


names = st.sampled_from(
    ["games.example", "a.games.example", "social.example", "learn.example", "floor.example"]
)
overrides = st.builds(
    Override,
    id=st.sampled_from(["o1", "o2", "o3"]),
    action=st.sampled_from([Action.ALLOW, Action.BLOCK]),
    target=st.builds(Target, names),
    audience=st.builds(Audience, groups=st.frozensets(st.sampled_from(["pupils", "staff"]), min_size=1)),
    reason=st.just("lesson"),
    decided_by=st.just("office"),
    begins=st.none(),
    ends=st.none() | st.integers(1, 30).map(lambda m: MORNING + timedelta(minutes=m)),
)
corrections = st.builds(
    Correction,
    id=st.just("c"),
    name=names,
    category=st.sampled_from(["games", "social"]),
    why=st.just("no"),
    by=st.just(("library",)),
)
steps = st.lists(
    st.tuples(
        st.sampled_from(["overlay", "overlay", "overlay", "base"]),
        st.lists(overrides, max_size=3, unique_by=lambda o: o.id),
        st.lists(corrections, max_size=2),
        st.integers(-3, 20),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_whatever_is_swapped_in_remembered_verdicts_are_those_of_the_policy_in_force(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, list[Override], list[Correction], int]]
) -> None:
    root = tmp_path_factory.mktemp("school")
    described = write_school(root).settings()
    clock = Clock()
    gateway = Gateway(root / "state", clock=clock)
    policy: Policy = policies.policy(
        {"games.example": ["games"], "social.example": ["social"], "floor.example": ["pornography"]}
    )
    identities = Gateway(root / "state", fallback=described).identities
    gateway.swap(LoadedBundle(policy, described, identities))
    kept = {client: gateway.standing(client) for client in (PUPIL, OFFICE)}
    for part, chosen, mended, minutes in steps:
        policy = replace(policy, overrides=tuple(chosen), corrections=tuple(mended))
        policy = replace(policy, **{part: getattr(policy, part) + 1})
        loaded = LoadedBundle(policy, described, identities)
        if minutes % 2:
            gateway.prepare(loaded)
        if minutes % 3 == 0:  # for another bundle, or after this one's
            gateway.prepare(replace(loaded, policy=replace(policy, overrides=())))
        gateway.swap(loaded)
        clock.now = clock.now + timedelta(minutes=minutes)
        for host in ("games.example", "a.games.example", "social.example", "learn.example", "floor.example"):
            for client in (PUPIL, OFFICE):
                judgement = gateway.judge(dns(host, client))
                anew = decide(judgement.request, policy)
                assert replace(judgement.verdict, overlay=0) == replace(anew, overlay=0)
                page = gateway.judge(Attempt(client, Stage.HTTP, host, parse_url(f"https://{host}/page")))
                assert replace(page.verdict, overlay=0) == replace(decide(page.request, policy), overlay=0)
                for standing in (kept[client], gateway.standing(client)):
                    by_name = gateway.judge_name(standing, host, "A")
                    assert replace(by_name, overlay=0) == replace(anew, overlay=0)

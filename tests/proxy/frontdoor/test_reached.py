"""What the resolver told a client, and where its connections lead."""

import pytest

import policy_gateway
from proxy.answered.read import Known
from proxy.frontdoor.reached import EACH_S, FORGOTTEN_S, MAX_KNOWN, Reached, Told
from tests.fakes.answering import Answering

PUPIL, STAFF = "127.0.0.1", "127.0.1.4"
GIVEN, ELSEWHERE = "198.51.100.7", "203.0.113.9"


class World:
    """A resolver's table, a policy that closes games to pupils, and a clock for what is remembered."""

    def __init__(self, directory):
        self.answering = Answering(directory / "answered")
        self.gateway = policy_gateway.gateway(
            directory, policy_gateway.policy({"games.example": ["games"]}), policy_gateway.settings()
        )
        self.now = 1_000.0
        self.reached = Reached(self.gateway, self.answering.read, lambda: self.now)

    def refuse(self, client=PUPIL, name="games.example"):
        self.answering.written.refused(client, name, self.answering.now + 60)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_a_place_that_was_told_is_known_with_its_names_addresses(world):
    world.answering.written.tell(PUPIL, "learn.example", [GIVEN], world.answering.now + 60)
    expected = Told(frozenset({GIVEN}), Known.YES, Known.YES, 0)
    assert world.reached.by(PUPIL, "learn.example", GIVEN) == expected


def test_another_place_is_unknown_at_first_and_later_not_told(world):
    world.answering.written.tell(PUPIL, "learn.example", [GIVEN], world.answering.now + 60)
    assert world.reached.by(PUPIL, "", ELSEWHERE).told is Known.UNKNOWN
    world.answering.has_long_been_asked_by(PUPIL)
    assert world.reached.by(PUPIL, "", ELSEWHERE).told is Known.NO


def test_a_refused_name_is_counted_once_a_minute(world):
    world.refuse()
    counted = []
    for _ in range(4):
        counted.append(world.reached.by(PUPIL, "games.example", ELSEWHERE).refused)
        counted.append(world.reached.by(PUPIL, "games.example", ELSEWHERE).refused)
        world.now += EACH_S
    assert counted == [1, 1, 2, 2, 3, 3, 4, 4]


def test_after_an_hour_the_count_begins_anew(world):
    world.refuse()
    assert world.reached.by(PUPIL, "games.example", ELSEWHERE).refused == 1
    world.now += EACH_S
    assert world.reached.by(PUPIL, "games.example", ELSEWHERE).refused == 2
    world.now += FORGOTTEN_S + 1
    assert world.reached.by(PUPIL, "games.example", ELSEWHERE).refused == 1


def test_a_name_that_was_opened_since_is_not_refused(world):
    world.refuse()
    world.refuse(STAFF)
    assert world.reached.by(PUPIL, "games.example", ELSEWHERE).refused == 1
    assert world.reached.by(STAFF, "games.example", ELSEWHERE).refused == 0


def test_an_address_that_we_gave_is_not_from_elsewhere(world):
    world.answering.written.tell(PUPIL, "games.example", [GIVEN], world.answering.now + 60)
    world.refuse()
    assert world.reached.by(PUPIL, "games.example", GIVEN).refused == 0
    assert world.reached.by(PUPIL, "games.example", ELSEWHERE).refused == 1


def test_plain_requests_and_greetings_are_counted_together(world):
    assert world.reached.in_spite(PUPIL, "games.example", ELSEWHERE) == 0
    world.refuse()
    assert world.reached.in_spite(PUPIL, "games.example", ELSEWHERE) == 1
    world.now += EACH_S
    assert world.reached.by(PUPIL, "games.example", ELSEWHERE).refused == 2
    world.answering.written.tell(PUPIL, "learn.example", [GIVEN], world.answering.now + 60)
    assert world.reached.in_spite(PUPIL, "games.example", GIVEN) == 0


def test_a_name_that_nobody_refused_is_not_counted(world):
    assert world.reached.by(PUPIL, "games.example", ELSEWHERE).refused == 0
    assert world.reached.by(PUPIL, "", ELSEWHERE).refused == 0


def test_that_a_client_never_asks_is_said_once_an_hour(world):
    world.answering.now += 4_000
    said = []
    for _ in range(130):
        said.append(world.reached.by(PUPIL, "learn.example", ELSEWHERE).asks)
        world.now += EACH_S
    assert said.count(Known.NO) == 3
    assert said[0] is said[61] is Known.NO or said[0] is said[60] is Known.NO
    assert set(said) == {Known.NO, Known.UNKNOWN}


def test_what_is_remembered_is_bounded(world):
    for number in range(MAX_KNOWN + 5):
        client = f"10.{number >> 8}.{number & 255}.1"
        world.refuse(client)
        world.reached.by(client, "games.example", ELSEWHERE)
    kept = (world.reached._times, world.reached._looked, world.reached._said)
    assert all(len(each) <= MAX_KNOWN for each in kept)

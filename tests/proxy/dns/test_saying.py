"""What is said of a name that was judged, and what is the same for all names that nothing speaks of?"""

from datetime import timedelta
from pathlib import Path

import pytest

import policies
import policy_gateway
from proxy.decision.unspoken import FINAL
from proxy.dns.answer_cache import AnswerCache
from proxy.dns.saying import Saying
from proxy.dns.settling import Settling, Turn
from proxy.gateway import Gateway
from proxy.journal.spool import Spool

AT = policies.school_time("10:40")
GAMES = {"games.example": ["games"], "192.0.2.66": ["games"]}


def saying_of(gateway: Gateway) -> Saying:
    return Saying(gateway, Settling(gateway, AnswerCache(10), 10))


def gateway_in(state: Path, **more: object) -> Gateway:
    return policy_gateway.gateway(
        state, policy_gateway.policy(GAMES), policy_gateway.settings(), clock=lambda: AT, **more
    )  # type: ignore[arg-type]


def test_it_says_of_silent_names_what_the_gateway_says(tmp_path: Path) -> None:
    with_spool = Spool(tmp_path / "spool", worker="dns-0", gateway="gate")
    gateway = gateway_in(tmp_path, spool=with_spool)
    saying, standing = saying_of(gateway), gateway.standing("127.0.0.1")
    assert standing.unspoken is not None
    silence = saying.silence(standing.unspoken, Turn(1.0, gateway.now(), gateway.policy))
    said = saying.of_name(silence, "www.example")
    around = saying.around(said, standing, "A")

    assert said.verdict == gateway.judge_name(standing, "www.example", "A")
    assert around is not None
    assert around[0] + b"other.example" + around[1] == gateway.name_template(
        standing, "other.example", "A", said.verdict
    )
    assert saying.of_name(silence, "other.example") is said
    with_spool.close()


@pytest.mark.parametrize(
    ("packed", "passes"),
    [
        pytest.param(bytes((192, 0, 2, 1)), True, id="nothing speaks of it"),
        pytest.param(bytes((192, 0, 2, 66)), False, id="listed"),
        pytest.param(bytes((10, 0, 0, 1)), False, id="inside the school"),
    ],
)
def test_addresses_pass_as_the_gateway_and_the_rebinding_check_say(
    tmp_path: Path, packed: bytes, passes: bool
) -> None:
    gateway = gateway_in(tmp_path)
    saying, standing = saying_of(gateway), gateway.standing("127.0.0.1")
    assert standing.unspoken is not None
    silence = saying.silence(standing.unspoken, Turn(1.0, gateway.now(), gateway.policy))

    judged = saying.of_address(silence, packed, standing, "A")

    assert (judged is not None) is passes
    assert (packed in silence.clear) is passes
    if judged is not None:
        text = ".".join(map(str, packed))
        verdict = gateway.judge_name(standing, text, "A", AT, FINAL)
        assert silence.address is not None
        assert (judged[0], silence.address.verdict) == ((text,), verdict)


def test_what_holds_no_longer_is_said_anew_and_another_policy_begins_from_nothing(tmp_path: Path) -> None:
    gateway = gateway_in(tmp_path)
    saying, standing = saying_of(gateway), gateway.standing("127.0.0.1")
    assert standing.unspoken is not None
    turn = Turn(1.0, gateway.now(), gateway.policy)
    silence = saying.silence(standing.unspoken, turn)
    said = saying.of_name(silence, "www.example")
    said.until = turn.at + timedelta(seconds=5)

    soon = Turn(2.0, turn.at + timedelta(seconds=4), gateway.policy)
    assert saying.of_name(saying.silence(standing.unspoken, soon), "www.example") is said
    late = Turn(3.0, turn.at + timedelta(seconds=5), gateway.policy)
    assert saying.of_name(saying.silence(standing.unspoken, late), "www.example") is not said
    other = Turn(4.0, turn.at, None)
    assert saying.silence(standing.unspoken, other) is not silence

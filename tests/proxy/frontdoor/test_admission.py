"""Who may use the proxy, and how much of it at once."""

from proxy.frontdoor.admission import Admission
from proxy.frontdoor.endings import Endings
from proxy.frontdoor.sessions import Sessions
from proxy.gateway import Gateway
from school_proxy import BYOD, PUPIL, STRANGER, TEACHER, settings_of


def gate(state, **limits: int) -> tuple[Admission, Sessions]:
    gateway = Gateway(state, fallback=settings_of(state, max_connections=10))
    sessions = Sessions()
    return Admission(gateway, sessions, Endings(gateway), **limits), sessions


def test_a_client_of_ours_gets_a_session_and_a_stranger_none(tmp_path):
    admission, sessions = gate(tmp_path)
    session = admission.enter(PUPIL)
    assert session is not None
    assert admission.enter(STRANGER) is None
    assert (sessions.of(session.id), session.client, len(sessions)) == (session, PUPIL, 1)


def test_an_address_holds_so_many_connections_and_gets_room_when_one_ends(tmp_path):
    admission, sessions = gate(tmp_path, max_per_client=2)
    first, second = admission.enter(PUPIL), admission.enter(PUPIL)
    assert admission.enter(PUPIL) is None
    for _ in range(2):
        admission.leave(first)
    assert admission.enter(PUPIL) is not None
    assert admission.enter(PUPIL) is None
    assert (second.over, len(sessions)) == (False, 2)


def test_a_worker_holds_so_many_connections_in_all(tmp_path):
    admission, sessions = gate(tmp_path)
    held = [admission.enter(who) for who in (PUPIL, PUPIL, PUPIL, TEACHER, TEACHER, TEACHER)]
    held += [admission.enter(who) for who in (BYOD, BYOD, PUPIL, TEACHER)]
    assert None not in held[:7]
    assert len(sessions) == sum(one is not None for one in held) <= 10
    for one in filter(None, held):
        admission.leave(one)
    assert len(sessions) == 0


def test_nobody_holds_more_than_is_still_free_so_that_others_get_in(tmp_path):
    admission, _ = gate(tmp_path)

    def taken_by(who: str) -> int:
        return sum(admission.enter(who) is not None for _ in range(20))

    assert [taken_by(who) for who in (PUPIL, TEACHER, BYOD)] == [5, 3, 1]


def test_an_ipv4_client_on_an_ipv6_socket_is_the_same_client(tmp_path):
    admission, _ = gate(tmp_path)
    assert admission.enter(f"::ffff:{PUPIL}").client == PUPIL

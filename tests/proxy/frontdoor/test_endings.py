"""What is written down when connections end."""

from proxy.decision.verdict import Action
from school_proxy import BYOD, PUPIL, records_for, school

NAMES = records_for("learn.test", "games.test")


def test_a_tunnel_in_which_nothing_came_leaves_an_event_only_where_it_was_blocked(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        for target in ("learn.test:443", "games.test:443"):
            connection, head = run.tunnel(target, PUPIL)
            assert head.startswith(b"HTTP/1.1 200")
            connection.close()
        run.wait_until_idle()
        assert [(event.host, event.action) for event in run.events()] == [("games.test", Action.BLOCK)]


def test_a_refusal_is_written_once_however_often_the_connection_ends(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        connection, head = run.tunnel("games.test:443", BYOD)
        assert head.startswith(b"HTTP/1.1 403")
        connection.close()
        run.wait_until_idle()
        assert len(run.events()) == 1

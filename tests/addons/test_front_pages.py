"""The pages in answer to CONNECT."""

from addons.front_pages import FrontPages
from school_proxy import BYOD, records_for, school


def test_a_blocked_tunnel_gets_the_block_page_and_a_closed_port_plain_words(tmp_path):
    with school(tmp_path, records=records_for("games.test")) as run:
        _, blocked = run.tunnel("games.test:443", BYOD)
        _, closed = run.tunnel("games.test:22", BYOD)
        [event] = run.events()
    assert blocked.startswith(b"HTTP/1.1 403")
    assert (event.host, bool(event.ticket)) == ("games.test", True)
    assert closed.startswith(b"HTTP/1.1 403")


def test_what_is_said_plainly_is_escaped():
    page = FrontPages(None).plain(403, "No", "<b>", (("X-Some", "thing"),))
    assert (page.status, ("X-Some", "thing") in page.headers) == (403, True)
    assert b"<b>" not in page.body


def test_a_log_in_page_is_in_the_language_that_was_asked_for():
    text = "This network asks who you are before it opens pages. Log in with your school account."
    page = FrontPages(None).plain(407, "Please log in", text, accept_language="es")
    assert "Inicia sesión con tu cuenta de la escuela." in page.body.decode()

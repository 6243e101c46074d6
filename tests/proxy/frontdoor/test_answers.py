"""The front door's own answers."""

from proxy.frontdoor.answers import Answer
from proxy.pages.render import plain_page


def test_an_answer_says_how_long_it_is_and_whether_the_connection_goes_on():
    page = plain_page(403, "Closed", "Nobody enters.", headers=(("X-Some", "thing"),))
    for keep in (True, False):
        head, _, body = Answer(page, keep).octets().partition(b"\r\n\r\n")
        fields = head.split(b"\r\n")
        assert (fields[0], body) == (b"HTTP/1.1 403 Forbidden", page.body)
        assert b"X-Some: thing" in fields
        assert [f for f in fields if f.lower().startswith(b"content-length")] == [
            b"Content-Length: %d" % len(page.body)
        ]
        assert (b"Connection: close" in fields) is not keep

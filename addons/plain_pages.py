"""What does the proxy itself say when there is nothing to judge: bad request, log-in, no answer?"""

from mitmproxy import http

from proxy.frontdoor.answers import Page
from proxy.pages.render import plain_page


def response_of(page: Page) -> http.Response:
    """Turn a finished page into mitmproxy's kind of answer."""
    fields = [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in page.headers]
    return http.Response.make(page.status, page.body, http.Headers(fields))


def say(status: int, title: str, text: str, **headers: str) -> http.Response:
    """Make a short page.

    text       plain words; escaped where they are put on the page
    headers    further header fields, `_` standing for `-`
    """
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return response_of(plain_page(status, title, text, headers=fields))


def bad_request(why: str) -> http.Response:
    """400, and the connection closes."""
    return say(400, "The request is not valid", why, Connection="close")


def login_needed(realm: str) -> http.Response:
    """407 with a Basic challenge (RFC 9110, section 11.7.1)."""
    quoted = realm.replace("\\", "").replace('"', "")
    return say(
        407,
        "Please log in",
        "This network asks who you are before it opens pages. Log in with your school account.",
        Proxy_Authenticate=f'Basic realm="{quoted}", charset="UTF-8"',
    )


def no_answer(host: str, why: str) -> http.Response:
    """502: the site could not be reached, and why."""
    return say(502, "The site does not answer", f"{host} could not be reached: {why}.")


_FAULT = plain_page(
    503,
    "The filter is out of order",
    "A fault in the filter stopped this page. The fault has been recorded; please tell your school.",
    headers=(("Connection", "close"),),
)


def out_of_order() -> http.Response:
    """503: a fault of the filter. Made beforehand, so that answering a fault cannot fail itself."""
    return response_of(_FAULT)

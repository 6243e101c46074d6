"""What does the proxy itself say when there is nothing to judge: bad request, long upload, no answer?"""

from collections.abc import Mapping

from mitmproxy import http

from proxy.frontdoor.answers import Page
from proxy.marking import marked
from proxy.pages.languages import LANGUAGES, language_for
from proxy.pages.render import plain_page


def response_of(page: Page) -> http.Response:
    """Turn a finished page into mitmproxy's kind of answer."""
    fields = [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in page.headers]
    return http.Response.make(page.status, page.body, http.Headers(fields))


def accepted(request: http.Request) -> str:
    """A request's Accept-Language field, "" where it is missing."""
    return str(request.headers.get("accept-language", ""))


def say(
    status: int,
    title: str,
    text: str,
    request: http.Request,
    values: Mapping[str, object] | None = None,
    **headers: str,
) -> http.Response:
    """Make a short page in the language that a request asks for.

    title, text    plain words, said in another language where they are `marked`; escaped where they are
                   put on the page
    values         what stands for `%(name)s` in the text
    headers        further header fields, `_` standing for `-`
    """
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    language = language_for(accepted(request))
    return response_of(plain_page(status, title, text, language, values=values, headers=fields))


def bad_request(why: str, request: http.Request) -> http.Response:
    """400, and the connection closes."""
    return say(400, marked("The request is not valid"), why, request, Connection="close")


def no_answer(host: str, why: str, request: http.Request) -> http.Response:
    """502: the site could not be reached, and why."""
    text = marked("%(host)s could not be reached: %(why)s.")
    return say(502, marked("The site does not answer"), text, request, {"host": host, "why": why})


_FAULTS = {
    language: plain_page(
        503,
        marked("The filter is out of order"),
        marked(
            "A fault in the filter stopped this page. The fault has been recorded; please tell your school."
        ),
        language,
        headers=(("Connection", "close"),),
    )
    for language in LANGUAGES.values()
}


def out_of_order(request: http.Request) -> http.Response:
    """503: a fault of the filter. Made beforehand, so that answering a fault cannot fail itself."""
    return response_of(_FAULTS[language_for(accepted(request))])

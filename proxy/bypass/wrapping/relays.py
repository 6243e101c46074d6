"""Does a site that no list knows fetch another address for whoever asks?

Ordinary pages mention addresses all the time: where a log-in goes back to, what is shared, which page a
beacon tells of, where a link leads out. Judging those would block pages for what they merely name. So an
address inside counts only as what is fetched, and this is the evidence for it:

- it stands in the path, with its scheme or hidden: little but fetchers, archives and checkers has such paths;
- it stands in a parameter that fetchers use, and the path is the root or says that something is fetched;
- it is hidden in base64 in such a parameter, or in any when the answer is a page and leads nowhere;
- it is hidden in another way: ordinary sites have no reason to;
- the site is a stranger's program on a host for everybody's, and the parameter is none that returns;
- the answer is a page that says itself that it is the other site's (`pages`).

Against it speak a path that says log-in, sharing, tracking or embedding; a request for a picture, a style or
a sound, as no page is shown by one; a redirector of the list. Newsletters and counters of clicks, whose links
hide in the path where they lead, are on no list: there the answer tells. All the signs do is have the inner
address judged.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

from proxy.bypass.observed import Answer, Exchange, Form
from proxy.bypass.spelling.codings import HIDING
from proxy.bypass.spelling.inside import PATH, Inside, addresses_in
from proxy.bypass.wrapping.pages import is_page
from proxy.bypass.wrapping.table import Wrapping
from proxy.decision.urls import Url

SHOWS_NO_PAGE = frozenset(
    {"image", "font", "style", "audio", "video", "track", "manifest", "report", "paintworklet"}
)
MAX_FORM = 4096
MAX_TEXTS = 16
METHODS = frozenset({"GET", "POST", "HEAD"})
_JSON_TEXT = re.compile(r'"([A-Za-z_]{1,40})"\s{0,4}:\s{0,4}"([^"\\]{4,2048})"')
_RARE = HIDING - {"base64"}
"""Writings that ordinary sites do not use for addresses."""
_IN_LETTERS = frozenset({"base64", "hex", "percent", "plain", "bare"})
"""Writings in which senders of letters put the target of a link."""
LEADING_ON = frozenset({301, 302, 303, 307, 308})
_NO_SCHEME = ("Ly8", "Ly9")
"""How base64 begins of an address without its scheme, but with the two slashes behind that."""
_TWICE = ("aHR0cHMlM0El", "aHR0cCUzQSUy")
"""How base64 begins of an address that was coded for a query already, as Ultraviolet writes it."""


def fetched(exchange: Exchange, wrapping: Wrapping) -> Iterator[Inside]:
    """Yield the addresses inside a request's that its site seems to fetch, whatever it answers."""
    for one in _seemingly(exchange, wrapping):
        if not _may_lead_on(exchange, one, wrapping):
            yield one


def not_led_to(exchange: Exchange, wrapping: Wrapping) -> Iterator[Inside]:
    """Yield those that a redirector could have led to, if the answer leads nowhere or there is none."""
    if not _is_followed(exchange) or (exchange.answer is not None and _leads_on(exchange.answer)):
        return
    for one in _seemingly(exchange, wrapping):
        if _may_lead_on(exchange, one, wrapping):
            yield one


def _seemingly(exchange: Exchange, wrapping: Wrapping) -> Iterator[Inside]:
    url = exchange.url
    if exchange.form is Form.AUTHORITY or exchange.method not in METHODS:
        return
    inside = addresses_in(url, exchange.target)
    if exchange.body and exchange.method == "POST":
        inside = (*inside, *_in_form(exchange))
    if not inside or exchange.field("sec-fetch-dest") in SHOWS_NO_PAGE:
        return
    if wrapping.only_leads_on(url.host, url.path):
        return
    for one in inside:
        if _is_fetched(exchange, one, wrapping):
            yield one


def _in_form(exchange: Exchange) -> tuple[Inside, ...]:
    """The addresses in a short form, or in the outermost texts of a short JSON object."""
    if len(exchange.body) > MAX_FORM:
        return ()
    url, kind = exchange.url, exchange.field("content-type")
    text = exchange.body.decode("latin-1")
    if "json" in kind:
        text = "&".join(f"{name}={quote(value)}" for name, value in _JSON_TEXT.findall(text)[:MAX_TEXTS])
    elif "urlencoded" not in kind:
        return ()
    return addresses_in(Url(url.scheme, url.host, url.port, "/", text))


def mentioned(exchange: Exchange, wrapping: Wrapping) -> tuple[Inside, ...]:
    """The addresses inside a request's, whatever for: in the path those with a scheme alone."""
    if exchange.form is Form.AUTHORITY or wrapping.only_leads_on(exchange.url.host, exchange.url.path):
        return ()
    return tuple(
        one for one in addresses_in(exchange.url, exchange.target) if not one.is_bare or one.place != PATH
    )


def _may_lead_on(exchange: Exchange, one: Inside, wrapping: Wrapping) -> bool:
    """Whether a link in a letter may look so: its target coded in the path, or behind a word that says so."""
    if one.place != PATH or not _is_followed(exchange) or wrapping.is_hosting(exchange.url.host):
        return False
    words, fetchers = _words_before(exchange.url.path, one), wrapping.fetchers
    if not fetchers.fetching.isdisjoint(words) or one.text.startswith(_TWICE):
        return False
    if one.is_hidden:
        return _IN_LETTERS.issuperset(one.ways)
    labels = exchange.url.host.split(".")[:-2]
    return not (fetchers.leading.isdisjoint(words) and fetchers.leading.isdisjoint(labels))


def _is_followed(exchange: Exchange) -> bool:
    """Whether a person may have followed a link to it."""
    return exchange.method in ("GET", "HEAD") and exchange.field("sec-fetch-dest") in ("", "document")


def _leads_on(answer: Answer) -> bool:
    """Whether a browser shows nothing of an answer, and asks for another address itself."""
    return answer.status in LEADING_ON and any(name == "location" and value for name, value in answer.fields)


def _is_fetched(exchange: Exchange, one: Inside, wrapping: Wrapping) -> bool:
    fetchers = wrapping.fetchers
    url = exchange.url
    words = _words_before(url.path, one)
    by_strangers = wrapping.is_hosting(url.host)
    if one.place in fetchers.returning:
        return False
    if _RARE.intersection(one.ways) or one.text.startswith(_TWICE):
        return True
    if not fetchers.mentioning.isdisjoint(words):
        return False
    if by_strangers or not fetchers.fetching.isdisjoint(words):
        return not one.is_bare or one.is_hidden or one.place in (PATH, "", *fetchers.asked)
    if one.place == PATH:
        return not one.is_bare or one.text.startswith(_NO_SCHEME)
    if not fetchers.leading.isdisjoint(url.host.split(".")[:-2]):
        return False
    if one.is_bare:
        return one.is_hidden and one.place in fetchers.asked
    if one.is_hidden and exchange.answer is not None and is_page(exchange.answer):
        return True
    return one.place == "" or (one.place in fetchers.asked and (one.is_hidden or not words))


def _words_before(path: str, one: Inside) -> frozenset[str]:
    """The segments of a canonical path in small letters, as far as the address inside does not begin."""
    words: list[str] = []
    for word in path.lower().split("/", 10)[1:10]:
        if word.endswith(":") or word == one.url.host:
            break
        if word:
            words.append(word.removesuffix(".php").removesuffix(".aspx"))
    return frozenset(words)

"""Which detectors look for addresses that are shown inside others?"""

from collections.abc import Iterable, Iterator

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.noticing import Detector
from proxy.bypass.observed import Exchange, Opening, Question
from proxy.bypass.spelling.codings import MIN_CODED
from proxy.bypass.spelling.folding import is_certain, unfolded
from proxy.bypass.spelling.inside import Inside
from proxy.bypass.wrapping.pages import claimed, copied, is_of, shows_page_of
from proxy.bypass.wrapping.relays import fetched, mentioned, not_led_to
from proxy.bypass.wrapping.unwrapping import Shown, unwrapped
from proxy.decision.signs import Sign
from proxy.decision.urls import Url

FOLDED = "wrapper.folded"
COPY = "wrapper.copy"
SERVERLESS = "relay.serverless"
UNKNOWN = "relay.unknown"
MAX_CODED = 48
"""How much of a coded address is evidence at most."""
SURE, LIKELY, WEAK = 0.98, 0.8, 0.5


def inner_address(exchange: Exchange, knowledge: Knowledge) -> Iterable[Sign]:
    """What a service of the table shows; or what a site of no table stands for, or seems to fetch."""
    host = exchange.url.host
    if knowledge.wrapping.service(host) is not None:
        return [_sign(shown, knowledge) for shown in unwrapped(exchange.url, knowledge.wrapping)]
    signs = [*_folded_host(exchange, knowledge), *_unknown_relay(exchange, knowledge)]
    return () if signs and _is_no_relay(host, knowledge) else signs


def _unknown_relay(exchange: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A site of no table that seems to fetch, and what."""
    for one in fetched(exchange, knowledge.wrapping):
        yield from _of_relay(exchange.url.host, one, knowledge)


def no_redirector(exchange: Exchange, knowledge: Knowledge) -> Iterable[Sign]:
    """What a site of no table fetches whose address looks like that of a redirector, but that leads nowhere.

    Asked once there is an answer, or of a recording that has none.
    """
    url, wrapping = exchange.url, knowledge.wrapping
    if len(url.path) < MIN_CODED or wrapping.service(url.host) is not None:
        return ()
    signs = [sign for one in not_led_to(exchange, wrapping) for sign in _of_relay(url.host, one, knowledge)]
    return () if signs and _is_no_relay(url.host, knowledge) else signs


def _of_relay(host: str, one: Inside, knowledge: Knowledge) -> Iterator[Sign]:
    """The signs of an address that a host's site fetches, and of what that shows."""
    technique = SERVERLESS if knowledge.wrapping.is_hosting(host) else UNKNOWN
    evidence = {"host": host, "place": one.place, "text": _decisive(one), "written": " ".join(one.ways)}
    yield knowledge.sign(technique, LIKELY, evidence, one.url)
    for shown in unwrapped(one.url, knowledge.wrapping):
        yield _sign(shown, knowledge)


def _folded_host(exchange: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A name that stands for another site by its labels."""
    url = exchange.url
    for host in unfolded(url.host):
        if not is_certain(url.host, host):
            continue
        inner = Url(url.scheme, host, url.port, url.path, url.query)
        yield knowledge.sign(FOLDED, LIKELY, {"host": url.host, "stands for": host}, inner)


def shown_page(exchange: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """An answer that is the page of an address inside the request's."""
    url, answer = exchange.url, exchange.answer
    if answer is None or answer.status != 200 or _is_ours(url.host, knowledge):
        return
    for host in unfolded(url.host):
        if not is_certain(url.host, host) and shows_page_of(answer, host):
            inner = Url(url.scheme, host, url.port, url.path, url.query)
            yield knowledge.sign(FOLDED, LIKELY, {"host": url.host, "page of": host}, inner)
    if len(url.path) + len(url.query) < len("/?u=a.bc"):
        return
    inside = mentioned(exchange, knowledge.wrapping)
    if not inside:
        return
    claims = claimed(answer)
    fetched_hidden = {one for one in fetched(exchange, knowledge.wrapping) if one.is_hidden}
    for one in inside:
        if one in fetched_hidden or is_of(claims, one.url.host):
            evidence = {"host": url.host, "place": one.place, "text": _decisive(one), "page of": one.url.host}
            yield knowledge.sign(UNKNOWN, LIKELY, evidence, one.url)


def copied_page(exchange: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A page that says itself that it is another site's, wherever it is shown."""
    host, answer = exchange.url.host, exchange.answer
    inner = copied(answer, host) if answer is not None else None
    if inner is not None and not _is_ours(host, knowledge):
        yield knowledge.sign(COPY, LIKELY, {"host": host, "page of": inner.host}, inner)


def wrapped_name(question: Question, knowledge: Knowledge) -> Iterator[Sign]:
    """A name asked for that stands for another site."""
    yield from _of_name(question.name.lower(), knowledge)


def wrapped_sni(opening: Opening, knowledge: Knowledge) -> Iterator[Sign]:
    """A name in a handshake that stands for another site."""
    if opening.sni:
        yield from _of_name(opening.sni, knowledge)


def _of_name(host: str, knowledge: Knowledge) -> Iterator[Sign]:
    if "." not in host:
        return
    if knowledge.wrapping.service(host) is not None:
        for shown in unwrapped(Url("https", host, 443, "/"), knowledge.wrapping):
            if shown.place == "host":
                yield _sign(shown, knowledge)
    elif not _is_ours(host, knowledge):
        for inner in unfolded(host):
            if not is_certain(host, inner):
                continue
            evidence = {"host": host, "stands for": inner}
            yield knowledge.sign(FOLDED, LIKELY, evidence, Url("https", inner, 443, "/"))


def _sign(shown: Shown, knowledge: Knowledge) -> Sign:
    evidence = {"service": shown.service, "place": shown.place, "inner host": shown.url.host}
    return knowledge.sign(shown.technique, SURE, evidence, shown.url)


def _decisive(one: Inside) -> str:
    """What was sent of the address inside as far as its host: what follows may hold names and tokens."""
    if one.is_hidden:
        return one.shown(MAX_CODED)
    return f"{one.url.scheme}://{one.url.host}"


def _is_no_relay(host: str, knowledge: Knowledge) -> bool:
    """One of ours; but no host where strangers run programs, though it be a service's (script.google.com)."""
    return not knowledge.wrapping.is_hosting(host) and _is_ours(host, knowledge)


def _is_ours(host: str, knowledge: Knowledge) -> bool:
    """The school's own, or a name that is looked up about another (a list of bad senders, an antivirus)."""
    if knowledge.around.is_own_name(host) or knowledge.ordinary.is_lookup(host):
        return True
    return host.endswith((".local", ".lan", ".internal"))


REQUEST_DETECTORS: tuple[Detector[Exchange], ...] = (inner_address,)
ANSWER_DETECTORS: tuple[Detector[Exchange], ...] = (no_redirector, shown_page, copied_page)
UNANSWERED: tuple[Detector[Exchange], ...] = (no_redirector,)
MESSAGE_DETECTORS: tuple[Detector[Exchange], ...] = ()
NAME_DETECTORS: tuple[Detector[Question], ...] = (wrapped_name,)
OPENING_DETECTORS: tuple[Detector[Opening], ...] = (wrapped_sni,)

"""Whose page does an answer say that it is?

A page names its own address: `<base href>`, `<link rel="canonical">`, `og:url`. A fetcher passes that on
unchanged; a page that merely mentions another site names itself. Looked at are the first MAX_HEAD octets, in
linear time.
"""

from typing import Any

import re2

from proxy.bypass.observed import Answer
from proxy.bypass.spelling.hosts import registrable
from proxy.decision.names import NameProblem
from proxy.decision.urls import Url, parse_url

MAX_HEAD = 16 * 1024
MAX_CLAIMS = 8
MAX_TAG = 640
"""Octets of an element, from what names it to the end of its address."""

_ADDRESS = rb"\s*=\s*[\"']?(https?://[^\s\"'<>]{4,300})"
_CLAIM = re2.compile(
    rb"(?i)<(?:base\s[^>]{0,200}?href|link\s[^>]{0,200}?rel=[\"']?canonical[\"']?\s[^>]{0,200}?href"
    rb"|meta\s[^>]{0,200}?property=[\"']?og:url[\"']?\s[^>]{0,200}?content)" + _ADDRESS
)
_OG_URL = re2.compile(rb"(?i)og:url[\"']?\s[^>]{0,200}?content" + _ADDRESS)
_CANONICAL = re2.compile(rb"(?i)<link\s[^>]{0,200}?rel=[\"']?canonical[\"']?\s[^>]{0,200}?href" + _ADDRESS)


def shows_page_of(answer: Answer, host: str) -> bool:
    """Say whether an answer is a page that says that it belongs to the site that a host belongs to."""
    return is_of(claimed(answer), host)


def claimed(answer: Answer) -> frozenset[str]:
    """The hosts that a page says are its own; none for what is no page."""
    found: set[str] = set()
    for place, claim in enumerate(_CLAIM.finditer(answer.body[:MAX_HEAD]) if is_page(answer) else ()):
        if place == MAX_CLAIMS:
            break
        try:
            found.add(parse_url(claim.group(1).decode("utf-8", "replace")).host)
        except NameProblem:
            continue
    return frozenset(found)


def copied(answer: Answer, host: str) -> Url | None:
    """The address of another site that a page of a host says twice that it is: by its canonical link and by
    `og:url`. Who prints an article again may write the one; a copy has taken over both.

    Most pages name themselves; of these no more is read than `og:url`.
    """
    head = answer.body[:MAX_HEAD]
    begins = head.find(b"og:url")
    if begins < 0 or not is_page(answer):
        return None
    meta = _named(_OG_URL, head[begins : begins + MAX_TAG])
    named = registrable(meta.host) if meta is not None else ""
    if not named or named == (registrable(host) or host):
        return None
    link = _named(_CANONICAL, head)
    return link if link is not None and registrable(link.host) == named else None


def _named(claim: Any, octets: bytes) -> Url | None:
    found = claim.search(octets)
    try:
        return parse_url(found.group(1).decode("utf-8", "replace")) if found else None
    except NameProblem:
        return None


def is_of(claims: frozenset[str], host: str) -> bool:
    """Say whether a page with these claims belongs to the site that a host belongs to."""
    if not claims:
        return False
    owner = registrable(host) or host
    return any(named == host or registrable(named) == owner for named in claims)


def is_page(answer: Answer) -> bool:
    """Say whether an answer is a page: one that leads elsewhere is none."""
    return answer.status == 200 and any(
        name == "content-type" and "html" in value.lower() for name, value in answer.fields
    )

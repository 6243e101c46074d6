"""Is this answer what a filter in order gives? Pure: an answer and a seat in, a grade out."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from proxy.decision.policy import BlockAnswer
from proxy.selftest.dns_probe import DnsAnswer
from proxy.selftest.plan import Seat
from proxy.selftest.web_probe import End, WebAnswer

NOERROR, NXDOMAIN, REFUSED = 0, 3, 5
EDE_CENSORED = 16
FORBIDDEN = 403
LOGIN_NEEDED = 407

_RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}


class Grade(Enum):
    """What became of one probe."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NOT_TESTED = "not tested"
    UNREACHED = "no answer"


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade, and why."""

    grade: Grade
    detail: str


def _passed(detail: str) -> Graded:
    return Graded(Grade.PASS, detail)


def _failed(detail: str) -> Graded:
    return Graded(Grade.FAIL, detail)


def name_is_blocked(answer: DnsAnswer, seat: Seat, page: Collection[str]) -> Graded:
    """Grade the resolver's answer for a reserved name of the floor.

    page    the addresses of the block page that the question's type can hold
    """
    strange = [address for address in answer.addresses if address not in page]
    if strange:
        return _failed(f"not blocked: the resolver gave the address {strange[0]}")
    wanted = _wanted(seat.block_answer, bool(page))
    got = _named(answer.rcode, bool(answer.addresses))
    if got != wanted:
        return _failed(f"the answer is {got}; for a blocked name here it would be {wanted}")
    codes = [code for code, _ in answer.ede]
    if EDE_CENSORED not in codes:
        found = ", ".join(map(str, codes)) or "none"
        return _failed(f"{got}, but not for the law's sake: Extended DNS Error {found}, not {EDE_CENSORED}")
    return _passed(f"{got}, Extended DNS Error {EDE_CENSORED}")


def own_name_is_answered(answer: DnsAnswer, page: Collection[str]) -> Graded:
    """Grade the control: the block page's own name must be there, or a dead filter would pass."""
    if answer.rcode == NOERROR and answer.addresses and set(answer.addresses) <= set(page):
        return _passed("the block page's own name is answered")
    got = _named(answer.rcode, bool(answer.addresses))
    return _failed(f"the block page's own name should be answered, and the answer is {got}")


def page_is_blocked(answer: WebAnswer, host: str) -> Graded:
    """Grade the proxy's answer, in clear or to a tunnel: the block page, naming the law.

    A device without the school's certificate gets the page in answer to CONNECT. A connection that
    just closes proves nothing: the site behind an open name may be what closed it.
    """
    if answer.end is End.FOREIGN:
        return _failed(f"not blocked: {answer.detail}")
    if answer.end is End.REFUSED:
        return _failed(f"no block page: {answer.detail}")
    if answer.status == LOGIN_NEEDED:
        return Graded(Grade.NOT_TESTED, "the proxy asks for a log-in first (proxy.require_login)")
    if answer.status != FORBIDDEN:
        return _failed(f"not the block page: HTTP {answer.status}")
    if host not in answer.text or "CIPA" not in answer.text:
        return _failed("HTTP 403, but the page does not say that the law asks for the block")
    return _passed("HTTP 403, block page naming CIPA")


def _wanted(how: BlockAnswer, has_page: bool) -> str:
    if how is BlockAnswer.NXDOMAIN:
        return _named(NXDOMAIN, False)
    if how is BlockAnswer.REFUSED:
        return _named(REFUSED, False)
    return _named(NOERROR, has_page and how is BlockAnswer.PAGE)


def _named(rcode: int, with_address: bool) -> str:
    if rcode == NOERROR:
        return "the block page's address" if with_address else "no address"
    return _RCODES.get(rcode, f"response code {rcode}")

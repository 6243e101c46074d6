import pytest

from proxy.decision.policy import BlockAnswer
from proxy.selftest.dns_probe import DnsAnswer
from proxy.selftest.expect import (
    Grade,
    Graded,
    name_is_blocked,
    own_name_is_answered,
    page_is_blocked,
)
from proxy.selftest.plan import Seat
from proxy.selftest.web_probe import End, WebAnswer

PAGE = ("192.0.2.80",)
LAW = ((4, "law"), (16, ""))
HOST = "pornography.schoolgate-test.example"
BLOCKED = WebAnswer(End.ANSWERED, 403, f"{HOST} CIPA")


def seat(how=BlockAnswer.PAGE):
    return Seat("middle", "127.0.1.2", how)


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        (DnsAnswer(0, PAGE, LAW), BlockAnswer.PAGE),
        (DnsAnswer(3, (), LAW), BlockAnswer.NXDOMAIN),
        (DnsAnswer(0, (), LAW), BlockAnswer.NODATA),
        (DnsAnswer(5, (), LAW), BlockAnswer.REFUSED),
    ],
    ids=lambda value: value.value if isinstance(value, BlockAnswer) else "",
)
def test_each_network_has_its_own_right_answer_and_no_other_passes(answer, how):
    passing = [
        other for other in BlockAnswer if name_is_blocked(answer, seat(other), PAGE).grade is Grade.PASS
    ]
    assert passing == [how]


def test_without_a_block_page_address_no_address_is_right():
    assert name_is_blocked(DnsAnswer(0, (), LAW), seat(), ()).grade is Grade.PASS


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (DnsAnswer(0, ("198.51.100.7",), LAW), "not blocked: the resolver gave the address 198.51.100.7"),
        (DnsAnswer(0, (*PAGE, "198.51.100.7")), "not blocked: the resolver gave the address 198.51.100.7"),
        (
            DnsAnswer(3, ()),
            "the answer is NXDOMAIN; for a blocked name here it would be the block page's address",
        ),
        (
            DnsAnswer(2, ()),
            "the answer is SERVFAIL; for a blocked name here it would be the block page's address",
        ),
        (
            DnsAnswer(0, PAGE, ((4, ""), (15, ""))),
            "the block page's address, but not for the law's sake: Extended DNS Error 4, 15, not 16",
        ),
        (
            DnsAnswer(0, PAGE),
            "the block page's address, but not for the law's sake: Extended DNS Error none, not 16",
        ),
    ],
)
def test_a_wrong_answer_fails_and_says_why(answer, why):
    assert name_is_blocked(answer, seat(), PAGE) == Graded(Grade.FAIL, why)


def test_the_control_wants_the_block_pages_own_address():
    assert own_name_is_answered(DnsAnswer(0, PAGE), PAGE).grade is Grade.PASS
    for answer in (DnsAnswer(5), DnsAnswer(0), DnsAnswer(3), DnsAnswer(0, ("198.51.100.7",))):
        assert own_name_is_answered(answer, PAGE).grade is Grade.FAIL


def test_a_block_page_must_name_host_and_law():
    assert page_is_blocked(BLOCKED, HOST).grade is Grade.PASS
    for text in ("CIPA", HOST, ""):
        assert page_is_blocked(WebAnswer(End.ANSWERED, 403, text), HOST).grade is Grade.FAIL


@pytest.mark.parametrize("status", [200, 301, 404, 502, 503])
def test_any_other_status_fails(status):
    graded = page_is_blocked(WebAnswer(End.ANSWERED, status, BLOCKED.text), HOST)
    assert graded == Graded(Grade.FAIL, f"not the block page: HTTP {status}")


def test_a_log_in_that_stands_before_everything_proves_nothing():
    assert page_is_blocked(WebAnswer(End.ANSWERED, 407), HOST).grade is Grade.NOT_TESTED


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (WebAnswer(End.REFUSED, detail="it was closed"), "no block page: it was closed"),
        (WebAnswer(End.FOREIGN, detail="a strange certificate"), "not blocked: a strange certificate"),
    ],
)
def test_without_a_page_nothing_is_proven(answer, why):
    assert page_is_blocked(answer, HOST) == Graded(Grade.FAIL, why)

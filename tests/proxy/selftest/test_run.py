import asyncio
import ssl

import pytest

from filter_front import OWN_NAME, PAGE, FilterFront, Said, blocked_page, blocking
from proxy.decision.policy import BlockAnswer
from proxy.selftest.expect import Grade
from proxy.selftest.plan import Seat
from proxy.selftest.run import Target, Way, certificate_of, run_probes, target_of
from proxy.selftest.web_probe import ProxyAt
from proxy.settings.fields import Endpoint

MIDDLE = Seat("middle", "127.0.1.2", BlockAnswer.PAGE)
GUEST = Seat("guest", "127.0.1.5", BlockAnswer.NXDOMAIN)


def rows_of(tmp_path, seats, timeout_s=20.0, **front):
    async def story():
        async with FilterFront(tmp_path, **front) as filter_:
            trust = ssl.create_default_context(cafile=tmp_path / "ca" / "schoolgate-ca-cert.pem")
            target = Target(
                dns=(Endpoint("127.0.0.1", filter_.dns_port),),
                proxy=ProxyAt("127.0.0.1", filter_.proxy_port, trust),
                connect_port=443,
                own_name=OWN_NAME,
                page=(PAGE,),
                timeout_s=timeout_s,
            )
            return await run_probes(target, seats)

    return asyncio.run(story())


def failures(rows):
    return [(row.way, row.name, row.graded.detail) for row in rows if row.graded.grade is Grade.FAIL]


def test_a_filter_in_order_passes_every_probe(tmp_path):
    rows = rows_of(tmp_path, [MIDDLE])
    assert [row.way for row in rows] == [Way.CONTROL, *(2 * [Way.DNS, Way.HTTP, Way.HTTPS])]
    assert {(row.group, row.source, row.graded.grade) for row in rows} == {
        ("middle", "127.0.1.2", Grade.PASS)
    }


def test_a_resolver_that_answers_one_name_is_shown_in_its_row(tmp_path):
    def leaky(client, name):
        return Said("198.51.100.7", ede=()) if name.startswith("pornography.") else blocking(client, name)

    assert failures(rows_of(tmp_path, [MIDDLE], dns=leaky)) == [
        (
            Way.DNS,
            "pornography.schoolgate-test.example",
            "not blocked: the resolver gave the address 198.51.100.7",
        )
    ]


def test_a_proxy_that_lets_one_name_pass_is_shown_in_two_rows(tmp_path):
    def leaky(client, host):
        return (200, "welcome") if host.startswith("child-abuse.") else blocked_page(client, host)

    assert failures(rows_of(tmp_path, [MIDDLE], web=leaky)) == [
        (way, "child-abuse.schoolgate-test.example", "not the block page: HTTP 200")
        for way in (Way.HTTP, Way.HTTPS)
    ]


def test_a_filter_that_refuses_everything_fails_its_control(tmp_path):
    def dead(client, name):
        return Said(None, "NXDOMAIN", (16,))

    rows = rows_of(tmp_path, [GUEST], dns=dead)
    assert failures(rows) == [
        (Way.CONTROL, OWN_NAME, "the block page's own name should be answered, and the answer is NXDOMAIN")
    ]


def test_a_tunnel_that_is_refused_by_a_page_passes_and_one_that_just_closes_fails(tmp_path):
    assert failures(rows_of(tmp_path, [GUEST], dns=refusing, tunnels="refuse")) == []
    rows = rows_of(tmp_path, [GUEST], dns=refusing, tunnels="close")
    assert [way for way, _, _ in failures(rows)] == [Way.HTTPS, Way.HTTPS]


def refusing(client, name):
    return Said(ede=()) if name == OWN_NAME else Said(None, "NXDOMAIN", (16,))


def test_only_the_group_that_is_wrongly_served_fails(tmp_path):
    def partial(client, name):
        return Said("198.51.100.7", ede=()) if client == "127.0.1.2" else blocking(client, name)

    other = Seat("high", "127.0.1.3", BlockAnswer.PAGE)
    rows = rows_of(tmp_path, [MIDDLE, other], dns=partial)
    assert {row.group for row in rows if row.graded.grade is Grade.FAIL} == {"middle"}


def test_a_silent_resolver_is_told_apart_from_a_failure(tmp_path):
    rows = rows_of(tmp_path, [MIDDLE], timeout_s=0.5, dns=lambda client, name: None)
    assert {row.graded.grade for row in rows if row.way in (Way.CONTROL, Way.DNS)} == {Grade.UNREACHED}


def test_a_group_without_an_address_has_one_row_that_says_so(tmp_path):
    (row,) = rows_of(tmp_path, [Seat("high", missing="no address")])
    assert (row.group, row.way, row.graded.grade, row.graded.detail) == (
        "high", Way.NONE, Grade.NOT_TESTED, "no address",
    )  # fmt: skip


def test_the_filter_is_found_by_its_settings(tmp_path):
    from small_school import school

    settings = school(
        gateway={"state": str(tmp_path)},
        proxy={"listen": "127.0.0.1:8080", "connect_ports": [8453, 443]},
    )
    assert target_of(settings) == Target(
        dns=(Endpoint("127.0.0.1", 53),),
        proxy=ProxyAt("127.0.0.1", 8080),
        connect_port=443,
        own_name="block.example.org",
        page=("192.0.2.80",),
    )


def test_a_broken_certificate_of_the_school_is_an_error(tmp_path):
    from small_school import school

    path = certificate_of(tmp_path)
    path.parent.mkdir()
    path.write_text("nonsense")
    with pytest.raises(OSError, match="certificate"):
        target_of(school(gateway={"state": str(tmp_path)}))

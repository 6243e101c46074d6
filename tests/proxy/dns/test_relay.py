"""What leaves of an upstream's answer, and what in it has to be judged first?"""

from pathlib import Path

import pytest

import policy_gateway
from dns_world import answers, run, world
from proxy.dns.errors import Malformed
from proxy.dns.labels import to_wire
from proxy.dns.records import CNAME, DNAME, HTTPS, RRSIG, SVCB, A, Answer, Record
from proxy.dns.relay import relayed
from proxy.dns.svcb import ServiceBinding, pack
from proxy.dns.wire import Rcode

NAME = to_wire("www.example")
ADDRESS = Record(NAME, A, 60, b"\xc0\x00\x02\x01")


def answer(*final: Record, ad: bool = True) -> Answer:
    return Answer(Rcode.NOERROR, (), final, (), NAME, ad)


def https(*params: tuple[int, bytes], target: bytes = b"\x00", rtype: int = HTTPS) -> Record:
    return Record(NAME, rtype, 60, pack(ServiceBinding(1, target, params)))


def signature(of: int) -> Record:
    return Record(NAME, RRSIG, 60, of.to_bytes(2) + bytes(40))


def test_an_answer_with_nothing_to_take_away_stays_as_it_is() -> None:
    out = relayed(answer(ADDRESS, signature(A)))

    assert (out.answer, out.addresses, out.changed) == (answer(ADDRESS, signature(A)), ("192.0.2.1",), False)


@pytest.mark.parametrize("rtype", [HTTPS, SVCB])
def test_a_changed_answer_loses_signatures_and_ad(rtype: int) -> None:
    before = answer(https((1, b"\x02h2\x02h3"), (5, b"ech"), rtype=rtype), signature(rtype))
    out = relayed(before)

    assert out.answer == answer(https((1, b"\x02h2"), rtype=rtype), ad=False)
    assert out.changed


def test_targets_and_hints_are_to_be_judged() -> None:
    out = relayed(answer(https((4, b"\xc0\x00\x02\x05"), target=to_wire("cdn.example"))))

    assert (out.aliases, out.addresses) == (("cdn.example",), ("192.0.2.5",))


def test_a_binding_that_cannot_be_read_is_left_out() -> None:
    out = relayed(answer(Record(NAME, HTTPS, 60, b"\x00\x01\xc0")))

    assert (out.answer.final, out.changed) == ((), True)


def test_an_answer_that_leads_everywhere_is_refused() -> None:
    with pytest.raises(Malformed):
        relayed(answer(*(Record(NAME, A, 60, n.to_bytes(4)) for n in range(101))))


def test_type_65_reaches_the_client_without_encrypted_hello_and_quic(tmp_path: Path) -> None:
    zone = ('www.example. 300 IN HTTPS 1 . alpn="h3,h2" ipv4hint="192.0.2.5" key99="x"',)

    async def story() -> None:
        async with world(tmp_path, zone=zone) as it:
            for _ in range(2):
                assert answers(await it.ask("www.example", "HTTPS")) == [
                    'www.example. HTTPS 1 . alpn="h2" ipv4hint="192.0.2.5" key99="x"'
                ]

    run(story())


def test_a_blocked_target_of_type_65_is_blocked(tmp_path: Path) -> None:
    zone = ("www.example. 300 IN HTTPS 1 x.games.example. alpn=h2",)

    async def story() -> None:
        async with world(tmp_path, policy_gateway.policy({"games.example": ["games"]}), zone) as it:
            message = await it.ask("www.example", "HTTPS")
            assert (message.rcode(), message.answer) == (0, [])
            assert [int(o.code) for o in message.options] == [15]  # type: ignore[attr-defined]

    run(story())


def test_only_a_whole_answer_shows_ad(tmp_path: Path) -> None:
    zone = ('www.example. 300 IN HTTPS 1 . alpn="h3,h2"', "www.example. 300 IN A 192.0.2.1")

    async def story() -> None:
        async with world(tmp_path, zone=zone) as it:
            it.fake.authentic = True
            whole = await it.ask("www.example", "A", want_dnssec=True)
            changed = await it.ask("www.example", "HTTPS", want_dnssec=True)
            assert (bool(whole.flags & 0x20), bool(changed.flags & 0x20)) == (True, False)

    run(story())


@pytest.mark.parametrize("rtype", [CNAME, DNAME])
def test_an_alias_that_was_asked_for_by_its_type_is_to_be_judged(rtype: int) -> None:
    assert relayed(answer(Record(NAME, rtype, 60, to_wire("cdn.example")))).aliases == ("cdn.example",)

"""How are the datagrams of one moment received and answered, each in a slot of its own?

Both ways are put through the same in test_many_at_once.py; here is what the slots promise.
"""

import itertools
from pathlib import Path

import pytest

from dns_world import answers, run, world
from proxy.dns.datagrams import AT_ONCE, MAX_DATAGRAM, SLOT, STARTS, OneByOne
from proxy.dns.wire import EDNS_LIMIT

WWW = ("www.example. 300 IN A 192.0.2.1",)


def test_every_answer_over_udp_fits_a_slot_and_slots_do_not_overlap() -> None:
    assert EDNS_LIMIT <= MAX_DATAGRAM <= SLOT
    assert len(STARTS) == AT_ONCE
    assert {later - earlier for earlier, later in itertools.pairwise(STARTS)} == {SLOT}


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "0.0.0.0:0"])
def test_the_resolver_serves_without_the_calls_for_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listen: str
) -> None:
    monkeypatch.setattr("proxy.dns.server_udp.datagrams", OneByOne)

    async def story() -> None:
        async with world(tmp_path, zone=WWW, listen=[listen]) as it:
            for _ in range(3):
                assert answers(await it.ask("www.example")) == ["www.example. A 192.0.2.1"]
            assert len(it.fake.seen) == 1

    run(story())

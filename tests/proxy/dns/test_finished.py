"""Which octets answer a question that was answered before?"""

import math

import dns.message

from proxy.dns.finished import Finished, Term
from proxy.dns.labels import to_wire
from proxy.dns.packing import Reply, pack
from proxy.dns.records import A, Record
from proxy.dns.wire import parse
from proxy.journal.codec import Template
from proxy.metrics import Cell

WWW = to_wire("www.example")


def query(name: str = "www.example", ident: int = 7) -> bytes:
    return dns.message.make_query(name, "A", use_edns=0, id=ident).to_wire()


def entry(*hosts: str, ttl: int = 60) -> Finished:
    packed = pack(parse(query()), Reply(0, (Record(WWW, A, ttl, b"\xc0\x00\x02\x01"),)))
    return Finished.of(packed, WWW, Term(100.0, 100.0 + ttl), hosts, None, Cell(), 0)


def test_id_and_spelling_are_the_asker_s_and_ttls_grow_older() -> None:
    kept = entry()

    def given(name: str, ident: int, now: float) -> dns.message.Message:
        assert kept.renew(now, 0.0)
        asked = query(name, ident)
        return dns.message.from_wire(asked[:2] + kept.spelled(asked))

    first = given("wWw.eXample", 9, 100.9)
    later, again = given("www.example", 10, 125.2), given("www.example", 11, 125.9)
    assert (first.id, first.question[0].name.to_text(), first.answer[0].ttl) == (9, "wWw.eXample.", 60)
    assert (first.answer[0].name.to_text(), later.id, later.answer[0].ttl) == ("wWw.eXample.", 10, 35)
    assert again.answer[0].ttl == 35


def test_an_answer_is_not_taken_over_when_its_ttl_outlives_the_new_verdict() -> None:
    kept = entry(ttl=60)  # until 160
    assert kept.judged_anew(110.0, 5110.0, 5160.0, None, Cell(), 3)
    assert not kept.judged_anew(110.0, 5110.0, 5159.0, None, Cell(), 3)


def test_without_a_verdict_s_end_an_answer_holds_for_its_ttl() -> None:
    assert Term(0.0, 1.0).until == math.inf


def test_only_what_the_straight_way_took_from_an_upstream_is_everyday() -> None:
    octets, term = entry().octets, Term(100.0, 160.0)
    assert Finished(octets, (30,), term, (), None, Cell(), 0).everyday
    assert not Finished(octets, (), term, (), None, Cell(), 0).everyday
    assert not entry().everyday


def test_another_event_has_no_number_yet_in_the_frame_in_the_making() -> None:
    kept, frame = entry(), list[bytes]()
    kept.tell(Template(b"one"))
    assert [kept.number_in(7, frame), kept.number_in(7, frame)] == [0, 0]
    kept.tell(Template(b"two"))
    assert (kept.number_in(7, frame), frame) == (1, [b"one", b"two"])


def test_it_knows_the_question_and_all_hosts_that_were_judged() -> None:
    kept = entry("www.example", "alias.example", "192.0.2.1")
    assert kept.question() == (WWW, A)
    assert sorted(kept.hosts()) == ["192.0.2.1", "alias.example", "www.example"]
    assert sorted(kept.behind) == ["192.0.2.1", "alias.example"]

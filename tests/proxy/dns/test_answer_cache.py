"""Was this very question answered under this view before, and may the same octets leave again?"""

import math
import sys

import dns.message
import pytest

from proxy.dns.answer_cache import FORMER_S, FREED_AT_ONCE, AnswerCache, Finished, Term
from proxy.dns.labels import to_wire
from proxy.dns.packing import Reply, pack
from proxy.dns.records import A, Record
from proxy.dns.wire import parse
from proxy.judgement import Change
from proxy.metrics import Cell

WWW = to_wire("www.example")


def query(name: str = "www.example", ident: int = 7) -> bytes:
    return dns.message.make_query(name, "A", use_edns=0, id=ident).to_wire()


def entry(*hosts: str, epoch: int = 0, ttl: int = 60) -> Finished:
    packed = pack(parse(query()), Reply(0, (Record(WWW, A, ttl, b"\xc0\x00\x02\x01"),)))
    return Finished.of(packed, WWW, Term(100.0, 100.0 + ttl), hosts, None, Cell(), epoch)


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


def test_views_are_apart() -> None:
    cache = AnswerCache(10)
    cache.put(cache.of_view((1,)), b"k", entry())

    assert b"k" in cache.of_view((1,))
    assert b"k" not in cache.of_view((2,))


@pytest.mark.parametrize("views", [1, 7])
def test_the_cache_is_bounded_in_all(views: int) -> None:
    cache = AnswerCache(100)
    for n in range(1000):
        cache.put(cache.of_view((n % views,)), b"%d" % n, entry())

    held = sum(len(cache.of_view((view,))) for view in range(views))
    assert len(cache) == held == 100


def test_replacing_and_dropping_keep_the_count() -> None:
    cache = AnswerCache(10)
    answers = cache.of_view((1,))
    cache.put(answers, b"k", entry())
    cache.put(answers, b"k", entry())
    assert len(cache) == 1
    cache.drop(answers, b"k")
    cache.drop(answers, b"k")
    assert len(cache) == 0


def test_an_overlay_forgets_only_the_views_it_names() -> None:
    cache = AnswerCache(10)
    for view in ((1,), (2,)):
        cache.put(cache.of_view(view), b"k", entry())

    cache.change(Change(False, view_keys=frozenset({(1,)})))
    assert (b"k" in cache.of_view((1,)), b"k" in cache.of_view((2,)), len(cache)) == (False, True, 1)


def test_a_new_base_lays_answers_by_for_a_minute_for_whoever_judges_them_anew() -> None:
    cache = AnswerCache(10)
    cache.at(100.0, 100.0)
    for view in ((1,), (2,)):
        cache.put(cache.of_view(view), b"k", entry())
    cache.change(Change(True))

    assert (cache.of_view((1,)), cache.of_view((3,)), len(cache)) == ({}, {}, 0)
    assert cache.former(b"else") is None
    assert [cache.former(b"k") is not None for _ in range(3)] == [True, True, False]  # each serves once

    cache.put(cache.of_view((3,)), b"k", entry())
    cache.change(Change(True))
    cache.at(100.0 + FORMER_S, 100.0 + FORMER_S)
    assert cache.former(b"k") is None


def test_what_is_let_go_is_freed_little_by_little() -> None:
    cache, shared = AnswerCache(10 * FREED_AT_ONCE), Cell()
    for n in range(2 * FREED_AT_ONCE):
        one = Finished(b"", (), Term(0.0, 60.0), (), None, shared, 0)
        cache.put(cache.of_view(n % 2), b"%d" % n, one)
    del one
    alive = sys.getrefcount(shared)
    cache.clear()

    freed = []
    for n in range(4):
        cache.at(float(n), float(n))
        freed.append(alive - sys.getrefcount(shared))
    assert freed == [FREED_AT_ONCE, 2 * FREED_AT_ONCE, 2 * FREED_AT_ONCE, 2 * FREED_AT_ONCE]


def test_an_answer_is_not_taken_over_when_its_ttl_outlives_the_new_verdict() -> None:
    kept = entry(ttl=60)  # until 160
    assert kept.judged_anew(110.0, 5110.0, 5160.0, None, Cell(), 3)
    assert not kept.judged_anew(110.0, 5110.0, 5159.0, None, Cell(), 3)


def test_what_was_asked_lately_is_spared_when_room_is_needed() -> None:
    cache = AnswerCache(3)
    answers = cache.of_view((1,))
    for key in (b"a", b"b", b"c"):
        cache.put(answers, key, entry())
    cache.at(130.0, 130.0)
    assert answers[b"a"].renew(130.0, 130.0)
    cache.put(answers, b"d", entry())
    assert set(answers) == {b"a", b"c", b"d"}

    for key in (b"a", b"c", b"d"):
        assert answers[key].renew(131.0, 131.0)
    cache.put(answers, b"e", entry())  # all were asked: one has to go all the same
    assert (len(answers), b"e" in answers) == (3, True)


@pytest.mark.parametrize(
    ("hosts", "stays"),
    [
        pytest.param({"www.example"}, True, id="other names"),
        pytest.param({"games.example"}, False, id="the name"),
        pytest.param({"www.example", "cdn.games.example"}, False, id="an alias below the name"),
        pytest.param({"mygames.example"}, True, id="not at a label's edge"),
    ],
)
def test_changed_names_touch_only_what_was_judged_by_them(hosts: set[str], stays: bool) -> None:
    cache = AnswerCache(10)
    kept = entry(*hosts)
    cache.change(Change(False, names=frozenset({"else.example"})))
    cache.change(Change(False, names=frozenset({"games.example"})))

    assert cache.survives(kept) is stays
    assert (kept.epoch == cache.epoch) is stays


def test_an_answer_judged_before_a_change_is_compared_with_it_when_it_comes_in_after() -> None:
    cache = AnswerCache(10)
    before = cache.epoch
    cache.change(Change(False, names=frozenset({"games.example"})))
    cache.put(cache.of_view((1,)), b"k", entry("games.example", epoch=before))

    assert not cache.survives(cache.of_view((1,))[b"k"])


def test_what_missed_more_changes_than_are_remembered_goes() -> None:
    cache = AnswerCache(10)
    kept = entry("www.example")
    for n in range(65):
        cache.change(Change(False, names=frozenset({f"n{n}.example"})))

    assert not cache.survives(kept)


def test_without_a_verdict_s_end_an_answer_holds_for_its_ttl() -> None:
    assert Term(0.0, 1.0).until == math.inf


def test_large_answers_take_the_room_of_many() -> None:
    records = tuple(Record(WWW, 16, 60, bytes(1000)) for _ in range(60))
    packed = pack(parse(query(), tcp=True), Reply(0, records))
    cache = AnswerCache(1000)
    answers = cache.of_view((1,))
    for n in range(200):
        term = Term(100.0, 160.0)
        cache.put(answers, b"%d" % n, Finished.of(packed, WWW, term, (), None, Cell(), 0))

    assert 10 <= len(cache) <= 17

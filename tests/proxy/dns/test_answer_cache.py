"""Was this very question answered under this view before, and may the same octets leave again?"""

from collections import OrderedDict
from ipaddress import IPv4Network

import dns.message
import pytest

from proxy.dns.answer_cache import MOST_CHANGED, AnswerCache, Finished, Term
from proxy.dns.labels import to_wire
from proxy.dns.laid_by import LAID_BY_S
from proxy.dns.packing import Reply, pack
from proxy.dns.records import A, Record
from proxy.dns.wire import parse
from proxy.journal.codec import Template
from proxy.judgement import Change
from proxy.lists.relisted import Relisted
from proxy.metrics import Cell

pytestmark = pytest.mark.usefixtures("no_repeats")

WWW = to_wire("www.example")


def query(name: str = "www.example", ident: int = 7) -> bytes:
    return dns.message.make_query(name, "A", use_edns=0, id=ident).to_wire()


def entry(*hosts: str, epoch: int = 0, ttl: int = 60) -> Finished:
    packed = pack(parse(query()), Reply(0, (Record(WWW, A, ttl, b"\xc0\x00\x02\x01"),)))
    return Finished.of(packed, WWW, Term(100.0, 100.0 + ttl), hosts, None, Cell(), epoch)


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


def test_the_oldest_is_found_at_once_however_many_went_before_it() -> None:
    cache = AnswerCache(3)
    cache.at(200.0, 200.0)
    answers = cache.of_view((1,))
    for number in range(50):
        cache.put(answers, b"%d" % number, entry())
    assert list(answers) == [b"47", b"48", b"49"]
    assert isinstance(answers, OrderedDict)  # a plain dict steps over the gaps of all that went


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
        assert cache.of_view(view).weight == 1

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
    cache.at(100.0 + LAID_BY_S, 100.0 + LAID_BY_S)
    assert cache.former(b"k") is None


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


def test_refreshed_lists_touch_only_what_was_judged_by_them_and_events_name_the_new_revision() -> None:
    cache = AnswerCache(10)
    answers = cache.of_view((1,))
    event = Template(b'[1,"dns","pupils","www.example","","","A","","allow","default","","",7,3,"",0,"pass"]')
    for key, hosts in (
        (b"kept", ("192.0.2.7",)),
        (b"gone", ("192.0.2.8",)),
        (b"below", ("x.games.example",)),
    ):
        kept = entry(*hosts)
        kept.template = event
        cache.put(answers, key, kept)
    lists = Relisted(frozenset({"games.example"}), frozenset({IPv4Network("192.0.2.8/31")}))
    cache.change(Change(True, relisted=lists), (8, 4))

    assert {key: cache.survives(one) for key, one in answers.items()} == {
        b"kept": True,
        b"gone": False,
        b"below": False,
    }
    assert answers[b"kept"].template == event.replace(b"7,3", b"8,4")
    assert cache.of_view((1,)) is answers


def test_too_many_changed_names_are_not_remembered() -> None:
    cache = AnswerCache(10)
    kept = entry("www.example")
    for number in range(3):
        names = frozenset(f"n{number}-{n}.example" for n in range(MOST_CHANGED // 2))
        cache.change(Change(True, relisted=Relisted(names)), (8 + number, 0))
    assert not cache.survives(kept)


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


def test_large_answers_take_the_room_of_many() -> None:
    records = tuple(Record(WWW, 16, 60, bytes(1000)) for _ in range(60))
    packed = pack(parse(query(), tcp=True), Reply(0, records))
    cache = AnswerCache(1000)
    answers = cache.of_view((1,))
    for n in range(200):
        term = Term(100.0, 160.0)
        cache.put(answers, b"%d" % n, Finished.of(packed, WWW, term, (), None, Cell(), 0))

    assert 10 <= len(cache) <= 17

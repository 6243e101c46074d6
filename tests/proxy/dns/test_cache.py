"""What did the upstreams say lately, whoever asked?"""

from dataclasses import replace

from proxy.dns.cache import RecordCache
from proxy.dns.labels import to_wire
from proxy.dns.plan import CachePlan
from proxy.dns.records import SOA, A, Answer, Asked, Record
from proxy.dns.wire import Rcode

NAME = to_wire("www.example")
ASKED = Asked(NAME, A)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def positive(ttl: int = 60) -> Answer:
    return Answer(Rcode.NOERROR, (), (Record(NAME, A, ttl, b"\xc0\x00\x02\x01"),), (), NAME)


def negative(ttl: int = 60, minimum: int = 30, rcode: Rcode = Rcode.NXDOMAIN) -> Answer:
    soa = Record(to_wire("example"), SOA, ttl, b"\x00\x00" + bytes(16) + minimum.to_bytes(4))
    return Answer(rcode, (), (), (soa,), NAME)


def test_ttls_grow_older_and_run_out() -> None:
    clock = Clock()
    cache = RecordCache(CachePlan(), clock)
    cache.store(ASKED.key, positive(60))

    clock.now += 59.5
    assert cache.fresh(ASKED) == positive(1)
    clock.now += 0.5
    assert cache.fresh(ASKED) is None


def test_questions_that_differ_in_dnssec_bits_are_kept_apart() -> None:
    cache = RecordCache(CachePlan(), Clock())
    cache.store(ASKED.key, positive())

    assert cache.fresh(ASKED._replace(do=True)) is None
    assert cache.fresh(ASKED._replace(cd=True)) is None
    assert cache.fresh(ASKED._replace(qtype=28)) is None


def test_negative_answers_hold_for_the_soa_s_minimum() -> None:
    clock = Clock()
    cache = RecordCache(CachePlan(), clock)
    stored = cache.store(ASKED.key, negative(ttl=60, minimum=30))

    assert stored.authority[0].ttl == 30
    clock.now += 29
    assert cache.fresh(ASKED) is not None
    clock.now += 1
    assert cache.fresh(ASKED) is None


def test_negative_answers_have_a_bound_of_their_own() -> None:
    cache = RecordCache(CachePlan(negative_max_ttl_s=10), Clock())

    assert cache.store(ASKED.key, negative(600, 600)).authority[0].ttl == 10


def test_negative_answers_without_soa_and_failures_are_not_kept() -> None:
    cache = RecordCache(CachePlan(), Clock())
    for answer in (replace(negative(), authority=()), replace(positive(), rcode=Rcode.SERVFAIL)):
        cache.store(ASKED.key, answer)
        assert cache.fresh(ASKED) is None


def test_ttls_are_brought_within_bounds() -> None:
    cache = RecordCache(CachePlan(min_ttl_s=30, max_ttl_s=100), Clock())

    assert [cache.store(ASKED.key, positive(ttl)) for ttl in (1, 50, 9999)] == [
        positive(30),
        positive(50),
        positive(100),
    ]


def test_a_ttl_of_zero_is_used_once() -> None:
    cache = RecordCache(CachePlan(), Clock())

    assert cache.store(ASKED.key, positive(0)) == positive(0)
    assert cache.fresh(ASKED) is None


def test_an_answer_that_ran_out_may_serve_for_a_while_with_short_ttls() -> None:
    clock = Clock()
    cache = RecordCache(CachePlan(stale_s=100), clock)
    cache.store(ASKED.key, positive(60))

    clock.now += 159
    assert cache.fresh(ASKED) is None
    assert cache.stale(ASKED) == positive(30)
    clock.now += 1
    assert cache.stale(ASKED) is None


def test_the_cache_is_bounded_and_keeps_what_is_asked_for() -> None:
    cache = RecordCache(CachePlan(max_entries=100), Clock())
    cache.store(ASKED.key, positive())
    for n in range(1000):
        cache.store(Asked(to_wire(f"n{n}.example"), A).key, positive())
        assert cache.fresh(ASKED) is not None
        assert len(cache) <= 100


def test_large_answers_take_the_room_of_many() -> None:
    cache = RecordCache(CachePlan(max_entries=1000), Clock())
    for n in range(1000):
        name = to_wire(f"n{n}.example")
        texts = tuple(Record(name, 16, 60, bytes(60_000)) for _ in range(1))
        cache.store(Asked(name, 16).key, Answer(Rcode.NOERROR, (), texts, (), name))

    assert 8 <= len(cache) <= 20


def test_storing_one_answer_again_and_again_pushes_nothing_out() -> None:
    cache = RecordCache(CachePlan(max_entries=10), Clock())
    other = Asked(to_wire("other.example"), A)
    cache.store(other.key, positive())
    for _ in range(100):
        cache.store(ASKED.key, positive())

    assert cache.fresh(other) == positive()

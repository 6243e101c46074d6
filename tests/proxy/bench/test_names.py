import random
from itertools import islice

from proxy.bench.names import CATEGORIES, Categories, Names, is_under
from proxy.decision.names import canonical_host


def names(count, seed=1):
    return list(islice(Names(random.Random(seed)), count))


def test_the_same_chance_gives_the_same_distinct_names():
    assert names(2000) == names(2000)
    assert names(2000) != names(2000, seed=2)
    assert len(set(names(2000))) == 2000


def test_every_name_is_one_that_the_filter_takes():
    assert all(canonical_host(name) == name and "." in name for name in names(2000))


def test_each_name_has_one_or_two_known_categories():
    categories = Categories(random.Random(1))
    fields = [categories.one().split(",") for _ in range(1000)]
    assert {name for field in fields for name in field} <= set(CATEGORIES)
    assert {len(field) for field in fields} == {1, 2}


def test_a_name_is_under_what_is_listed():
    listed = {"games.example", "com"}
    assert is_under("games.example", listed)
    assert is_under("a.b.games.example", listed)
    assert is_under("x.com", listed)
    assert not is_under("mygames.example", listed)
    assert not is_under("example", listed)

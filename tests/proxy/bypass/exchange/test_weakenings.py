from proxy.bypass.exchange.weakenings import Weakening, Weakenings

ONE = Weakening("safesearch.param", r"(?:www\.)?find\.(?:example|test)")
TWO = Weakening("safesearch.cookie", r"www\.find\.example")


def test_all_that_is_known_of_a_host():
    known = Weakenings([ONE, TWO])
    assert sorted(known.of("www.find.example"), key=lambda one: one.technique) == [TWO, ONE]
    assert known.of("find.test") == (ONE,)
    assert known.of("find.test.example") == ()


def test_nothing_is_known_of_any_host_at_first():
    assert Weakenings().of("www.find.example") == ()

import pytest

from proxy.bench.results import OURS, Results, Spread, as_json, unit_of


@pytest.fixture
def results():
    results = Results("dns")
    for ours, theirs in ((9.0, 10.0), (6.0, 8.0), (7.0, 20.0)):
        results.add("hot", "unbound", 0.01, cpu=theirs, rate=100_000)
        results.add("hot", OURS, 0.2, cpu=ours, rate=50_000)
    results.add("hot", "echo", cpu=0.0)
    return results


def test_median_least_and_most_of_the_rounds(results):
    assert results.spread("hot.cpu", OURS) == Spread(7.0, 6.0, 9.0, 3)
    assert results.spread("hot.cpu", "nobody") is None
    assert results.stolen == {("hot", "unbound"): 0.01, ("hot", OURS): 0.2}


def test_a_ratio_is_that_of_the_medians_and_below_one_where_we_need_less(results):
    assert results.ratio("hot.cpu", "unbound") == 0.7


def test_where_more_is_better_the_ratio_is_the_other_way_round(results):
    assert results.ratio("hot.rate", "unbound") == 2.0


def test_no_ratio_to_ourselves_to_nothing_or_to_nobody(results):
    assert results.ratio("hot.cpu", OURS) is None
    assert results.ratio("hot.cpu", "echo") is None
    assert results.ratio("hot.cpu", "nobody") is None
    assert results.ratio("cold.cpu", "unbound") is None


def test_all_ratios_have_their_full_name(results):
    assert results.ratios() == {"dns.hot.cpu.vs.unbound": 0.7, "dns.hot.rate.vs.unbound": 2.0}


@pytest.mark.parametrize("wrong", ["unbound", OURS])
def test_who_answered_wrongly_has_no_ratio_and_the_first_reason_stays(results, wrong):
    results.spoil(wrong, "1 listed name was let pass")
    results.spoil(wrong, "something else")
    assert results.ratios() == {}
    assert as_json(results)["void"] == {wrong: "1 listed name was let pass"}


def test_the_filter_comes_first_among_the_peers_of_a_figure(results):
    assert results.peers("hot.cpu") == [OURS, "unbound", "echo"]
    assert results.figures() == ["hot.cpu", "hot.rate"]


def test_everything_as_plain_values(results):
    results.versions["unbound"] = "Version 1.17"
    results.nothing("cold", "bind")
    said = as_json(results)
    assert said["figures"]["hot.cpu"][OURS] == {
        "median": 7.0, "min": 6.0, "max": 9.0, "samples": 3, "stolen": 0.2,
    }  # fmt: skip
    assert said["versions"] == {"unbound": "Version 1.17"}
    assert list(said["skipped"]) == ["bind, cold"]


def test_every_figure_has_a_unit():
    assert unit_of("hot.cpu") == "us CPU"
    with pytest.raises(KeyError):
        unit_of("hot.unheard-of")

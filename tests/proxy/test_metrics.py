import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from proxy import metrics
from proxy.metrics import DECLARED, PREFIX, Cell, Counter, Gauge, Histogram, Spread, Value

PAGE = Path(__file__).parents[2] / "docs" / "operators" / "metrics.md"


def counter():
    return Counter("tries", "Tries", {"stage": Value.WORD, "list": Value.ID}, Cell)


def samples(family):
    return [(s.name, s.labels, s.value) for metric in family.collect() for s in metric.samples]


def test_a_bound_child_counts_for_its_labels():
    tries = counter()
    tries.bind("dns", "ads-1").inc()
    tries.inc("dns", "ads-1", by=2)
    tries.inc("tls", "ads-1")

    assert samples(tries) == [
        ("schoolgate_tries_total", {"stage": "dns", "list": "ads-1"}, 3),
        ("schoolgate_tries_total", {"stage": "tls", "list": "ads-1"}, 1),
    ]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(("games.example", "a"), id="a host as a word"),
        pytest.param(("192.0.2.7", "a"), id="an IPv4 address as a word"),
        pytest.param(("2001:db8::1", "a"), id="an IPv6 address as a word"),
        pytest.param(("dns", "www.example.org"), id="a host as an id"),
        pytest.param(("dns", "https://example.org/"), id="a URL as an id"),
        pytest.param(("dns", "pat@example.org"), id="a mail address as an id"),
        pytest.param(("dns", ""), id="nothing"),
        pytest.param(("dns", "a\n"), id="a line break"),
        pytest.param(("dns",), id="too few"),
    ],
)
def test_a_label_value_that_could_be_private_is_refused(values):
    tries = counter()

    with pytest.raises(ValueError, match="metric tries"):
        tries.bind(*values)
    assert samples(tries) == []


def test_a_label_with_ever_new_values_is_stopped():
    tries = counter()
    for number in range(metrics.MAX_CHILDREN):
        tries.inc("dns", f"list-{number}")

    with pytest.raises(ValueError, match="closed"):
        tries.inc("dns", "one-more")


def test_a_gauge_is_set_or_asked():
    gauge = Gauge("heat", "Heat", {"part": Value.WORD}, Cell)
    gauge.set(3, "oven")
    gauge.ask(lambda: 7.0, "room")
    assert samples(gauge) == [
        ("schoolgate_heat", {"part": "oven"}, 3),
        ("schoolgate_heat", {"part": "room"}, 7),
    ]

    gauge.forget("room")
    assert samples(gauge) == [("schoolgate_heat", {"part": "oven"}, 3)]


def test_a_histogram_counts_what_lies_at_or_below_each_bound():
    waits = Histogram("waits_seconds", "Waits", {}, lambda: Spread((0.1, 1.0)))
    for seconds in (0.05, 0.1, 0.5, 9.0):
        waits.bind().observe(seconds)

    values = {(name, labels.get("le")): value for name, labels, value in samples(waits)}
    assert values == {
        ("schoolgate_waits_seconds_bucket", "0.1"): 2,
        ("schoolgate_waits_seconds_bucket", "1.0"): 3,
        ("schoolgate_waits_seconds_bucket", "+Inf"): 4,
        ("schoolgate_waits_seconds_count", None): 4,
        ("schoolgate_waits_seconds_sum", None): pytest.approx(9.65),
    }


def test_the_exposition_is_what_prometheus_reads():
    metrics.VERDICTS.inc("dns", "block", "category")
    metrics.JUDGE_SECONDS.bind("dns").observe(2e-5)

    families = {
        family.name: family for family in text_string_to_metric_families(metrics.exposition().decode())
    }

    assert {PREFIX + family.name for family in DECLARED} <= set(families)
    assert "process_resident_memory_bytes" in families


def test_names_follow_prometheus_conventions_and_come_once():
    names = [family.name for family in DECLARED]

    assert len(set(names)) == len(names)
    assert [f.name for f in DECLARED if isinstance(f, Histogram) and not f.name.endswith("_seconds")] == []
    assert [
        name for name in names if not re.fullmatch(r"[a-z][a-z_]*[a-z]", name) or name.endswith("_total")
    ] == []


def test_the_operators_page_documents_exactly_the_declared_collectors():
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) \| (.*?) \|$", PAGE.read_text(), flags=re.MULTILINE)

    assert rows == [
        (
            PREFIX + family.name + ("_total" if isinstance(family, Counter) else ""),
            type(family).__name__.lower(),
            ", ".join(f"`{label}`" for label in family.labels),
            family.help,
        )
        for family in DECLARED
    ]


def test_a_restart_is_counted_by_worker():
    before = metrics.WORKER_RESTARTS.bind("dns-1").value

    metrics.worker_restarted("dns-1")

    assert metrics.WORKER_RESTARTS.bind("dns-1").value == before + 1

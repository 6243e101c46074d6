"""Which sites are proposed for passing through."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.pinned import CertificateRefusals, Refused, proposals, table_path

AT = datetime(2026, 11, 23, 10, 40, tzinfo=UTC)
ALERT = "OpenSSL Error([('SSL routines', '', 'ssl/tls alert certificate unknown')])"


def table(state, worker: int = 0, **sizes: int) -> CertificateRefusals:
    return CertificateRefusals(table_path(state, worker), **sizes)


@pytest.mark.parametrize(
    ("error", "counts"),
    [
        pytest.param(ALERT, True, id="an alert"),
        pytest.param("tlsv1 alert unknown ca", True, id="unknown ca"),
        pytest.param("connection closed", True, id="hung up"),
        pytest.param("Cannot parse ClientHello: 1603", False, id="no handshake at all"),
        pytest.param("unsupported protocol", False, id="another reason"),
    ],
)
def test_only_what_looks_like_a_refused_certificate_counts(tmp_path, error, counts):
    assert table(tmp_path).saw("app.example", error, AT) is counts


def test_the_tables_of_all_workers_are_summed_up_the_most_refused_first(tmp_path):
    for worker, (one, other) in enumerate(((3, 9), (4, 2))):
        refusals = table(tmp_path, worker)
        for _ in range(one):
            refusals.saw("app.example", ALERT, AT)
        for _ in range(other):
            refusals.saw("bank.example", ALERT, AT + timedelta(hours=worker))
        refusals.save()
    assert proposals(tmp_path) == (
        Refused("bank.example", 11, 0, AT, AT + timedelta(hours=1)),
        Refused("app.example", 7, 0, AT, AT),
    )
    assert [one.host for one in proposals(tmp_path, at_least=8)] == ["bank.example"]


def test_hanging_up_alone_proposes_nothing(tmp_path):
    refusals = table(tmp_path)
    for _ in range(50):
        refusals.saw("slow.example", "connection closed", AT)
    refusals.save()
    assert proposals(tmp_path) == ()


def test_the_table_is_bounded_and_the_least_refused_makes_room(tmp_path):
    refusals = table(tmp_path, max_hosts=3)
    for number, times in enumerate((5, 1, 4, 2)):
        for _ in range(times):
            refusals.saw(f"h{number}.example", ALERT, AT)
    refusals.save()
    assert len(refusals) == 3
    assert [one.host for one in proposals(tmp_path, 1)] == ["h0.example", "h2.example", "h3.example"]


def test_counts_go_on_after_a_restart(tmp_path):
    for _ in range(2):
        refusals = table(tmp_path)
        refusals.saw("app.example", ALERT, AT)
        refusals.save()
    assert [one.spoken for one in proposals(tmp_path, 1)] == [2]
    assert table_path(tmp_path, 0).stat().st_mode & 0o777 == 0o600


KEYS = ["version", "hosts", "host", "spoken", "silent", "first", "last"]
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=10)
PLAIN = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner)
)


@given(st.binary(max_size=200) | PLAIN.map(lambda plain: json.dumps(plain).encode()))
def test_a_damaged_table_is_an_empty_one(tmp_path_factory, content):
    state = tmp_path_factory.mktemp("state")
    (state / "run").mkdir()
    table_path(state, 0).write_bytes(content)
    assert isinstance(proposals(state, 1), tuple)

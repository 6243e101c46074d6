import pytest

from proxy.bypass.dns.table import NameTable

TABLE = NameTable(frozenset({"hashes.example"}), frozenset({"devices.example"}))


@pytest.mark.parametrize(
    ("host", "lookup", "inward"),
    [
        pytest.param("hashes.example", True, False, id="itself"),
        pytest.param("a.b.hashes.example", True, False, id="below"),
        pytest.param("myhashes.example", False, False, id="no part of a label"),
        pytest.param("10-0-0-1.devices.example", False, True, id="inward"),
    ],
)
def test_a_name_is_ordinary_with_all_that_stands_below_it(host, lookup, inward):
    assert (TABLE.is_lookup(host), TABLE.leads_inward(host)) == (lookup, inward)

from proxy.bypass.exchange.tables import ExchangeTables
from tests.fakes.exchanges import shipped


def test_without_files_nothing_is_known():
    tables = ExchangeTables()
    assert (tables.heads.rules, tables.bodies.rules, tables.coded.rules, tables.extensions) == (
        (),
        (),
        (),
        {},
    )
    assert tables.weakenings.of("www.google.com") == ()


def test_the_files_that_come_with_the_filter_fill_every_table():
    tables = shipped().exchange
    assert min(len(tables.heads.rules), len(tables.bodies.rules), len(tables.coded.rules)) >= 8
    assert len(tables.weakenings.entries) >= 8
    assert "gkojfkhlekighikafcpjkiklfbnlmeio" in tables.extensions
    assert "github.io" in tables.bodies.shared

"""Freeing large tables."""

from proxy.letting_go import LettingGo


def test_tables_are_freed_a_few_entries_at_a_time() -> None:
    gone = LettingGo(3)
    tables = [dict.fromkeys(range(4)), {}, dict.fromkeys(range(2))]
    gone.take(tables)
    left = []
    for _ in range(5):
        gone.free_some()
        left.append([len(table) for table in tables])
    assert left == [[4, 0, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]]

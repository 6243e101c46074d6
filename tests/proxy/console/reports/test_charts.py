from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.console.reports.charts import BOTTOM, HEIGHT, LEFT, MOST_LABELS, RIGHT, TOP, WIDTH, stacked


def test_bars_stand_on_the_floor_and_on_each_other():
    chart = stacked(["a", "b"], [(6, 2), (0, 4)])

    assert [(box.series, box.height) for box in chart.boxes] == [(1, 132.0), (2, 44.0), (2, 88.0)]
    first, second, third = chart.boxes
    assert first.y + first.height == HEIGHT - BOTTOM == third.y + third.height
    assert second.y + second.height == first.y
    assert first.x == second.x < third.x
    assert [mark.text for mark in chart.columns] == ["a", "b"]
    assert [mark.text for mark in chart.rows] == ["0", "2", "4", "6", "8"]


def test_nothing_is_no_chart():
    assert stacked([], []) is None
    assert stacked(["a", "b"], [(0, 0), (0, 0)]) is None


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=30))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_everything_stays_inside(values):
    chart = stacked([str(n) for n in range(len(values))], values)
    if chart is None:
        assert not any(map(sum, values))
        return
    for box in chart.boxes:
        assert box.x >= LEFT
        assert box.x + box.width <= WIDTH - RIGHT + 0.2
        assert box.y >= TOP - 0.2
        assert box.y + box.height <= HEIGHT - BOTTOM + 0.2
    assert len(chart.columns) <= MOST_LABELS
    assert 2 <= len(chart.rows) <= 6

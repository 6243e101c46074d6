from datetime import date
from zoneinfo import ZoneInfo

from proxy.console.reports.figures import Appeals, Line, ListLine, Times
from proxy.console.reports.gathering import Report
from proxy.console.reports.periods import Period
from proxy.console.reports.tables import FEWER, all_of, as_dicts, day, headlines, hours, percent, plain

LINE = Line("unblock", False, 1200, 1300, 1100, Times(3.25, 7.5), Times(20.0, 1234.56), 0.125)
REPORT = Report(
    period=Period(date(2026, 11, 30), date(2026, 12, 4), ZoneInfo("UTC")),
    school=None,
    schools={"": "Whole district", "north": "North High"},
    total=LINE,
    by_kind=(LINE, Line("resource", hidden=True)),
    by_school=(Line("north"), Line("gone-school")),
    by_part=(Line("2026-11-30"),),
    appeals=Appeals(4, 1, 2, 1),
    lists=(ListLine("ut1", "games", False, 10, 8, 6, 900), ListLine("", "", hidden=True)),
    blocks_from=None,
)


def table(name):
    return next(one for one in all_of(REPORT) if one.name == name)


def test_every_row_has_a_cell_and_a_value_for_each_column():
    for one in all_of(REPORT):
        for row in one.rows:
            assert len(row.cells) == len(one.columns)
            assert len(row.values) == len(one.keys)
        assert [cell.text for cell in one.head] == [*one.columns]
        assert len(one.body) == len(one.rows)


def test_a_line_reads_in_words_and_in_values():
    (row, _) = table("kinds").rows

    assert row.cells == (
        "Open a blocked page", "1,200", "1,300", "1,100", "3.2", "7.5", "20.0", "1,234.6", "12%"
    )  # fmt: skip
    assert next(as_dicts(table("kinds"))) == {
        "kind": "unblock", "cases": 1200, "asked": 1300, "answered": 1100, "school_hours_median": 3.25,
        "school_hours_p90": 7.5, "hours_median": 20.0, "hours_p90": 1234.56, "overdue_share": 0.125,
        "hidden": False,
    }  # fmt: skip


def test_a_hidden_line_tells_its_name_only():
    row = table("kinds").rows[1]

    assert row.cells == ("Approve an app, site or download", FEWER, *("–",) * 7)
    assert [*plain(row)] == ["resource", *("",) * 8, "True"]


def test_schools_are_called_by_their_titles():
    assert [row.cells[0] for row in table("schools").rows] == ["North High", "gone-school"]


def test_lists_and_appeals():
    assert [row.cells for row in table("lists").rows] == [
        ("ut1", "games", "10", "8", "6", "75%", "900"),
        ("–", "–", FEWER, "–", "–", "–", "–"),
    ]
    assert table("appeals").rows[0].values == ("all", 4, 1, 2, 1, 0.5)
    assert [cell.is_number for cell in table("lists").head] == [False, False, *[True] * 5]


def test_days_read_as_people_write_them():
    assert table("time").rows[0].cells[0] == "30 Nov 2026"
    assert day("2026-12-01") == "1 Dec"


def test_nothing_is_a_dash():
    assert (hours(None), percent(None), hours(0.0), percent(0.0)) == ("–", "–", "0.0", "0%")


def test_headlines_have_a_number_and_what_it_counts():
    assert [(number, words) for number, words, _ in headlines(REPORT)] == [
        ("1,200", "requests"),
        ("3.2", "school hours to the answer"),
        ("20.0", "hours by the clock"),
        ("12%", "overdue"),
        ("50%", "granted on appeal"),
    ]

import io

import pytest
from rich.console import Console

from proxy.selftest.expect import Grade, Graded
from proxy.selftest.report import as_json, outcome, print_rows, summary
from proxy.selftest.run import Row, Way


def row(grade, detail="why", group="middle"):
    return Row(group, "127.0.1.2", Way.DNS, "pornography.schoolgate-test.example", Graded(grade, detail))


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        ([Grade.PASS, Grade.PASS], Grade.PASS),
        ([Grade.PASS, Grade.NOT_TESTED], Grade.NOT_TESTED),
        ([Grade.PASS, Grade.NOT_TESTED, Grade.UNREACHED], Grade.UNREACHED),
        ([Grade.PASS, Grade.UNREACHED, Grade.FAIL], Grade.FAIL),
        ([], Grade.NOT_TESTED),
    ],
)
def test_the_worst_row_is_the_outcome(grades, expected):
    assert outcome([row(grade) for grade in grades]) is expected


def test_the_summary_counts():
    rows = [row(Grade.PASS), row(Grade.PASS, group="staff"), row(Grade.FAIL)]
    assert summary(rows) == "3 probes for 2 groups: 2 pass, 1 fail"
    assert summary([]) == "0 probes for 0 groups: nothing was tested"


def test_the_table_shows_each_row_with_its_reason():
    out = io.StringIO()
    print_rows([row(Grade.FAIL, "not blocked: [really]")], Console(file=out, width=160))
    lines = [line.rstrip().split(maxsplit=5) for line in out.getvalue().splitlines()]
    assert lines[0] == ["group", "from", "by", "name", "result", "why"]
    name = "pornography.schoolgate-test.example"
    assert lines[1][:5] == ["middle", "127.0.1.2", "dns", name, "fail"]
    assert lines[1][5] == "not blocked: [really]"


def test_json_has_the_outcome_and_all_rows():
    assert as_json([row(Grade.PASS)]) == {
        "outcome": "pass",
        "rows": [
            {
                "group": "middle",
                "source": "127.0.1.2",
                "way": "dns",
                "name": "pornography.schoolgate-test.example",
                "result": "pass",
                "detail": "why",
            }
        ],
    }

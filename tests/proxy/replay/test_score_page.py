from proxy.replay.score_page import NOTHING, as_json, table
from proxy.replay.scoring import Score, Scores, Share

ONE = Score(4, 3, Share(2, 3), Share(2, 2), Share(0, 0))
SCORES = Scores(ONE, {"DNS": ONE}, {"DNS": {"dns.doh_host": ONE}})


def test_the_table_has_the_counts_behind_each_ratio():
    assert table(SCORES) == "\n".join(
        (
            "                rows  bypass       recall    precision  incident precision",
            "DNS                4       3  0.667 (2/3)  1.000 (2/2)                   -",
            "  dns.doh_host     4       3  0.667 (2/3)  1.000 (2/2)                   -",
            "all                4       3  0.667 (2/3)  1.000 (2/2)                   -",
        )
    )


def test_without_labels_there_is_nothing_to_score():
    empty = Score(0, 0, Share(0, 0), Share(0, 0), Share(0, 0))
    assert table(Scores(empty, {}, {})) == NOTHING


def test_programs_get_the_same():
    values = {
        "rows": 4,
        "bypasses": 3,
        "recall": {"ratio": 0.6667, "part": 2, "whole": 3},
        "precision": {"ratio": 1.0, "part": 2, "whole": 2},
        "incident_precision": {"ratio": None, "part": 0, "whole": 0},
    }
    assert as_json(SCORES) == {
        "all": values,
        "kinds": {"DNS": {**values, "techniques": {"dns.doh_host": values}}},
    }

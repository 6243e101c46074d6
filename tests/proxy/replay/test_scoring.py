import pytest

from proxy.replay.answers import Answered, Outcome
from proxy.replay.recording import Judged
from proxy.replay.rows import Truth
from proxy.replay.scoring import Score, Share, cases, scores

BYPASS, BENIGN = True, False


def row(verdict, label, technique="t.a", expect="", *, said="", session="", kind="requests"):
    outcome = Outcome(verdict)
    stopped = outcome in (Outcome.BLOCK, Outcome.BLOCK_INCIDENT, Outcome.REWRITE)
    return Judged(
        kind,
        Answered("r", outcome, said or ("t.a" if stopped else "")),
        Truth(label, technique, expect, session),
    )


HAND_MADE = (
    row("block_incident", BYPASS, expect="block_incident"),
    row("block", BYPASS, expect="block_incident"),
    row("block_incident", BYPASS, "t.b", "block", said="t.b"),
    row("allow", BYPASS, "t.b", "block"),
    row("log", BYPASS, "t.b", "block"),
    row("rewrite", BYPASS, "t.safe", "rewrite", said="t.safe"),
    row("allow", BENIGN, "benign.x", "allow"),
    row("log", BENIGN, "benign.x", "allow"),
    row("block", BENIGN, "benign.x", "allow", said="t.b"),
    row("block_incident", BENIGN, "benign.x", "allow"),
)


def test_a_hand_made_recording():
    found = scores(HAND_MADE)
    assert found.overall == Score(10, 6, Share(4, 6), Share(4, 6), Share(1, 3))
    assert found.kinds == {"requests": found.overall}
    assert found.techniques["requests"] == {
        "benign.x": Score(4, 0, Share(0, 0), Share(0, 0), Share(0, 0)),
        "t.a": Score(2, 2, Share(2, 2), Share(2, 3), Share(1, 2)),
        "t.b": Score(3, 3, Share(1, 3), Share(1, 2), Share(0, 1)),
        "t.safe": Score(1, 1, Share(1, 1), Share(1, 1), Share(0, 0)),
    }


def test_kinds_are_scored_apart_and_together():
    found = scores([*HAND_MADE, row("allow", BYPASS, kind="DNS"), row("block", BYPASS, kind="DNS")])
    assert found.kinds["DNS"].recall == Share(1, 2)
    assert found.kinds["requests"].recall == Share(4, 6)
    assert found.overall.recall == Share(5, 8)


@pytest.mark.parametrize(
    ("verdict", "expect", "is_caught"),
    [
        ("allow", "block", False),
        ("log", "block", False),
        ("rewrite", "block", False),
        ("rewrite", "rewrite", True),
        ("rewrite", "", True),
        ("block", "block_incident", True),
        ("block_incident", "block", True),
    ],
)
def test_what_counts_as_caught(verdict, expect, is_caught):
    assert scores([row(verdict, BYPASS, expect=expect)]).overall.recall == Share(int(is_caught), 1)


def session(*verdicts, label=BYPASS, expect="block_incident"):
    return [
        row(verdict, label, "t.tunnel", expect, said="t.tunnel", session="s", kind="DNS")
        for verdict in verdicts
    ]


@pytest.mark.parametrize(
    ("verdicts", "score"),
    [
        pytest.param(
            ["allow"] * 19 + ["block_incident"] * 5,
            Score(1, 1, Share(1, 1), Share(1, 1), Share(1, 1)),
            id="at its twentieth query",
        ),
        pytest.param(
            ["allow"] * 20 + ["block_incident"] * 5,
            Score(1, 1, Share(0, 1), Share(0, 0), Share(1, 1)),
            id="too late",
        ),
        pytest.param(
            ["block", "allow"], Score(1, 1, Share(1, 1), Share(1, 1), Share(0, 0)), id="no incident"
        ),
        pytest.param(["allow", "log"], Score(1, 1, Share(0, 1), Share(0, 0), Share(0, 0)), id="never"),
    ],
)
def test_a_session_counts_as_one(verdicts, score):
    assert scores(session(*verdicts)).overall == score


def test_a_benign_session_that_is_stopped_once_is_one_fault():
    found = scores(session("allow", "block", "block", label=BENIGN, expect="allow")).overall
    assert found == Score(1, 0, Share(0, 0), Share(0, 1), Share(0, 0))


def test_a_session_is_stopped_by_what_made_it_an_incident():
    first = row("block", BYPASS, "t.tunnel", said="dns.null", session="s")
    second = row("block_incident", BYPASS, "t.tunnel", said="t.tunnel", session="s")
    (case,) = cases([first, second])
    assert (case.answered, case.is_incident) == ("t.tunnel", True)


def test_rows_without_labels_are_left_out_of_what_they_do_not_say():
    assert list(cases([row("block", None, "", "")])) == []
    only_expect = scores([row("block_incident", None, "", "block_incident")]).overall
    assert only_expect == Score(0, 0, Share(0, 0), Share(0, 0), Share(1, 1))
    only_label = scores([row("block_incident", BYPASS)]).overall
    assert only_label == Score(1, 1, Share(1, 1), Share(1, 1), Share(0, 0))


def test_nothing_divides_by_nothing():
    assert Share(0, 0).ratio is None
    assert Share(1, 4).ratio == 0.25
    assert scores([]).overall.recall.ratio is None

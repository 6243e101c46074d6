"""The whole filter with its console, measured from a decision to the last worker."""

from pathlib import Path

import pytest

from proxy.bench.areas import approval
from proxy.bench.results import OURS
from proxy.bench.stage import Plan, stage


@pytest.mark.processes
@pytest.mark.timeout(300)
def test_decisions_reach_every_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approval, "DECISIONS", 2)
    with stage("approval", Plan(tmp_path, 1000, (), 1, 1.0), lambda line: None) as place:
        approval.measure(place)
        results = place.results

    assert set(results.figures()) == {
        f"{case}.{figure}" for case in ("opens", "closes") for figure in ("median", "p95", "longest")
    }
    assert results.void == {}
    spread = results.spread("opens.longest", OURS)
    assert spread is not None
    assert spread.least > 0

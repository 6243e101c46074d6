import pytest

from proxy.bench.errors import BenchProblem
from proxy.bench.office import Office, demo, percentile
from proxy.bench.running import Running
from proxy.settings.loading import load


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        pytest.param([3.0], 0.95, 3.0, id="one"),
        pytest.param(range(1, 21), 0.95, 19, id="twenty: the nineteenth"),
        pytest.param(range(1, 22), 0.95, 20, id="twenty-one: the twentieth"),
        pytest.param([9, 1, 5], 0.5, 5, id="in any order"),
        pytest.param([1, 2], 1.0, 2, id="all"),
    ],
)
def test_a_percentile_is_one_of_the_values(values, share, expected):
    assert percentile([*values], share) == expected


def test_it_runs_with_the_demos_settings_at_places_of_its_own(tmp_path):
    running = Running()
    office = Office(tmp_path, running)
    office.write()
    try:
        settings = load(office.config).settings
    finally:
        running.stop_all()

    assert (demo() / "console.yaml").exists()
    assert (settings.gateway.state, settings.console.url) == (tmp_path / "state", office.url)
    assert (tmp_path / "state" / "bundle").is_dir()


def test_a_console_that_does_not_start_says_why(tmp_path):
    running = Running()
    office = Office(tmp_path, running)
    office.config.mkdir()
    try:
        with pytest.raises(BenchProblem, match=r"the console does not answer: .*settings"):
            office.start()
    finally:
        running.stop_all()

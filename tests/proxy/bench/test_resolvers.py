"""Every resolver that is installed really blocks its list, and takes a changed one."""

import shutil
from pathlib import Path

import pytest

from needed_programs import needs
from proxy.bench.data import data_in
from proxy.bench.errors import BenchProblem
from proxy.bench.questions import ask, until_blocked
from proxy.bench.resolvers import PEERS
from proxy.bench.resolvers.dnsmasq import Dnsmasq
from proxy.bench.resolvers.ours import Ours
from proxy.bench.resolvers.resolver import Place, names_in, write_response_policy
from proxy.bench.resolvers.started import bring_up, bring_up_all, start_stub
from proxy.bench.results import OURS
from proxy.bench.school import add_to_list
from proxy.bench.stage import Plan, stage

needs_stub = needs("knotd")


def silent(line):
    """Say nothing."""


@pytest.fixture
def place(tmp_path):
    with stage("dns", Plan(tmp_path / "data", 1000, (), 1, 1.0), silent) as place:
        yield place


def installed():
    return [
        pytest.param(kind, id=name, marks=() if kind.installed() else needs(kind.program))
        for name, kind in {OURS: Ours, **PEERS}.items()
    ]


@needs_stub
@pytest.mark.parametrize("kind", installed())
def test_it_comes_up_judges_rightly_and_takes_a_changed_list(kind, place):
    data = data_in(place.plan.data, 1000)
    up = bring_up(place, kind, data, start_stub(place))
    assert up.wrong == ""
    assert up.ready_s > 0
    assert kind.version() not in {"", "?"}
    if kind.filters:
        assert ask(up.port, "later.example").open
    if kind.reloads:
        changed = place.work / "changed.tsv"
        shutil.copyfile(data.list_file, changed)
        add_to_list(changed, ["later.example"])
        up.resolver.write_list(changed)
        up.resolver.reload(up.server)
        assert until_blocked(up.port, ["later.example"], up.server.lives, 100) is not None


class Forgetful(Dnsmasq):
    """Has only the first half of its list."""

    name = "forgetful"

    def write_list(self, list_file: Path) -> None:
        names = list(names_in(list_file))
        half = self.file("half.tsv")
        half.write_text("".join(f"{name}\tgames\n" for name in names[::2]))
        super().write_list(half)


class Missing(Dnsmasq):
    """Is not installed."""

    name = "missing"
    program = "no-such-program"


class Broken(Dnsmasq):
    """Does not start."""

    name = "broken"

    def write_config(self) -> None:
        self.write("conf", "no-such-setting\n")


@needs_stub
@needs("dnsmasq")
def test_wrong_missing_and_broken_ones_are_told_apart(place, monkeypatch):
    data = data_in(place.plan.data, 1000)
    monkeypatch.setattr(
        "proxy.bench.data.Data.sample",
        lambda self, file, wanted: file.read_text().splitlines()[
            : wanted * 2 : 2
        ],  # what Forgetful has, first
    )
    ups = bring_up_all(place, [Forgetful, Missing, Broken, Dnsmasq], data, start_stub(place))
    assert [up.resolver.name for up in ups] == ["forgetful", "dnsmasq"]
    assert list(place.results.void) == ["forgetful"]
    assert "listed names were not blocked" in place.results.void["forgetful"]
    assert place.results.skipped["missing"] == "not installed (Debian: no-such-program)"
    assert place.results.skipped["broken"].startswith("broken did not come up: ")
    assert (
        "no-such-setting" in place.results.skipped["broken"]
        or "bad option" in place.results.skipped["broken"]
    )


@needs_stub
def test_one_that_does_not_come_up_is_stopped(place):
    data = data_in(place.plan.data, 1000)
    upstream = start_stub(place)
    if Dnsmasq.installed():
        with pytest.raises(BenchProblem, match="broken did not come up"):
            bring_up(place, Broken, data, upstream)
    assert len(place.running._started) == 1


def test_a_response_policy_zone_blocks_names_and_what_is_under_them(tmp_path: Path):
    listed = tmp_path / "list.tsv"
    listed.write_text("games.example\tgames\nchat.example\tchat,games\n")
    write_response_policy(tmp_path / "zone", listed)
    assert (tmp_path / "zone").read_text().splitlines()[3:] == [
        "games.example CNAME .", "*.games.example CNAME .", "chat.example CNAME .", "*.chat.example CNAME .",
    ]  # fmt: skip


def test_our_own_runs_as_its_settings_say(tmp_path: Path):
    ours = Ours(Place(tmp_path, 5300, 5301, workers=2))
    assert ours.school.workers == 2
    (command,) = ours.commands()
    assert command[1:] == ["-m", "proxy", "dns", "--config", str(tmp_path / "config")]

"""Every proxy that is installed really refuses its list, and opens TLS or carries it as it should."""

from pathlib import Path

import pytest

from needed_programs import needs
from proxy.bench.certificates import Certificates
from proxy.bench.data import data_in
from proxy.bench.origin import Origin, start_origin
from proxy.bench.proxies.bare_master import BareMaster
from proxy.bench.proxies.e2guardian import E2guardianMitm, changed
from proxy.bench.proxies.mitmdump import Mitmdump, MitmdumpIgnoring
from proxy.bench.proxies.ours import Ours, OursInspecting
from proxy.bench.proxies.proxy import topmost
from proxy.bench.proxies.same_master import SameMaster
from proxy.bench.proxies.squid import SquidBump, SquidSplice
from proxy.bench.proxies.started import (
    HTTPS_BIG,
    HTTPS_NEW,
    TOOLS,
    asked,
    bring_up,
    bring_up_all,
    paced,
    shim,
)
from proxy.bench.stage import Plan, stage

KINDS = (SquidSplice, SquidBump, E2guardianMitm, Mitmdump, MitmdumpIgnoring, BareMaster, SameMaster)

needs_tools = needs(*TOOLS)


def silent(line):
    """Say nothing."""


class Disobedient(Mitmdump):
    """Says that it filters and carries TLS, and does neither."""

    name = "disobedient"
    opens = False
    filters = True


@needs_tools
@pytest.mark.parametrize("ours", [Ours, OursInspecting], ids=["carrying", "inspecting"])
def test_each_does_what_it_is_measured_for(ours, tmp_path: Path):
    """All come up beside one another, as they are measured."""
    kinds = [ours, *(kind for kind in KINDS if kind.opens is ours.opens)]
    with stage("inspect", Plan(tmp_path, 1000, (), 1, 1.0), silent) as place:
        origin = start_origin(place, on_443=ours.opens)
        data = data_in(tmp_path, 1000)
        ups = bring_up_all(place, kinds, origin, data, shim(place))
        fit = [kind for kind in kinds if kind.installed() and not kind.unfit(origin)]
        assert place.results.void == {}
        assert [up.name for up in ups] == [kind.name for kind in fit], place.results.skipped


@needs_tools
def test_one_that_does_not_is_void(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("proxy.bench.proxies.started.SAMPLE", 1)  # each waits for a name that nobody knows
    with stage("inspect", Plan(tmp_path, 1000, (), 1, 1.0), silent) as place:
        origin = start_origin(place)
        bring_up(place, Disobedient, origin, data_in(tmp_path, 1000), shim(place))
        assert list(place.results.void) == ["disobedient"]
        why = place.results.void["disobedient"]
        assert "TLS was opened: the certificate is by 'Bench proxies'" in why
        assert "listed sites were not refused over HTTP" in why


def test_e2guardian_is_measured_on_port_443_only(tmp_path: Path):
    assert E2guardianMitm.unfit(Origin(80, 443, Certificates(tmp_path))) == ""
    assert "root" in E2guardianMitm.unfit(Origin(80, 8443, Certificates(tmp_path)))


def test_settings_take_the_place_of_those_written_or_commented_out():
    before = "# filterip = \nnodaemon = off\nother = 'x'\ntransparenthttpsport = 8443\n"
    after = changed(
        before, {"filterip": "127.0.0.1", "nodaemon": "on", "fresh": "'a\\b'", "transparenthttpsport": ""}
    )
    assert after == "filterip = 127.0.0.1\nnodaemon = on\nother = 'x'\n\n\nfresh = 'a\\b'\n" + ""


def test_squid_gets_no_name_under_another_one(tmp_path: Path):
    data = data_in(tmp_path, 1000)
    data.list_file.write_text(
        "a.games.example\tx\ngames.example\tx\nb.a.games.example\tx\nlearn.example\tx\n"
    )
    assert list(topmost(data)) == ["games.example", "learn.example"]


def test_what_is_asked_of_a_proxy_and_of_its_tunnels(tmp_path: Path):
    from proxy.bench.proxies.proxy import Place
    from proxy.bench.proxies.started import HTTP_KEPT, Up
    from proxy.bench.running import Server

    origin = Origin(81, 4433, Certificates(tmp_path))
    up = Up(Mitmdump(Place(tmp_path, 8080, origin, data_in(tmp_path, 1000))), Server([]), 8081)
    plain = asked(up, HTTP_KEPT)
    assert (plain.scheme, plain.port, plain.address) == ("http", 8080, "http://localhost:81/small")
    tunnelled = asked(up, HTTPS_NEW)
    assert (tunnelled.scheme, tunnelled.port, tunnelled.address) == ("https", 8081, "/small")
    assert tunnelled.fresh
    assert asked(up, HTTPS_BIG).connections == 8
    assert paced(up, HTTPS_NEW, rate=800).delay_ms == 40

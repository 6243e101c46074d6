"""`schoolgate packets`, as it is typed."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import first_octets as octets
from namespaces import Namespace, namespaces, need, run
from proxy.cli import main
from small_settings import SCHOOL, changed, write_settings

PROJECT = Path(__file__).resolve().parents[3]
EXAMPLE, RULES = PROJECT / "config/examples/one-school", PROJECT / "deploy/nftables/schoolgate.nft"
WITH_PACKETS = changed(
    "zone: America/Chicago",
    "zone: America/Chicago\npackets: {lan: [lan], gateway: [127.0.0.1]}\n"
    'proxy: {transparent_listen: ["[::]:8081"]}',
)
LOGGING = """
table inet other {
  chain sent { type filter hook output priority 0; udp dport 51820 log group 40 snaplen 256; }
}
"""
"""Logs what this machine sends itself, as the rules log what devices send."""


def with_packets(directory: Path) -> Path:
    """Settings with a packet filter, for one worker, and what we know of ways around the filter."""
    text = WITH_PACKETS.replace("gateway: {school_name", "gateway: {workers_http: 1, school_name")
    text = text.replace("blocklists: blocklists", f"blocklists: {PROJECT / 'blocklists'}")
    return write_settings(directory, text, bypass="bypass: {}\n")


def typed(namespace: Namespace, *words: str, before: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
    """A command on a machine of its own."""
    line = ("ip", "netns", "exec", namespace.name, *before, sys.executable, "-m", "proxy", *words)
    environment = os.environ | {"PATH": f"/usr/sbin:/sbin:{os.environ['PATH']}"}
    return subprocess.Popen(line, cwd=PROJECT, env=environment, stderr=subprocess.PIPE, text=True)


def test_the_rules_that_come_along_are_those_of_the_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packets", "rules", "--config", str(EXAMPLE)]) == 0
    made = capsys.readouterr().out

    assert made == RULES.read_text(), "schoolgate packets rules --config config/examples/one-school"


def test_without_the_part_there_are_no_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packets", "rules", "--config", str(write_settings(tmp_path, SCHOOL))]) == 3
    assert "no part `packets`" in capsys.readouterr().err


def test_settings_that_cannot_be_used_make_no_rules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = changed("zone: America/Chicago", "zone: Mars")
    assert main(["packets", "rules", "--load", "--config", str(write_settings(tmp_path, text))]) == 3
    assert "for the packet filter" in capsys.readouterr().err


@pytest.mark.network
def test_nft_looks_through_the_rules_and_loads_them(tmp_path: Path) -> None:
    need()
    with namespaces("rules") as (machine,):
        for option, words in (("--check", "nft takes these rules"), ("--load", "the rules are in force")):
            before = run("ip", "netns", "exec", machine.name, "nft", "list", "ruleset")
            process = typed(machine, "packets", "rules", option, "--config", str(EXAMPLE))
            assert (words in process.communicate(timeout=60)[1], process.returncode, before) == (True, 0, "")
        assert "table inet schoolgate" in run("ip", "netns", "exec", machine.name, "nft", "list", "ruleset")


def recorded(config: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one event, once it is there."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        capsys.readouterr()
        assert main(["events", "--json", "--config", str(config)]) == 0
        found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        if found:
            (event,) = found
            return dict(event)
    raise AssertionError("nothing was recorded")


@pytest.mark.network
def test_what_is_refused_is_recorded_until_told_to_stop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    need()
    assert main(["publish", "--config", str(with_packets(tmp_path))]) == 0
    with namespaces("watch") as (machine,):
        machine.nft(LOGGING)
        machine.ip("address", "add", "192.0.2.9/32", "dev", "lo")
        machine.ip("route", "add", "198.51.100.99", "dev", "lo")
        process = typed(machine, "packets", "watch", "--config", str(tmp_path))
        assert process.stderr is not None
        said = next(line for line in process.stderr if "log group" in line)
        again = typed(machine, "packets", "watch", "--config", str(tmp_path))
        assert "another process listens to log group 40 already" in again.communicate(timeout=60)[1]
        with machine.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.bind(("192.0.2.9", 0))
            client.sendto(octets.wireguard(random.Random(5)), ("198.51.100.99", 51820))
        event = recorded(tmp_path, capsys)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert "records what the packet filter refuses (log group 40)" in said
    assert (process.returncode, again.returncode) == (0, 3)
    assert [event[key] for key in ("client", "host", "method", "action", "reason", "list", "rule")] == [
        "192.0.2.9", "198.51.100.99", "udp/51820", "block", "way_around", "bypass", "vpn.wireguard",
    ]  # fmt: skip


@pytest.mark.network
def test_without_the_right_one_line_says_so_and_who_stays_is_not_started_again(tmp_path: Path) -> None:
    need("setpriv")
    words = ("packets", "watch", "--config", str(with_packets(tmp_path)))
    rightless = ("setpriv", "--bounding-set=-net_admin")
    with namespaces("rightless") as (machine,):
        leaving = typed(machine, *words, before=rightless)
        assert "only with the capability CAP_NET_ADMIN" in leaving.communicate(timeout=60)[1]
        staying = typed(machine, *words, "--stay", before=rightless)
        assert staying.stderr is not None
        said = next(line for line in staying.stderr if "CAP_NET_ADMIN" in line)
        assert staying.poll() is None
        staying.send_signal(signal.SIGTERM)
        staying.communicate(timeout=60)
    assert "refused all the same" in said
    assert (leaving.returncode, staying.returncode) == (3, 0)

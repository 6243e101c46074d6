"""The school's own system by its name: a resolver that answers, one that hangs, and hosts that mislead.

Each case runs in a network namespace of its own with its own /etc/resolv.conf and /etc/hosts.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from dnslib import QTYPE, RR, A, DNSRecord

from namespaces import Namespace, namespaces, need
from school_system import SchoolSystem

pytestmark = [pytest.mark.network, pytest.mark.processes, pytest.mark.timeout(400)]

NAME, IN_ASCII = "schule-münchen.example", "xn--schule-mnchen-3ob.example"
PATIENT = "nameserver 127.0.0.1\noptions timeout:30 attempts:5\n"
"""By itself a look-up would take minutes, and then say that there is no such name."""
SENDS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from proxy.console.post.webhook import NotTaken, Webhook, hand_over

urls, secret, ca = sys.argv[1].split(), Path(sys.argv[2]), Path(sys.argv[3])
for url in urls:
    webhook = Webhook(url, secret, ("127.0.0.0/8", "10.0.0.0/8"), timeout_s=float(sys.argv[4]), ca=ca)
    try:
        hand_over(webhook, "{}", lambda: datetime(2026, 11, 23, tzinfo=UTC))
        print("taken")
    except NotTaken as problem:
        print(problem)
"""


@pytest.fixture
def machine() -> Iterator[Namespace]:
    need()
    with namespaces("webhook") as (made,):
        files = Path("/etc/netns") / made.name
        files.mkdir(parents=True)
        try:
            (files / "resolv.conf").write_text(PATIENT)
            yield made
        finally:
            shutil.rmtree(files)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.touch(0o600)
    path.write_text("sesame\n")
    return path


def said(
    machine: Namespace, secret: Path, *urls: str, ca: Path | None = None, timeout_s: float = 60
) -> list[str]:
    """What came of a message to each of these addresses, in order, in one process on that machine."""
    words = (sys.executable, "-c", SENDS, " ".join(urls), str(secret), str(ca or "/nowhere"), str(timeout_s))
    ours = os.environ | {"PYTHONPATH": os.getcwd()}
    done = subprocess.run(
        ("ip", "netns", "exec", machine.name, *words),
        capture_output=True, text=True, timeout=300, check=False, env=ours,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def answers(asked: socket.socket) -> None:
    """A resolver that knows one name."""
    while True:
        try:
            octets, client = asked.recvfrom(4096)
        except OSError:
            return
        query = DNSRecord.parse(octets)
        reply = query.reply()
        if query.q.qtype == QTYPE.A and str(query.q.qname) == f"{IN_ASCII}.":
            reply.add_answer(RR(query.q.qname, QTYPE.A, rdata=A("127.0.0.1"), ttl=60))
        asked.sendto(reply.pack(), client)


def test_a_name_in_other_letters_is_found_and_proved(
    machine: Namespace, secret: Path, tmp_path: Path
) -> None:
    with (
        machine.inside(),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked,
        SchoolSystem(tls=tmp_path / "ca", name=IN_ASCII) as system,
    ):
        asked.bind(("127.0.0.1", 53))
        threading.Thread(target=answers, args=(asked,), daemon=True).start()
        assert said(machine, secret, f"https://{NAME}:{system.port}/", ca=system.ca) == ["taken"]
        [(_request, fields, _body)] = system.taken
    assert fields["host"] == f"{IN_ASCII}:{system.port}"


def test_a_resolver_that_hangs_takes_no_more_than_the_time_of_one_message(
    machine: Namespace, secret: Path
) -> None:
    """Nor does the look-up under way keep the next message from being given up in its time."""
    with machine.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 53))
        told = said(machine, secret, "https://one.example/", "https://two.example/", timeout_s=1)
    assert told == ["the webhook did not answer in time"] * 2


def test_where_nobody_resolves_names_it_says_so(machine: Namespace, secret: Path) -> None:
    assert said(machine, secret, "https://desk.example/") == ["the webhook's name cannot be resolved"]


def test_without_tls_a_name_that_leads_elsewhere_is_told_nothing(machine: Namespace, secret: Path) -> None:
    hosts = Path("/etc/netns") / machine.name / "hosts"
    hosts.write_text("10.0.0.7 localhost\n")
    assert said(machine, secret, "http://localhost/") == [
        "the webhook's name leads away from this machine, and without https nothing is sent"
    ]

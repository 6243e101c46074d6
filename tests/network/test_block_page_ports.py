"""On the real ports: a device blocked by the resolver reaches the block page on ports 80 and 443.

The filter runs in one network namespace, the device in another, joined by a cable (veth). The device
knows nothing but its resolver, as DHCP would tell it, and trusts the school's certificate.
"""

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from running_filter import RunningFilter

pytestmark = [pytest.mark.network, pytest.mark.processes, pytest.mark.timeout(400)]

GATEWAY, DEVICE = "198.51.100.1", "198.51.100.2"


def missing(what):
    """A machine without it may leave these tests out; CI may not."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}, and CI must run the network tests", pytrace=False)
    pytest.skip(what)


def run(*words, check=True):
    return subprocess.run(words, check=check, capture_output=True, text=True, timeout=60)


class Cable:
    """Two namespaces with names of this process's own, joined by a cable; gone afterwards, come what may."""

    def __init__(self):
        self.gateway, self.device = f"sg-gw-{os.getpid()}", f"sg-dev-{os.getpid()}"
        self._resolver = Path("/etc/netns") / self.device

    def __enter__(self):
        try:
            for namespace in (self.gateway, self.device):
                run("ip", "netns", "add", namespace)
                run("ip", "-n", namespace, "link", "set", "lo", "up")
            run("ip", "link", "add", "eth0", "netns", self.gateway, "type", "veth",
                "peer", "name", "eth0", "netns", self.device)  # fmt: skip
            for namespace, address in ((self.gateway, GATEWAY), (self.device, DEVICE)):
                run("ip", "-n", namespace, "address", "add", f"{address}/24", "dev", "eth0")
                run("ip", "-n", namespace, "link", "set", "eth0", "up")
            self._resolver.mkdir(parents=True)
            (self._resolver / "resolv.conf").write_text(f"nameserver {GATEWAY}\n")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for namespace in (self.gateway, self.device):
            run("ip", "netns", "delete", namespace, check=False)
        shutil.rmtree(self._resolver, ignore_errors=True)
        with suppress(OSError):
            self._resolver.parent.rmdir()  # unless it holds somebody else's

    def on_device(self, *words):
        """Run something on the device, without the proxies that this process may be told of."""
        plain = ["env", "-u", "http_proxy", "-u", "https_proxy", "-u", "HTTP_PROXY", "-u", "HTTPS_PROXY",
                 "-u", "ALL_PROXY", "-u", "all_proxy"]  # fmt: skip
        return run("ip", "netns", "exec", self.device, *plain, *words)


@pytest.fixture(scope="module")
def cable():
    if os.geteuid() != 0:
        missing("network namespaces need root")
    for program in ("ip", "curl", "dig"):
        if shutil.which(program) is None:
            missing(f"the program {program} is missing")
    try:
        made = Cable().__enter__()
    except subprocess.CalledProcessError as error:
        missing(f"network namespaces cannot be made here: {error.stderr.strip()}")
    yield made
    made.__exit__()


@pytest.fixture(scope="module")
def school(cable, tmp_path_factory):
    def on_real_ports(settings):
        settings["dns"].update(listen=[f"{GATEWAY}:53"])
        settings["dns"]["local_records"][0]["value"] = GATEWAY
        settings["proxy"].update(listen=f"{GATEWAY}:8080")
        settings["block_page"].update(
            addresses=[GATEWAY], listen_http=f"{GATEWAY}:80", listen_https=f"{GATEWAY}:443"
        )

    def one_room(settings):
        room = {"id": "room", "addresses": "198.51.100.0/24", "group": "middle", "inspect": True}
        settings["networks"].append(room)

    wrapper = ("ip", "netns", "exec", cable.gateway)
    directory = tmp_path_factory.mktemp("school")
    with RunningFilter(
        directory, on_real_ports, one_room, command="up", wrapper=wrapper, workers=1
    ) as running:
        yield running


def test_the_resolver_leads_a_blocked_name_to_the_block_page(cable, school):
    said = cable.on_device("dig", "+noall", "+answer", "+comments", "games.demo.test").stdout
    assert f"games.demo.test.	5	IN	A	{GATEWAY}" in said.replace("\t\t", "\t")
    assert "EDE: 15 (Blocked)" in said


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_block_page_answers_on_the_ports_that_browsers_use(cable, school, scheme):
    said = cable.on_device(
        "curl", "-sS", "--cacert", str(school.ca), "-w", "\n%{http_code} %{remote_ip} %{ssl_verify_result}",
        f"{scheme}://games.demo.test/play",
    ).stdout  # fmt: skip
    text, _, how = said.rpartition("\n")
    assert how == f"403 {GATEWAY} 0"
    assert "This page is blocked" in text
    assert "games.demo.test/play" in text
    assert "demo-games" in text


def test_a_device_without_the_schools_certificate_sees_a_certificate_error_and_no_page(cable, school):
    with pytest.raises(subprocess.CalledProcessError) as caught:
        cable.on_device("curl", "-sS", "https://games.demo.test/")
    assert caught.value.returncode == 60


def test_the_block_page_host_offers_the_certificate(cable, school):
    said = cable.on_device("curl", "-sS", "http://block.demo.test/ca.pem").stdout
    assert said.strip() == school.ca.read_text().strip()


def test_a_stranger_on_the_network_gets_no_page(cable, school):
    run("ip", "-n", cable.device, "address", "add", "203.0.113.9/32", "dev", "eth0")
    run("ip", "-n", cable.gateway, "route", "add", "203.0.113.9/32", "dev", "eth0")
    with pytest.raises(subprocess.CalledProcessError):
        cable.on_device("curl", "-sS", "-m", "5", "--interface", "203.0.113.9", f"http://{GATEWAY}/")
    refused = cable.on_device("dig", "-b", "203.0.113.9", "+tries=1", "+time=2", "games.demo.test").stdout
    assert "status: REFUSED" in refused

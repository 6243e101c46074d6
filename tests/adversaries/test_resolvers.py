"""Does a device get its names elsewhere, encrypted? A resolver that offers DoH and DoT; kdig, curl."""

import pytest

from adversaries import needs
from redirected_places import SITE

pytestmark = [
    pytest.mark.adversary, pytest.mark.network, pytest.mark.processes, pytest.mark.timeout(300),
    needs("unbound", "kdig", "curl"),
]  # fmt: skip
HIDDEN = "192.31.196.99"


def settings(whole, path, *ports):
    """A resolver's settings: a name and a path that say nothing of what it is.

    ports   lines that say where it listens, and for what
    """
    pem = whole.certificate("words.example")
    path.write_text(
        "server:\n" + "".join(f"  {line}\n" for line in ports) +
        f'  tls-service-key: "{pem}"\n  tls-service-pem: "{pem}"\n  http-endpoint: "/homework"\n'
        '  chroot: ""\n  username: ""\n  pidfile: ""\n  directory: "/"\n  use-syslog: no\n  verbosity: 1\n'
        '  access-control: 0.0.0.0/0 allow\n  module-config: "iterator"\n'
        f'  local-zone: "hidden.example." static\n  local-data: "hidden.example. A {HIDDEN}"\n'
    )  # fmt: skip
    return path


@pytest.fixture
def elsewhere(world, whole, tmp_path):
    """With a resolver that speaks HTTPS on port 443 and TLS on its own."""
    listens = f"interface: {SITE[4]}@443", f"interface: {SITE[4]}@853", "https-port: 443", "tls-port: 853"
    world.named("words.example")
    conf = settings(whole, tmp_path / "unbound.conf", *listens)
    with world.on_origin("unbound", "-d", "-c", str(conf), until="start of service"):
        yield world


@pytest.fixture
def disguised(world, whole, tmp_path):
    """With a resolver that speaks TLS on the port of HTTPS."""
    world.named("words.example")
    conf = settings(whole, tmp_path / "unbound.conf", f"interface: {SITE[4]}@443", "tls-port: 443")
    with world.on_origin("unbound", "-d", "-c", str(conf), until="start of service"):
        yield world


def kdig(world, *how):
    words = (
        "kdig",
        "+timeout=3",
        "+retry=0",
        f"+tls-ca={world.trust}",
        "+tls-hostname=words.example",
        *how,
    )
    return world.done_on_device(*words, "@words.example", "hidden.example")


@pytest.mark.parametrize("how", ["+https=/homework", "+https-get"], ids=["post", "get"])
def test_dns_over_https_is_refused(elsewhere, how):
    hows = ("+https=/homework", how) if how == "+https-get" else (how,)
    assert HIDDEN in kdig(elsewhere, *hows)
    elsewhere.on()
    seen = len(elsewhere.events())
    assert HIDDEN not in kdig(elsewhere, *hows)
    told = elsewhere.told("dns.doh", since=seen)
    assert told.event.host == "words.example"


def test_dns_over_tls_is_refused(elsewhere):
    assert HIDDEN in kdig(elsewhere, "+tls")
    elsewhere.on()
    seen = len(elsewhere.events())
    assert HIDDEN not in kdig(elsewhere, "+tls")
    assert elsewhere.told("dns.dot", since=seen).event.host == SITE[4]


def test_curl_finds_no_name_by_dns_over_https(elsewhere):
    asking = (
        "curl", "-sSv", "-m", "10", "--cacert", str(elsewhere.trust), "--doh-url", "https://words.example/homework",
        "http://hidden.example/",
    )  # fmt: skip
    assert f"Trying {HIDDEN}" in elsewhere.done_on_device(*asking)
    elsewhere.on()
    seen = len(elsewhere.events())
    assert HIDDEN not in elsewhere.done_on_device(*asking)
    assert elsewhere.told("dns.doh", since=seen).event.host == "words.example"


def test_dns_over_tls_on_the_port_of_https_is_refused(disguised):
    """Where the resolver's own port is closed, its clients try this one."""
    assert HIDDEN in kdig(disguised, "+tls", "-p", "443")
    disguised.on()
    seen = len(disguised.events())
    assert HIDDEN not in kdig(disguised, "+tls", "-p", "443")
    disguised.told("dns.dot", since=seen)

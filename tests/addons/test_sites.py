"""One context for each name, renewed in time, and never more of them than the bound."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from mitmproxy.certs import CertStore

from addons.sites import LIFETIME, Sites
from fake_origins import http_origin
from proxy.authority.authority import Authority
from proxy.authority.errors import NoLeaf
from school_proxy import records_for, school

NOW = datetime.now(UTC)


def sites(tmp_path: Path, **more: int) -> Sites:
    authority = Authority.open_or_create(tmp_path / "ca", "Oak School")
    return Sites(authority, CertStore.load_dhparam(tmp_path / "dhparam.pem"), **more)


def test_a_name_keeps_its_context_until_a_day_before_its_certificate_ends(tmp_path):
    made = sites(tmp_path)
    first = made.context_for("learn.test", NOW)
    assert made.context_for("learn.test", NOW + LIFETIME - timedelta(days=1, seconds=1)) is first
    assert made.context_for("learn.test", NOW + LIFETIME - timedelta(days=1)) is not first


def test_the_names_asked_for_longest_ago_go_first(tmp_path):
    made = sites(tmp_path, kept=2)
    first = made.context_for("a.test", NOW)
    made.context_for("b.test", NOW)
    assert made.context_for("a.test", NOW) is first
    made.context_for("c.test", NOW)
    assert len(made) == 2
    assert made.context_for("a.test", NOW) is first


def test_what_is_no_host_gets_no_context(tmp_path):
    with pytest.raises(NoLeaf):
        sites(tmp_path).context_for("é" * 300, NOW)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_client_can_resume(tmp_path, version):
    with http_origin(), school(tmp_path, records=records_for("learn.test")) as run:
        context = ssl.create_default_context(cafile=str(run.authority))
        context.maximum_version = version
        session, reused = None, []
        for _ in range(2):
            raw, _ = run.tunnel("learn.test:443")
            with context.wrap_socket(raw, server_hostname="learn.test", session=session) as secure:
                secure.sendall(b"GET / HTTP/1.1\r\nHost: learn.test\r\nConnection: close\r\n\r\n")
                secure.recv(1)
                session = secure.session
                reused.append(secure.session_reused)
    assert reused == [False, True]

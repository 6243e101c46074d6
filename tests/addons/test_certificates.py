"""Under which certificates sites are opened, and whom we believe."""

import ssl
from pathlib import Path

import certifi

from addons.certificates import trust_file
from fake_origins import TestAuthority, http_origin
from school_proxy import records_for, school


def test_opened_sites_carry_a_certificate_of_the_school_s_own_authority(tmp_path):
    with http_origin() as origin, school(tmp_path, records=records_for("learn.test")) as run:
        connection, _ = run.tunnel("learn.test:443")
        secure = run.tls(connection, "learn.test")
        names = dict(pair[0] for pair in secure.getpeercert()["issuer"])
        assert names["commonName"] == "Oak School Schoolgate CA"
        assert secure.version() == "TLSv1.3"
        assert origin.connections == 0


def test_no_authority_of_mitmproxy_s_own_is_made(tmp_path):
    with school(tmp_path, records=records_for("learn.test")) as run:
        connection, _ = run.tunnel("learn.test:443")
        run.tls(connection, "learn.test").close()
    made = sorted(path.name for path in (tmp_path / "ca").iterdir())
    assert made == ["dhparam.pem", "schoolgate-ca-cert.pem", "schoolgate-ca.pem"]


def test_further_authorities_join_the_public_ones(tmp_path):
    extra = TestAuthority(tmp_path).path
    path = trust_file([extra], tmp_path / "run")
    joined = path.read_bytes()
    assert joined.endswith(extra.read_bytes())
    assert len(joined) > len(Path(certifi.where()).read_bytes())
    ssl.create_default_context(cafile=str(path))


def test_without_further_authorities_nothing_is_written(tmp_path):
    assert trust_file([], tmp_path / "run") is None
    assert not (tmp_path / "run").exists()

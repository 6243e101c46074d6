import plistlib
import subprocess
from datetime import UTC, datetime

import pytest
from cryptography import x509

from proxy.authority.authority import Authority
from proxy.authority.exports import der, mobileconfig, pem

NOW = datetime(2026, 11, 23, 16, 40, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority.open_or_create(tmp_path_factory.mktemp("ca"), "Oak & <Elm> School", NOW)


def test_pem_and_der_hold_the_certificate_and_no_key(authority):
    assert x509.load_pem_x509_certificates(pem(authority)) == [authority.certificate]
    assert x509.load_der_x509_certificate(der(authority)) == authority.certificate
    assert b"PRIVATE" not in pem(authority)


def test_the_profile_is_a_property_list_with_the_certificate_as_a_root(authority):
    profile = plistlib.loads(mobileconfig(authority))
    (payload,) = profile["PayloadContent"]

    assert profile["PayloadDisplayName"] == "Oak & <Elm> School Schoolgate CA"
    assert profile["PayloadType"] == "Configuration"
    assert payload["PayloadType"] == "com.apple.security.root"
    assert x509.load_der_x509_certificate(payload["PayloadContent"]) == authority.certificate
    assert payload["PayloadUUID"] != profile["PayloadUUID"]


def test_the_same_authority_gives_the_same_profile(authority):
    assert mobileconfig(authority) == mobileconfig(Authority(authority.directory))


def test_openssl_reads_the_der_form(authority, tmp_path):
    (tmp_path / "ca.crt").write_bytes(der(authority))
    command = ["openssl", "x509", "-inform", "der", "-in", tmp_path / "ca.crt", "-noout", "-subject"]

    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert "Oak & <Elm> School Schoolgate CA" in shown

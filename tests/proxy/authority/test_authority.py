import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from mitmproxy.certs import CertStore

from proxy.authority.authority import Authority, authority_directory
from proxy.authority.errors import AuthorityProblem

NOW = datetime(2026, 11, 23, 16, 40, tzinfo=UTC)


@pytest.fixture
def directory(tmp_path):
    return authority_directory(tmp_path)


def test_the_authority_is_made_once_under_the_schools_name(directory):
    made = Authority.open_or_create(directory, "Oak School", NOW)
    opened = Authority.open_or_create(directory, "Renamed School")

    assert made.name == opened.name == "Oak School Schoolgate CA"
    assert opened.certificate == made.certificate
    assert made.expires == NOW + timedelta(days=5 * 365)


def test_its_files_are_the_owners_alone(directory):
    authority = Authority.open_or_create(directory, "Oak School", NOW)

    assert directory.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in directory.iterdir()} == {
        "schoolgate-ca.pem": 0o600,
        "schoolgate-ca-cert.pem": 0o600,
    }
    assert b"PRIVATE" in authority.path.read_bytes()
    assert b"PRIVATE" not in authority.certificate_path.read_bytes()


def test_it_can_sign_servers_and_nothing_else(directory):
    extensions = Authority.open_or_create(directory, "Oak School", NOW).certificate.extensions

    constraints = extensions.get_extension_for_class(x509.BasicConstraints)
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage)

    assert (constraints.critical, constraints.value) == (True, x509.BasicConstraints(True, 0))
    assert (usage.critical, usage.value.key_cert_sign, usage.value.digital_signature) == (True, True, False)
    assert list(purposes.value) == [x509.ExtendedKeyUsageOID.SERVER_AUTH]


@pytest.mark.parametrize(
    ("school", "name"),
    [
        pytest.param("", "Schoolgate CA", id="no name"),
        pytest.param("École Élémentaire", "École Élémentaire Schoolgate CA", id="accents"),
        pytest.param("x" * 100, "x" * 50 + " Schoolgate CA", id="longer than X.520 allows"),
        pytest.param("Oak\x00\nSchool", "OakSchool Schoolgate CA", id="control characters"),
    ],
)
def test_any_school_name_makes_a_name_for_the_authority(directory, school, name):
    assert Authority.open_or_create(directory, school, NOW).name == name


def test_processes_that_start_at_once_come_to_hold_one_authority(directory):
    program = (
        "import sys; from pathlib import Path\n"
        "from proxy.authority.authority import Authority\n"
        "sys.stdin.read()\n"
        "print(Authority.open_or_create(Path(sys.argv[1]), 'Oak School').fingerprint)"
    )
    command = [sys.executable, "-c", program, str(directory)]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(6)
    ]
    for one in started:
        one.stdin.close()
    prints = {one.stdout.read().strip() for one in started}
    for one in started:
        one.stdout.close()
        assert one.wait() == 0

    assert prints == {Authority(directory).fingerprint}
    assert sorted(path.name for path in directory.iterdir()) == [
        "schoolgate-ca-cert.pem",
        "schoolgate-ca.pem",
    ]


def test_the_fingerprint_is_the_one_that_openssl_shows(directory):
    authority = Authority.open_or_create(directory, "Oak School", NOW)
    command = ["openssl", "x509", "-in", authority.certificate_path, "-noout", "-fingerprint", "-sha256"]

    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert shown.strip().partition("=")[2] == authority.fingerprint


def test_mitmproxy_signs_with_it(directory):
    authority = Authority.open_or_create(directory, "Oak School")

    store = CertStore.from_store(directory, "schoolgate", 2048)
    entry = store.get_cert("games.example", [x509.DNSName("games.example")])

    leaf = entry.cert.to_cryptography()
    leaf.verify_directly_issued_by(authority.certificate)
    assert entry.privatekey.public_key() == leaf.public_key()


def test_a_lost_certificate_file_is_put_back(directory):
    authority = Authority.open_or_create(directory, "Oak School", NOW)
    pem = authority.certificate_path.read_bytes()
    authority.certificate_path.unlink()

    Authority.open_or_create(directory, "Oak School", NOW)

    assert authority.certificate_path.read_bytes() == pem


def test_a_key_that_others_can_read_is_refused(directory):
    path = Authority.open_or_create(directory, "Oak School", NOW).path
    path.chmod(0o644)

    with pytest.raises(
        AuthorityProblem, match=r"schoolgate-ca\.pem: others than its owner .*0644.*make it 0600"
    ):
        Authority(directory)


def without_key(path):
    path.write_bytes(path.with_name("schoolgate-ca-cert.pem").read_bytes())


def with_another_key(path):
    other = Authority.open_or_create(path.parent.parent / "other", "Other", NOW).key
    pem = other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(pem + path.with_name("schoolgate-ca-cert.pem").read_bytes())


def with_a_key_of_another_kind(path):
    pem = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(pem + path.with_name("schoolgate-ca-cert.pem").read_bytes())


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        pytest.param(lambda path: path.write_bytes(b""), "must hold a private key", id="empty"),
        pytest.param(without_key, "must hold a private key", id="no key"),
        pytest.param(with_another_key, "do not belong together", id="another key"),
        pytest.param(with_a_key_of_another_kind, "kind EC or RSA", id="a key of another kind"),
        pytest.param(lambda path: path.unlink(), "cannot be read: No such file", id="gone"),
    ],
)
def test_a_damaged_authority_is_named(directory, damage, message):
    damage(Authority.open_or_create(directory, "Oak School", NOW).path)

    with pytest.raises(AuthorityProblem, match=rf"schoolgate-ca\.pem: .*{message}"):
        Authority(directory)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "ca").write_text("a file where a directory belongs")

    with pytest.raises(AuthorityProblem, match="the CA cannot be written"):
        Authority.open_or_create(tmp_path / "ca", "Oak School", NOW)

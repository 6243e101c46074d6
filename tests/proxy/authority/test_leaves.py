import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from proxy.authority.authority import Authority
from proxy.authority.errors import NoLeaf
from proxy.authority.leaves import LIFETIME, MAX_LEAVES, Leaves

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority.open_or_create(tmp_path_factory.mktemp("ca"), "Oak School", NOW)


@pytest.fixture
def leaves(authority):
    return Leaves(authority)


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> ssl.SSLObject:
    """Let both ends talk in memory until the client has verified the server."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    serving = server.wrap_bio(to_server, to_client, server_side=True)
    asking = client.wrap_bio(to_client, to_server, server_hostname=host)
    for _ in range(4):
        for end in (asking, serving):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return asking


@pytest.mark.parametrize("host", ["games.example", "192.0.2.7", "2001:db8::7", "x" * 63 + ".example"])
def test_a_client_that_trusts_the_authority_accepts_the_certificate(authority, leaves, host):
    client = ssl.create_default_context(cafile=authority.certificate_path)
    client.verify_flags |= ssl.VERIFY_X509_STRICT

    connection = shake_hands(leaves.leaf_for(host).context, client, host)

    assert connection.version() == "TLSv1.3"


def test_a_client_that_does_not_trust_it_refuses(leaves):
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(leaves.leaf_for("games.example").context, ssl.create_default_context(), "games.example")


def test_a_certificate_is_short_lived_and_for_servers_only(leaves):
    certificate = x509.load_pem_x509_certificate(leaves.leaf_for("games.example", NOW).pem)

    assert certificate.not_valid_before_utc == NOW - timedelta(days=2)
    assert certificate.not_valid_after_utc == NOW + LIFETIME
    assert list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [
        x509.ExtendedKeyUsageOID.SERVER_AUTH
    ]


def test_a_certificate_is_made_once_and_renewed_before_its_last_day(leaves):
    first = leaves.leaf_for("games.example", NOW)

    assert leaves.leaf_for("GAMES.example.", NOW + timedelta(days=28)) is first
    assert leaves.leaf_for("games.example", NOW + timedelta(days=29, seconds=1)) is not first


def test_no_certificate_outlives_the_authority(authority, leaves):
    late = authority.expires - timedelta(days=3)

    assert leaves.leaf_for("games.example", late).expires == authority.expires


def test_only_so_many_certificates_are_kept(leaves):
    first = leaves.leaf_for("first.example", NOW)
    used = leaves.leaf_for("used.example", NOW)
    for number in range(MAX_LEAVES - 1):
        leaves.leaf_for(f"n{number}.example", NOW)
        leaves.leaf_for("used.example", NOW)

    assert leaves.leaf_for("used.example", NOW) is used
    assert leaves.leaf_for("first.example", NOW) is not first


@pytest.mark.parametrize("host", ["", "a b", "a..b", "x" * 300, "[::g]", "1.2.3.4.5", "a\x00b.example"])
def test_what_is_no_host_gets_no_certificate(leaves, host):
    with pytest.raises(NoLeaf, match="no certificate can be made for"):
        leaves.leaf_for(host)

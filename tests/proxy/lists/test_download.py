"""Fetching over HTTP, from real servers on loopback."""

import gzip
import hashlib
import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from list_origin import dripping_origin, list_origin
from proxy.lists.download import Downloaded, Downloader, Limits
from proxy.lists.errors import FetchRefused

INSIDE = Limits(timeout_s=20, max_bytes=10_000, allow_private=True)


def downloader(limits=INSIDE, clock=lambda: 0.0, trust=None):
    return Downloader(limits, clock, trust)


def fetch(url, into, **options):
    return downloader().fetch(url, into / "got", pinned=True, **options)


@pytest.fixture
def origin():
    with list_origin() as running:
        yield running


@pytest.fixture
def tls_origin(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lists.example.org")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "origin.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with list_origin(context) as running:
        yield running, ssl.create_default_context(cafile=str(pem))


def test_a_list_arrives_with_its_checksum_and_validators(origin, tmp_path):
    origin.serve("/a", b"a.example\n", etag='"1"', last_modified="Mon, 23 Nov 2026 10:00:00 GMT")

    assert fetch(f"{origin.url}/a", tmp_path) == Downloaded(
        False, 10, hashlib.sha256(b"a.example\n").hexdigest(), '"1"', "Mon, 23 Nov 2026 10:00:00 GMT"
    )
    assert (tmp_path / "got").read_bytes() == b"a.example\n"


def test_what_is_here_already_is_not_sent_again(origin, tmp_path):
    origin.serve("/a", b"a.example\n", etag='"1"')

    assert fetch(f"{origin.url}/a", tmp_path, etag='"1"', last_modified="x") == Downloaded(True)
    assert origin.asked[0][1]["if-modified-since"] == "x"
    assert not (tmp_path / "got").exists()


def test_a_certificate_must_be_trusted(tls_origin, tmp_path):
    origin, trust = tls_origin
    origin.serve("/a", b"a.example\n")

    assert downloader(trust=trust).fetch(f"{origin.url}/a", tmp_path / "got").octets == 10
    with pytest.raises(FetchRefused, match=r"cannot be reached: .*certificate verify failed"):
        downloader().fetch(f"{origin.url}/a", tmp_path / "got")


def test_plain_http_needs_a_pinned_checksum(origin, tmp_path):
    with pytest.raises(FetchRefused, match="plain http needs the list's sha256"):
        downloader().fetch(f"{origin.url}/a", tmp_path / "got")
    assert origin.asked == []


def test_addresses_inside_the_school_are_not_asked(origin, tmp_path):
    origin.serve("/a", b"secret\n")

    with pytest.raises(FetchRefused, match=r"127\.0\.0\.1, an address inside this network"):
        downloader(Limits()).fetch(f"{origin.url}/a", tmp_path / "got", pinned=True)
    with pytest.raises(FetchRefused, match="inside this network"):
        downloader(Limits()).fetch(
            origin.url.replace("127.0.0.1", "localhost"), tmp_path / "got", pinned=True
        )
    assert origin.asked == []


class _Outside(Downloader):
    """Takes 127.0.0.1 for an address of the internet, and no other of this machine."""

    def _addresses(self, url):
        return ["127.0.0.1"] if url.host == "127.0.0.1" else super()._addresses(url)


@pytest.mark.parametrize("inside", ["127.0.0.2", "[::1]", "localhost", "2130706433", "[::ffff:10.0.0.1]"])
def test_a_redirection_to_an_address_inside_the_school_is_refused(origin, tmp_path, inside):
    origin.serve("/a", b"", status=302, location=origin.url.replace("127.0.0.1", inside) + "/secret")
    origin.serve("/secret", b"secret\n")

    with pytest.raises(FetchRefused, match="an address inside this network"):
        _Outside(Limits(), lambda: 0.0).fetch(f"{origin.url}/a", tmp_path / "got", pinned=True)
    assert [path for path, _ in origin.asked] == ["/a"]


def test_redirections_are_followed_up_to_a_bound(origin, tmp_path):
    origin.serve("/0", b"", status=302, location="/1")
    origin.serve("/1", b"", status=301, location=f"{origin.url}/2")
    origin.serve("/2", b"a.example\n")
    assert fetch(f"{origin.url}/0", tmp_path).octets == 10

    origin.serve("/round", b"", status=302, location="/round")
    with pytest.raises(FetchRefused, match="more than 5 redirections"):
        fetch(f"{origin.url}/round", tmp_path)


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("file:///etc/passwd", "only https"),
        ("ftp://a.example/", "only https"),
        ("https://a.example:999999/", "a port is at most"),
        ("https://a.example:x/", "Invalid URL in location"),
    ],
)
def test_a_redirection_to_something_else_is_refused(origin, tmp_path, location, words):
    origin.serve("/a", b"", status=302, location=location)

    with pytest.raises(FetchRefused, match=words):
        fetch(f"{origin.url}/a", tmp_path)


def test_a_redirection_must_say_where_to(origin, tmp_path):
    origin.serve("/a", b"", status=302)

    with pytest.raises(FetchRefused, match="it redirects to nowhere"):
        fetch(f"{origin.url}/a", tmp_path)


def test_a_redirection_from_https_to_http_is_refused(tls_origin, origin, tmp_path):
    tls, trust = tls_origin
    tls.serve("/a", b"", status=302, location=f"{origin.url}/a")

    with pytest.raises(FetchRefused, match="plain http needs"):
        downloader(trust=trust).fetch(f"{tls.url}/a", tmp_path / "got")
    assert origin.asked == []


def test_size_is_counted_after_unpacking(origin, tmp_path):
    origin.serve("/small", gzip.compress(b"a.example\n"), content_encoding="gzip")
    origin.serve("/bomb", gzip.compress(bytes(50_000_000)), content_encoding="gzip")
    origin.serve("/long", bytes(20_000))

    assert fetch(f"{origin.url}/small", tmp_path).octets == 10
    for path in ("/bomb", "/long"):
        with pytest.raises(FetchRefused, match="larger than 10000 bytes unpacked"):
            fetch(origin.url + path, tmp_path)


def test_a_body_that_breaks_off_is_refused(origin, tmp_path):
    origin.serve("/cut", b"a.exam", content_length="10")
    origin.serve("/torn", gzip.compress(b"a.example\n" * 50)[:-12], content_encoding="gzip")
    origin.serve("/odd", b"xx", content_encoding="br")
    origin.serve(
        "/twice", gzip.compress(b"a.example\n") + gzip.compress(b"b.example\n"), content_encoding="gzip"
    )

    for path in ("/cut", "/torn", "/odd", "/twice"):
        with pytest.raises(FetchRefused, match="it broke off"):
            fetch(origin.url + path, tmp_path)


def test_the_time_for_a_list_is_bounded_altogether(origin, tmp_path):
    origin.serve("/a", bytes(9000))
    seconds = count(0, 15)

    with pytest.raises(FetchRefused, match="it took longer than 20 s"):
        downloader(clock=lambda: float(next(seconds))).fetch(f"{origin.url}/a", tmp_path / "got", pinned=True)


@pytest.mark.parametrize(
    "begins",
    [
        pytest.param(b"", id="a status line"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: ", id="headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 90000000\r\n\r\n", id="a body"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", id="a body of no stated length"),
    ],
)
@pytest.mark.timeout(60)
def test_an_origin_that_drips_without_end_is_left_when_the_time_is_up(tmp_path, begins):
    hasty = Limits(timeout_s=0.3, max_bytes=10_000_000, allow_private=True)

    with dripping_origin(begins) as url, pytest.raises(FetchRefused, match=r"it took longer than 0\.3 s"):
        downloader(hasty).fetch(f"{url}/a", tmp_path / "got", pinned=True)


@pytest.mark.timeout(60)
def test_a_handshake_that_drips_without_end_is_left_when_the_time_is_up(tmp_path):
    hasty = Limits(timeout_s=0.3, allow_private=True)
    handshake = b"\x16\x03\x03\x40\x00"  # a record of 16 KiB begins
    late = "it took longer|The handshake operation timed out"  # where no drip comes in time

    with dripping_origin(handshake) as url, pytest.raises(FetchRefused, match=late):
        downloader(hasty).fetch(f"{url.replace('http', 'https')}/a", tmp_path / "got")


def test_an_errors_status_is_named(origin, tmp_path):
    with pytest.raises(FetchRefused, match="the server answers 404 Not Found"):
        fetch(f"{origin.url}/none", tmp_path)


@pytest.mark.parametrize("url", ["https://a.example:x/", "https://127.0.0.1:99999/", "https://a\0.example/"])
def test_an_address_that_is_none_is_named(tmp_path, url):
    with pytest.raises(FetchRefused, match="is no web address"):
        fetch(url, tmp_path)


def test_a_name_that_nobody_has_is_named(tmp_path):
    with pytest.raises(FetchRefused, match=r"the name nobody\.invalid cannot be resolved"):
        fetch("https://nobody.invalid/a", tmp_path)

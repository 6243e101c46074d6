"""With which certificate does the block-page host answer for a name?"""

import ipaddress
import os
import ssl
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from proxy.authority.authority import BACKDATED, Authority
from proxy.authority.errors import NoLeaf
from proxy.decision.names import NameProblem, canonical_host, is_address

LIFETIME = timedelta(days=30)
RENEWED_BEFORE = timedelta(days=1)
MAX_LEAVES = 256
MAX_COMMON_NAME = 64


@dataclass(frozen=True, slots=True)
class Leaf:
    """A server certificate of ours, ready to use.

    pem        the certificate and the authority's, in that order
    expires    aware, UTC
    """

    host: str
    pem: bytes
    context: ssl.SSLContext
    expires: datetime


class Leaves:
    """Makes server certificates by name and keeps the last MAX_LEAVES of them in memory.

    One key, never written to a disk, serves all of them for the life of the process. Not for use
    by several threads at once.
    """

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._leaves: OrderedDict[str, Leaf] = OrderedDict()

    def leaf_for(self, host: str, at: datetime | None = None) -> Leaf:
        """Return a certificate for a host name or IP address that is good for at least a day.

        host    in any spelling that `names.canonical_host` accepts
        at      aware; None: now

        Raises NoLeaf when the text is no host.
        """
        moment = at or datetime.now(UTC)
        try:
            host = canonical_host(host)
        except NameProblem as problem:
            raise NoLeaf(f"no certificate can be made for {host[:80]!r}: {problem}") from problem
        leaf = self._leaves.get(host)
        if leaf is None or leaf.expires - moment < RENEWED_BEFORE:
            leaf = self._make(host, moment)
            self._leaves[host] = leaf
        self._leaves.move_to_end(host)
        if len(self._leaves) > MAX_LEAVES:
            self._leaves.popitem(last=False)
        return leaf

    def _make(self, host: str, at: datetime) -> Leaf:
        expires = min(at + LIFETIME, self._authority.expires)
        certificate = leaf_certificate(self._authority, self._key, host, at - BACKDATED, expires)
        pem = b"".join(
            c.public_bytes(serialization.Encoding.PEM) for c in (certificate, self._authority.certificate)
        )
        return Leaf(host, pem, _context(pem, self._key), expires)


def leaf_certificate(
    authority: Authority, key: ec.EllipticCurvePrivateKey, host: str, begins: datetime, expires: datetime
) -> x509.Certificate:
    """Make a server certificate for a canonical host. Raises NoLeaf."""
    issuer = authority.certificate
    common = [x509.NameAttribute(NameOID.COMMON_NAME, host)] if len(host) <= MAX_COMMON_NAME else []
    try:
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name(common))
            .issuer_name(issuer.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(max(begins, issuer.not_valid_before_utc))
            .not_valid_after(min(expires, authority.expires))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=not common)
            .add_extension(_key_identifier(authority), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        return builder.sign(authority.key, hashes.SHA256())
    except ValueError as error:
        raise NoLeaf(f"no certificate can be made for {host!r}: {error}") from error


def _general_name(host: str) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_address(host)) if is_address(host) else x509.DNSName(host)


def _key_identifier(authority: Authority) -> x509.AuthorityKeyIdentifier:
    """The issuer's own identifier, byte for byte (RFC 5280, section 4.2.1.2); strict clients compare."""
    try:
        identifier = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier.value)
    except x509.ExtensionNotFound:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())


def _context(pem: bytes, key: ec.EllipticCurvePrivateKey) -> ssl.SSLContext:
    """Make a server context. `ssl` reads certificates from files only: this one is in memory."""
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    descriptor = os.memfd_create("leaf")
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret + pem)
        file.flush()
        context.load_cert_chain(f"/proc/self/fd/{descriptor}")
    return context

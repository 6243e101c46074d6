"""Which certificate authority is this school's, and where does it live?

The file `schoolgate-ca.pem` holds key and certificate, as mitmproxy's certificate store reads them
(base name `schoolgate`); `schoolgate-ca-cert.pem` holds the certificate alone. The key is EC P-256,
which every browser and device of the last ten years takes and which makes handshakes cheap.
"""

import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from proxy.authority.errors import AuthorityProblem

BASENAME = "schoolgate"
LIFETIME = timedelta(days=5 * 365)
BACKDATED = timedelta(days=2)
MAX_NAME = 64

type SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def authority_directory(state: Path) -> Path:
    """Where the authority stands in a gateway's state directory."""
    return state / "ca"


class Authority:
    """The school's certificate authority: its certificate, and the key that signs.

    path                file with key and certificate
    certificate_path    file with the certificate alone, for people to hand out
    """

    def __init__(self, directory: Path) -> None:
        """Read an existing authority; see `open_or_create`. Raises AuthorityProblem."""
        self.directory = directory
        self.path = directory / f"{BASENAME}-ca.pem"
        self.certificate_path = directory / f"{BASENAME}-ca-cert.pem"
        self.key, self.certificate = _read(self.path)

    @classmethod
    def open_or_create(cls, directory: Path, school_name: str, at: datetime | None = None) -> "Authority":
        """Read the authority of a directory, making it first, under the school's name, if there is none.

        at    aware moment from which a new one is valid; None: now

        Of several processes that start at once one makes it and all read that one. An authority
        that exists keeps its name whatever the school is called by now: devices trust that one.
        Raises AuthorityProblem.
        """
        path = directory / f"{BASENAME}-ca.pem"
        try:
            if not path.exists():
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                pem = _make(school_name, at or datetime.now(UTC))
                _place(path, pem, lambda beside: _link_unless_there(beside, path))
            authority = cls(directory)
            authority._place_certificate()
        except OSError as error:
            raise AuthorityProblem(f"{path}: the CA cannot be written: {error.strerror}") from error
        return authority

    @property
    def name(self) -> str:
        """The name under which devices list the authority."""
        common = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(common[0].value) if common else self.certificate.subject.rfc4514_string()

    @property
    def expires(self) -> datetime:
        """The moment, in UTC, from which devices no longer accept the authority."""
        return self.certificate.not_valid_after_utc

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate as devices show it: `AB:CD:...`, 32 pairs."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    def _place_certificate(self) -> None:
        """See to it that the certificate stands beside the key, for people to hand out."""
        path = self.certificate_path
        pem = self.certificate.public_bytes(serialization.Encoding.PEM)
        if not path.exists() or path.read_bytes() != pem:
            _place(path, pem, lambda beside: _move(beside, path))


def _make(school_name: str, at: datetime) -> bytes:
    """Return a new key and its self-signed certificate in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key()
    name = _name(school_name)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - BACKDATED)
        .not_valid_after(at + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_SIGNS_CERTIFICATES, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)


_SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def _name(school_name: str) -> x509.Name:
    """Name the authority after the school; X.520 allows 64 characters for a name."""
    school = "".join(c for c in school_name if c.isprintable()).strip()
    suffix = " Schoolgate CA"
    common = school[: MAX_NAME - len(suffix)].rstrip() + suffix
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common.strip())]
    if school:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, school[:MAX_NAME]))
    return x509.Name(attributes)


def _read(path: Path) -> tuple[SigningKey, x509.Certificate]:
    try:
        mode = path.stat().st_mode
        pem = path.read_bytes()
    except OSError as error:
        raise AuthorityProblem(f"{path}: the CA cannot be read: {error.strerror}") from error
    if mode & 0o077:
        raise AuthorityProblem(
            f"{path}: others than its owner can read the CA's key (mode {mode & 0o777:04o}); make it 0600. "
            f"If somebody did read it, make a new CA (docs/operators/certificates.md)"
        )
    try:
        key = serialization.load_pem_private_key(pem, password=None)
        certificate = x509.load_pem_x509_certificate(pem)
    except (ValueError, TypeError) as error:
        raise AuthorityProblem(
            f"{path}: it must hold a private key without a password and its certificate, both in PEM; "
            f"restore it, or remove it to make a new CA, which every device must then trust anew"
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise AuthorityProblem(f"{path}: the CA's key must be of kind EC or RSA")
    if key.public_key() != certificate.public_key():
        raise AuthorityProblem(f"{path}: its key and its certificate do not belong together")
    return key, certificate


def _place(path: Path, content: bytes, put: Callable[[Path], None]) -> None:
    """Write a file beside its place, mode 0600 and on the disk, and let `put` bring it there."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        put(beside)
    finally:
        beside.unlink(missing_ok=True)


def _link_unless_there(beside: Path, path: Path) -> None:
    try:
        os.link(beside, path)
    except FileExistsError:
        return


def _move(beside: Path, path: Path) -> None:
    beside.replace(path)

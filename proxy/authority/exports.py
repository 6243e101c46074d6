"""In which forms does a device take in the school's certificate authority?"""

import hashlib
import plistlib
import uuid

from cryptography.hazmat.primitives import serialization

from proxy.authority.authority import Authority

PEM_TYPE = "application/x-pem-file"
DER_TYPE = "application/x-x509-ca-cert"
MOBILECONFIG_TYPE = "application/x-apple-aspen-config"

_IDENTIFIER = "school.schoolgate"


def pem(authority: Authority) -> bytes:
    """The certificate, without its key, as Linux, Firefox and Chromebook consoles take it."""
    return authority.certificate.public_bytes(serialization.Encoding.PEM)


def der(authority: Authority) -> bytes:
    """The certificate, without its key, as Windows and Android take it (`.crt`, `.cer`)."""
    return authority.certificate.public_bytes(serialization.Encoding.DER)


def mobileconfig(authority: Authority) -> bytes:
    """An unsigned configuration profile that makes iPhones, iPads and Macs trust the certificate.

    The same authority always gives the same profile, so that installing it twice replaces it.
    """
    digest = hashlib.sha256(der(authority)).hexdigest()
    profile = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{_IDENTIFIER}.{digest[:16]}",
        "PayloadUUID": _uuid(digest + "profile"),
        "PayloadDisplayName": authority.name,
        "PayloadDescription": (
            "Lets this device trust the school's web filter. It can be removed at any time; "
            "the filter's pages then show certificate warnings."
        ),
        "PayloadOrganization": authority.name,
        "PayloadRemovalDisallowed": False,
        "PayloadContent": [
            {
                "PayloadType": "com.apple.security.root",
                "PayloadVersion": 1,
                "PayloadIdentifier": f"{_IDENTIFIER}.{digest[:16]}.root",
                "PayloadUUID": _uuid(digest + "root"),
                "PayloadDisplayName": authority.name,
                "PayloadCertificateFileName": "schoolgate-ca.cer",
                "PayloadContent": der(authority),
            }
        ],
    }
    return plistlib.dumps(profile, fmt=plistlib.FMT_XML)


def _uuid(seed: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, seed)).upper()

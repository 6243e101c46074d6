import ssl

from cryptography import x509

from needed_programs import needs
from proxy.bench.certificates import ORIGIN_CA, PROXY_CA, make
from proxy.bench.visits import issuer_of

pytestmark = needs("openssl")


def test_the_web_servers_certificate_is_for_its_name_and_by_its_authority(tmp_path):
    made = make(tmp_path, "localhost")
    certificate = x509.load_pem_x509_certificate(made.origin.read_bytes())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(made.origin_ca.read_bytes()))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert issuer_of(ssl.PEM_cert_to_DER_cert(made.origin.read_text())) == ORIGIN_CA


def test_proxies_have_an_authority_of_their_own(tmp_path):
    made = make(tmp_path, "localhost")
    assert issuer_of(ssl.PEM_cert_to_DER_cert(made.proxy_ca.read_text())) == PROXY_CA
    assert "PRIVATE KEY" in made.proxy_ca_key.read_text()
    assert "PRIVATE KEY" in made.proxy_leaf_key.read_text()

"""How is one question asked over TCP or TLS?"""

import asyncio
import datetime
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dns_world import WWW, answer_of, example_upstream, forwarding, run, upstream_at
from fake_upstream import running
from proxy.dns.errors import UpstreamUnreachable
from proxy.dns.labels import to_wire
from proxy.dns.plan import Protocol
from proxy.dns.records import A, Asked


def certificate(directory: Path, name: str) -> tuple[ssl.SSLContext, str]:
    """A self-signed certificate for a name; returns the server's context and the file to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, private = directory / "cert.pem", directory / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, private)
    return context, str(cert)


def test_a_tcp_connection_serves_many_questions() -> None:
    async def story() -> None:
        async with running(example_upstream()) as upstream:
            asking = forwarding(upstream_at(upstream.port, Protocol.TCP))
            names = [to_wire(f"n{n}.example") for n in range(20)]
            await asyncio.gather(*(asking.ask(Asked(name, A)) for name in names))

            assert (len(upstream.seen), upstream.connections) == (20, 1)
            await asking.close()

    run(story())


def test_dot_is_spoken_to_the_name_in_the_certificate(tmp_path: Path) -> None:
    context, trusted = certificate(tmp_path, "dns.example")

    async def story() -> None:
        async with running(example_upstream(), tls=context) as upstream:
            right = upstream_at(upstream.dot_port, Protocol.DOT, tls_name="dns.example", tls_ca=trusted)
            asking = forwarding(right)
            assert await answer_of(asking) == ("192.0.2.1",)
            await asking.ask(Asked(to_wire("again.example"), A))
            assert [(one.transport, one.connection) for one in upstream.seen] == [("dot", 1), ("dot", 1)]
            await asking.close()

    run(story())


@pytest.mark.parametrize(
    ("name", "trust"),
    [
        pytest.param("other.example", True, id="another name"),
        pytest.param("dns.example", False, id="not trusted"),
    ],
)
def test_dot_to_the_wrong_certificate_is_refused(tmp_path: Path, name: str, trust: bool) -> None:
    context, trusted = certificate(tmp_path, "dns.example")

    async def story() -> None:
        async with running(example_upstream(), tls=context) as upstream:
            wrong = upstream_at(
                upstream.dot_port, Protocol.DOT, tls_name=name, tls_ca=trusted if trust else ""
            )
            asking = forwarding(wrong)
            with pytest.raises(UpstreamUnreachable):
                await asking.ask(WWW)
            assert upstream.seen == []
            await asking.close()

    run(story())


def test_an_upstream_that_closes_an_idle_connection_is_asked_on_a_new_one() -> None:
    async def story() -> None:
        upstream = example_upstream()
        async with running(upstream) as first:
            asking = forwarding(upstream_at(first.port, Protocol.TCP))
            assert await answer_of(asking) == ("192.0.2.1",)
            exchange = asking._default._members[0]._stream
            assert exchange._connection is not None
            exchange._connection.writer.close()

            assert await answer_of(asking, Asked(WWW.name, 28)) == ()
            assert upstream.connections == 2
            await asking.close()

    run(story())

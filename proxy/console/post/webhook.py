"""How is one message handed to the school's own system, so that it knows it for ours and no other gets it?

A request is signed as many services do it: `Schoolgate-Signature: t=<seconds since 1970>,v1=<hex>`, where
`v1` is the HMAC-SHA256 of `<t>.<body>` under a secret that both sides hold.

The name is resolved here, each address is judged, and exactly the judged address is dialled. No redirect is
followed, and of the answer nothing but its first line is read.
"""

import hashlib
import hmac
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from proxy.console.post.server import cleaned
from proxy.console.site.secret import SecretProblem, read_secret
from proxy.lists.public_addresses import is_public
from proxy.settings.schema.incidents import WebhookSettings

SIGNATURE = "Schoolgate-Signature"
FIRST_LINE_BYTES = 4096
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where messages go.

    url          https; http for this machine alone
    secret_file  holds the secret; read for each message, so that it can be changed
    networks     ranges of addresses that are not public and that it may all the same be at
    timeout_s    for all of one message, from the first octet to the answer
    ca           PEM file with the authority of its certificate; None: those of the machine
    """

    url: str
    secret_file: Path
    networks: tuple[str, ...] = ()
    timeout_s: float = 10.0
    ca: Path | None = None


def webhook_of(settings: WebhookSettings | None) -> Webhook | None:
    """The webhook that the settings name, or None."""
    if settings is None:
        return None
    return Webhook(settings.url, settings.secret_file, settings.networks, settings.timeout_s)


class NotTaken(Exception):
    """The system did not take a message; it may take it another time. Says why, without an address.

    unreached   it is not about this message: no other would be taken now
    """

    def __init__(self, why: str, *, unreached: bool = True) -> None:
        super().__init__(cleaned(why))
        self.unreached = unreached


def hand_over(webhook: Webhook, body: str, at: datetime) -> None:
    """Give a message to the system; it has taken it when this returns. Raises NotTaken.

    body   JSON
    at     goes into the signature, so that nobody can send it again later
    """
    until = time.monotonic() + webhook.timeout_s
    try:
        where = _where(webhook.url)
        octets = _request(where, body.encode(), read_secret(webhook.secret_file), at)
        with _connected(webhook, where, until) as connection:
            connection.settimeout(_left(until))
            connection.sendall(octets)
            _judge(_first_line(connection, until))
    except SecretProblem as problem:
        raise NotTaken(str(problem)) from problem
    except TimeoutError as error:
        raise NotTaken("the webhook did not answer in time") from error
    except ssl.SSLCertVerificationError as error:
        raise NotTaken(f"the webhook's certificate is not accepted: {error.verify_message}") from error
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or type(error).__name__
        raise NotTaken(f"the webhook cannot be reached: {what}") from error


def signature(secret: str, body: bytes, at: datetime) -> str:
    """The value of the field that signs a message sent at a moment."""
    seconds = str(int(at.timestamp()))
    made = hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256)
    return f"t={seconds},v1={made.hexdigest()}"


def _where(url: str) -> SplitResult:
    where = urlsplit(url)
    plain = where.scheme == "http" and where.hostname in LOCAL
    if not where.hostname or not (where.scheme == "https" or plain):
        raise NotTaken("the webhook's address must begin with https://")
    return where


def _request(where: SplitResult, body: bytes, secret: str, at: datetime) -> bytes:
    target = (where.path or "/") + (f"?{where.query}" if where.query else "")
    fields = (
        f"POST {target} HTTP/1.1",
        f"Host: {where.netloc.rpartition('@')[2]}",
        "User-Agent: schoolgate",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"{SIGNATURE}: {signature(secret, body, at)}",
        "Connection: close",
    )
    return "".join(f"{field}\r\n" for field in fields).encode("ascii") + b"\r\n" + body


def _connected(webhook: Webhook, where: SplitResult, until: float) -> socket.socket:
    """A connection to an address that the settings allow, opened and, with https, proved to be the host."""
    host = where.hostname or ""
    secure = where.scheme == "https"
    plain = _dialled(_allowed(webhook, host, where.port or (443 if secure else 80)), until)
    if not secure:
        return plain
    try:
        plain.settimeout(_left(until))
        context = ssl.create_default_context(cafile=str(webhook.ca) if webhook.ca else None)
        return context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def _allowed(webhook: Webhook, host: str, port: int) -> list[tuple[str, int]]:
    """The addresses of a host. Raises NotTaken where one of them is not allowed: chance picks none."""
    try:
        told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror:
        raise NotTaken("the webhook's name cannot be resolved") from None
    found = list(dict.fromkeys(str(one[4][0]) for one in told))
    inside = [ip_network(network) for network in webhook.networks]
    for address in found:
        bare = ip_address(address.partition("%")[0])
        if not is_public(str(bare)) and not any(bare in network for network in inside):
            raise NotTaken("the webhook is at an address that is not public, and no setting allows it")
    return [(address, port) for address in found]


def _dialled(addresses: list[tuple[str, int]], until: float) -> socket.socket:
    problem: OSError = OSError("it has no address")
    for address in addresses:
        try:
            return socket.create_connection(address, timeout=_left(until))
        except TimeoutError:
            raise
        except OSError as error:
            problem = error
    raise problem


def _first_line(connection: socket.socket, until: float) -> bytes:
    line = b""
    while b"\n" not in line and len(line) < FIRST_LINE_BYTES:
        connection.settimeout(_left(until))
        octets = connection.recv(FIRST_LINE_BYTES)
        if not octets:
            break
        line += octets
    return line.partition(b"\n")[0]


def _judge(line: bytes) -> None:
    words = line.split(maxsplit=2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
        raise NotTaken("the webhook did not answer as a web server does")
    status = int(words[1][:3])
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise NotTaken(f"the webhook answered {status}; set the address it leads to: no redirect is followed")
    raise NotTaken(f"the webhook answered {status}", unreached=False)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left

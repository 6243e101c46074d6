"""How is one message handed to the school's own system, so that it knows it for ours and no other gets it?

A request is signed as many services do it: `Schoolgate-Signature: t=<seconds since 1970>,v1=<hex>`, where
`v1` is the HMAC-SHA256 of `<t>.<body>` under a secret that both sides hold.

The name is resolved here, each address is judged, and exactly the judged address is dialled. No redirect is
followed, and of the answer nothing but its first line is read, after those of interim ones (`100 Continue`).
One deadline holds for all of it.
"""

import hashlib
import hmac
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from proxy.console.post.looking_up import addresses_of
from proxy.console.post.server import cleaned
from proxy.console.site.secret import SecretProblem, read_secret
from proxy.settings.schema.incidents import WebhookSettings
from proxy.settings.webhook_address import NoAddress, WebhookAddress, is_allowed, is_here, webhook_address

SIGNATURE = "Schoolgate-Signature"
HEADS_BYTES = 16_384
"""So much of an answer is read at most, with all that comes before it (RFC 9110, section 15.2)."""
_STATUS = re.compile(rb"HTTP/1\.[0-9] +([0-9]{3})(?!\S)")
UNUSABLE = "nothing is sent to the webhook's address: it must be https, without a name or password in it"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where messages go.

    url          as `webhook_address` reads it
    secret_file  holds the secret; read for each message, so that it can be changed
    networks     ranges of addresses that are not public and that it may all the same be at
    timeout_s    for all of one message, from the look-up of the name to the answer
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


def hand_over(webhook: Webhook, body: str, now: Callable[[], datetime]) -> None:
    """Give a message to the system; it has taken it when this returns. Raises NotTaken.

    body   JSON
    now    tells the moment of sending, which is signed too, so that nobody can send it again later
    """
    until = time.monotonic() + webhook.timeout_s
    try:
        where, secret = webhook_address(webhook.url), read_secret(webhook.secret_file)
        with _connected(webhook, where, until) as connection:
            _send(connection, _request(where, body.encode(), secret, now()), until)
            _judge(_final_line(connection, until))
    except SecretProblem as problem:
        raise NotTaken(str(problem)) from problem
    except NoAddress as problem:
        raise NotTaken(UNUSABLE) from problem
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


def _request(where: WebhookAddress, body: bytes, secret: str, at: datetime) -> bytes:
    fields = (
        f"POST {where.target} HTTP/1.1",
        f"Host: {where.field}",
        "User-Agent: schoolgate",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"{SIGNATURE}: {signature(secret, body, at)}",
        "Connection: close",
    )
    return "".join(f"{field}\r\n" for field in fields).encode("ascii") + b"\r\n" + body


def _connected(webhook: Webhook, where: WebhookAddress, until: float) -> socket.socket:
    """A connection to an address that the settings allow, opened and, with https, proved to be the host."""
    plain = _dialled(_allowed(webhook, where, until), until)
    if not where.is_secure:
        return plain
    try:
        plain.settimeout(_left(until))
        context = ssl.create_default_context(cafile=str(webhook.ca) if webhook.ca else None)
        return context.wrap_socket(plain, server_hostname=where.host)
    except BaseException:
        plain.close()
        raise


def _allowed(webhook: Webhook, where: WebhookAddress, until: float) -> list[tuple[str, int]]:
    """The addresses of a host. Raises NotTaken where one of them is not allowed: chance picks none."""
    try:
        found = addresses_of(where.host, _left(until))
    except socket.gaierror:
        raise NotTaken("the webhook's name cannot be resolved") from None
    if not all(is_allowed(address, webhook.networks) for address in found):
        raise NotTaken("the webhook is at an address that is not public, and no setting allows it")
    if not where.is_secure and not all(is_here(address) for address in found):
        raise NotTaken("the webhook's name leads away from this machine, and without https nothing is sent")
    return [(address, where.port) for address in found]


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


def _send(connection: socket.socket, octets: bytes, until: float) -> None:
    left = memoryview(octets)
    while left:
        connection.settimeout(_left(until))
        left = left[connection.send(left) :]


def _final_line(connection: socket.socket, until: float) -> bytes:
    """The first line of the answer; interim ones are read over, with their fields."""
    lines = _lines(connection, until)
    for line in lines:
        told = _STATUS.match(line)
        if told is None or not told[1].startswith(b"1"):
            return line
        while next(lines, b"").strip():
            pass
    return b""


def _lines(connection: socket.socket, until: float) -> Iterator[bytes]:
    come, read = b"", 0
    while read < HEADS_BYTES:
        connection.settimeout(_left(until))
        octets = connection.recv(HEADS_BYTES - read)
        if not octets:
            break
        read += len(octets)
        *whole, come = (come + octets).split(b"\n")
        yield from whole
    yield come


def _judge(line: bytes) -> None:
    told = _STATUS.match(line)
    if told is None:
        raise NotTaken("the webhook did not answer as a web server does")
    status = int(told[1])
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

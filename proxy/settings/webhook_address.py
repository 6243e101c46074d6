"""At which address may the school's own system be? The settings and whatever sends ask this one rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import quote, urlsplit

from proxy.decision.names import NameProblem, canonical_host, is_address
from proxy.lists.public_addresses import is_public

EXAMPLE = "for example https://desk.example.org/schoolgate"
_HERE = {"localhost": "127.0.0.1"}
_AS_THEY_ARE = "/?%:@!$&'()*+,;=-._~"
"""What paths and queries hold beside letters and digits (RFC 3986, section 3.3); all else is escaped."""


class NoAddress(ValueError):
    """No message goes there. Says why, without what may be a password; `hint` says what would be right."""

    def __init__(self, why: str, hint: str = EXAMPLE) -> None:
        super().__init__(why)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class WebhookAddress:
    """Where messages go.

    is_secure   whether by https
    host        canonical: a name in ASCII, or an address
    field       the Host field of a request
    target      path and query of a request, in ASCII
    """

    is_secure: bool
    host: str
    port: int
    field: str
    target: str

    @property
    def literal(self) -> str:
        """The address that the host is by itself; "" for a name that has to be looked up."""
        return self.host if is_address(self.host) else _HERE.get(self.host, "")


def webhook_address(url: str) -> WebhookAddress:
    """Read an address: https, or http where it is this machine. Raises NoAddress."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NoAddress(_no_page(url)) from error
    if "@" in parts.netloc:
        hint = "leave away what stands before the @; messages are known by their signature"
        raise NoAddress("an address that messages go to holds no name and no password", hint)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.fragment or port == 0:
        raise NoAddress(_no_page(url))
    host = _host(url, parts.hostname)
    if parts.scheme == "http" and not is_here(host):
        hint = f"write https://{parts.netloc}"
        raise NoAddress(f"{_quoted(url)} would tell of incidents in the clear", hint)
    field = f"[{host}]" if ":" in host else host
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return WebhookAddress(
        parts.scheme == "https",
        host,
        port or (443 if parts.scheme == "https" else 80),
        field if port is None else f"{field}:{port}",
        quote(target, _AS_THEY_ARE),
    )


def is_here(host: str) -> bool:
    """Whether a canonical host is this machine by its very name or address."""
    return host in _HERE or (is_address(host) and ip_address(host).is_loopback)


def is_allowed(address: str, networks: Sequence[str]) -> bool:
    """Whether messages may go to an IP address: a public one, or one in the ranges that the settings name."""
    bare = ip_address(address.partition("%")[0])
    return is_public(str(bare)) or any(bare in ip_network(network) for network in networks)


def _host(url: str, text: str) -> str:
    try:
        return canonical_host(f"[{text}]" if ":" in text else text)
    except NameProblem as problem:
        raise NoAddress(f"{_quoted(url)} has no host that can be reached: {problem}") from problem


def _no_page(url: str) -> str:
    return f"{_quoted(url)} is no address of a page"


def _quoted(url: str) -> str:
    """An address as far as it can be repeated: nothing that may hold a password."""
    return "this" if "@" in url else f"'{url[:80]}'"

"""What did an adapter see, who asked, and when?"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from proxy.decision.signs import Sign
from proxy.decision.urls import Url
from proxy.decision.values import quickly_made


class Stage(Enum):
    """Where an attempt shows itself: a DNS question, a TLS handshake, an HTTP request."""

    DNS = "dns"
    TLS = "tls"
    HTTP = "http"

    __hash__ = object.__hash__  # members are singletons; Enum's own hash is a call of Python for each look-up


class Trait(Enum):
    """Something about an attempt that only its adapter can see and that a check may judge."""

    NO_SNI = "no_sni"
    NOT_TLS = "not_tls"
    NOT_HTTP = "not_http"
    HOST_MISMATCH = "host_mismatch"
    WEBSOCKET = "websocket"
    FINAL_ADDRESS = "final_address"
    ALIAS_TARGET = "alias_target"

    __hash__ = object.__hash__  # as above


@quickly_made
@dataclass(frozen=True, slots=True)
class Attempt:
    """One thing a client tried, as an adapter saw it.

    client           the peer's IP address in canonical spelling; never taken from a header
    host             canonical host (names.canonical_host)
    url              at stage HTTP the whole URL; its host equals `host`
    login            the name that explicit-proxy authentication proved, or None
    method           HTTP method, or the DNS question's type (`A`, `HTTPS`)
    referring_host   canonical host of the Referer field, or ""
    port             where no URL says it: the port that the client connects to, or 0
    signs            what detectors saw in it
    """

    client: str
    stage: Stage
    host: str
    url: Url | None = None
    login: str | None = None
    method: str = ""
    referring_host: str = ""
    traits: frozenset[Trait] = frozenset()
    port: int = 0
    signs: tuple[Sign, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks, as far as the gateway may know: never a name, at most a roster id.

    id             the roster's `sourcedId` or the device's id; "" for an unidentified client
    group          id of the policy group that the subject belongs to
    scopes         ids of the policy scopes that apply, most specific first: device, classes,
                   group, school, district
    minor          under 17 years (47 U.S.C. 254(h)(7)(D)); an unidentified client is a minor
    inspectable    the device trusts the school's CA and its traffic passes the proxy
    """

    group: str
    scopes: tuple[str, ...]
    minor: bool = True
    id: str = ""
    school: str = ""
    grade: str = ""
    classes: tuple[str, ...] = ()
    inspectable: bool = False
    network: str = ""


@quickly_made
@dataclass(frozen=True, slots=True)
class Request:
    """An attempt with its subject and the moment it is judged at.

    at    aware, in the policy's time zone
    """

    attempt: Attempt
    subject: Subject
    at: datetime = field()

"""What can a detector look at? Plain values of one attempt, as an adapter or a recording saw it."""

from dataclasses import dataclass, field
from enum import Enum

from proxy.decision.urls import Url
from proxy.decision.values import quickly_made

MAX_BODY = 128 * 1024
"""How many octets of a body, request's or answer's, are looked at in one piece."""
MAX_WORKER = 1024 * 1024
"""How many of a script that a browser fetches to run it as a worker: there are few, and all of it counts."""
MAX_LONG = 4 * 1024 * 1024
"""How many of a page, a script or WebAssembly are looked at altogether, in pieces."""
MAX_FIRST = 4 * 1024
"""How many of the first octets of a stream are ever looked at."""
MAX_MESSAGES = 32
"""How many of the first messages of each side of a WebSocket are looked at in all ways (`exchange.talk`)."""

type Fields = tuple[tuple[str, str], ...]
"""Header fields in the order they came, names in lower case; a name may come several times."""


class Form(Enum):
    """How a request names its target (RFC 9112, section 3.2)."""

    ORIGIN = "origin"
    ABSOLUTE = "absolute"
    AUTHORITY = "authority"


class Transport(Enum):
    """What carries a DNS question or the first octets of a connection."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"
    QUIC = "quic"
    HTTPS = "https"


@quickly_made
@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request, as far as it has come.

    body   decoded (no gzip): of live traffic one piece of it (`kinds.body_limit`), of a recording the first
           MAX_LONG octets at most
    """

    status: int
    fields: Fields = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Message:
    """One WebSocket message.

    payload   the first MAX_FIRST octets at most
    """

    from_client: bool
    is_text: bool
    payload: bytes


@quickly_made
@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request, with the answer once there is one.

    url          canonical; its host is what is asked for, whatever other fields say
    target       the request's target as it was sent: spelling is evidence
    body         decoded, the first MAX_BODY octets at most
    is_explicit  the client sent it to us as its proxy
    destination  where the client's connection leads, as `address:port`, when that is known; ""
    sni          the name in the handshake around it, canonical; ""
    certificate  the names that the server's certificate covers, as it has them
    client       the address that it comes from, canonical; "" when unknown
    left_out     how many messages came before the first of these; where there were some, all are of one side,
                 later than its first, and only the last is looked at
    """

    method: str
    url: Url
    target: str = ""
    form: Form = Form.ORIGIN
    fields: Fields = ()
    body: bytes = b""
    is_explicit: bool = False
    destination: str = ""
    sni: str = ""
    certificate: tuple[str, ...] = ()
    answer: Answer | None = None
    messages: tuple[Message, ...] = ()
    client: str = ""
    left_out: int = 0

    def field(self, name: str) -> str:
        """The first value of a header field (name in lower case), or ""."""
        for key, value in self.fields:
            if key == name:
                return value
        return ""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a DNS answer: its type as `A` or `TYPE65280`, its data as a zone file writes it."""

    type: str
    data: str


@dataclass(frozen=True, slots=True)
class Question:
    """One DNS question, with its answer once there is one.

    client     whoever asked: an address, or what stands for one; tells clients apart and nothing else
    name       as it was asked, without its last dot; spelling is evidence
    type       `A`, `HTTPS`, `NULL`, `TYPE65280`
    resolver   whom it was sent to, "" or an address of ours for the gateway itself
    at         seconds on any clock that only goes forward; `seq` of a recording will do
    rcode      `NOERROR`, `NXDOMAIN` ...; "" while there is no answer
    """

    client: str
    name: str
    type: str
    transport: Transport = Transport.UDP
    resolver: str = ""
    at: float = 0.0
    answers: tuple[Record, ...] = ()
    rcode: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """The beginning of one connection, or of one flow of datagrams.

    destination   address that the client sends to, canonical; "" when unknown
    first         the client's first octets (of a stream inside TLS: what is inside), at most MAX_FIRST
    server_first  the server's first octets, at most MAX_FIRST
    is_inside     these octets stood inside intercepted TLS
    sni           the name in the ClientHello, canonical; "" when it has none or it is no ClientHello
    alpn, ech     what the ClientHello offers
    resolved      addresses that our resolver gave this client for `sni`, empty where it has none; None: not
                  known, which says nothing
    ja3, ja4      fingerprints; they support, and never decide
    is_asked      a client of our explicit proxy asks for a tunnel to `sni` or `destination`; nothing came yet
    is_carried    it comes through the gateway's own door, which has ports of its own
    is_ours       a setting opens its destination
    told          whether our resolver told this client `destination`, for any name; None: not known
    asks          whether this client asks our resolver at all; None: not known
    refused       how many times the client reached `sni` or `host`, which our resolver refuses it; 0: it does
                  not
    host          the name in the Host field of a plain request, canonical
    """

    transport: Transport
    port: int
    destination: str = ""
    first: bytes = b""
    server_first: bytes = b""
    is_inside: bool = False
    sni: str = ""
    alpn: tuple[str, ...] = ()
    ech: bool = False
    resolved: frozenset[str] | None = None
    ja3: str = ""
    ja4: str = ""
    user_agent: str = field(default="")
    is_asked: bool = False
    is_carried: bool = False
    is_ours: bool = False
    told: bool | None = None
    asks: bool | None = None
    refused: int = 0
    host: str = ""

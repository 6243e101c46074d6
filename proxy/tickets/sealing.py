"""How does a ticket travel in a link, so that nobody can forge, change or read it?

A token is `g1.<key id>.<body>`: the body is base64url of a 12-byte nonce and the claims, as JSON,
deflated when that is shorter, sealed with AES-256-GCM whose 16-byte tag signs the whole token.
Sealed and not merely signed: a script of a site of which only one page is blocked can fetch that
page and read the token, and must not learn the child's group or a pseudonym to track it by.
"""

import base64
import binascii
import json
import re
import secrets
import zlib
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from proxy.tickets.claims import TicketClaims, from_plain, to_plain
from proxy.tickets.errors import TicketBad, TicketExpired
from proxy.tickets.keyring import Key, Keyring

PREFIX = "g1"
MAX_TOKEN = 4000
MAX_PLAIN = 16_384
NONCE_BYTES = 12

_TOKEN = re.compile(r"g1\.([0-9a-f]{8})\.([A-Za-z0-9_-]{40,})\Z", re.ASCII)
_PLAIN, _DEFLATED = b"j", b"z"


def sign(claims: TicketClaims, keyring: Keyring) -> str:
    """Return the token of these claims, sealed with the keyring's current key.

    At most MAX_TOKEN characters of the base64url alphabet and dots: it can stand in a query as it is.
    """
    key = keyring.current()
    plain = json.dumps(to_plain(claims), separators=(",", ":"), ensure_ascii=False).encode()
    deflated = zlib.compress(plain, 9)
    packed = _DEFLATED + deflated if len(deflated) < len(plain) else _PLAIN + plain
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = nonce + AESGCM(key.secret).encrypt(nonce, packed, _label(key.id))
    return f"{PREFIX}.{key.id}.{_encode(sealed)}"


def verify(token: str, keyring: Keyring, at: datetime) -> TicketClaims:
    """Open a token at an aware moment and return what it claims.

    Raises TicketBad, TicketUnknownKey or TicketExpired, and nothing else, for any text.
    """
    if len(token) > MAX_TOKEN:
        raise TicketBad(f"a ticket has at most {MAX_TOKEN} characters, this has {len(token)}")
    match = _TOKEN.match(token)
    if match is None:
        raise TicketBad("this is not a ticket; copy the whole link from the block page")
    claims = from_plain(_open(_decode(match.group(2)), keyring.key(match.group(1))))
    if at >= claims.expires:
        raise TicketExpired(f"the ticket was good until {claims.expires:%Y-%m-%d %H:%M} UTC")
    return claims


def _open(sealed: bytes, key: Key) -> object:
    try:
        packed = AESGCM(key.secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _label(key.id))
    except (InvalidTag, ValueError) as error:
        raise TicketBad("the ticket was changed on its way; copy the whole link again") from error
    try:
        plain = _inflate(packed[1:]) if packed[:1] == _DEFLATED else packed[1:]
        return json.loads(plain)
    except (ValueError, zlib.error, RecursionError) as error:
        raise TicketBad("the ticket's content cannot be read") from error


def _inflate(deflated: bytes) -> bytes:
    stream = zlib.decompressobj()
    plain = stream.decompress(deflated, MAX_PLAIN)
    if not stream.eof:
        raise ValueError("longer than any ticket")
    return plain


def _label(key_id: str) -> bytes:
    return f"{PREFIX}.{key_id}".encode("ascii")


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    """Decode base64url; only the one spelling that `_encode` gives is accepted."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise TicketBad("the ticket was cut on its way; copy the whole link again") from error
    if _encode(raw) != text:
        raise TicketBad("the ticket was changed on its way; copy the whole link again")
    return raw

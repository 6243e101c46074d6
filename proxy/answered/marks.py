"""Where does a row stand, and how is it known again? By hashes that say nothing to whoever lacks the key.

Each client has two secret numbers of its own, made by BLAKE2b with the key. What is said about it becomes one
number, which is multiplied by the first and added to the second, and the upper half of that is the mark: a
universal family of hash functions, at a fraction of what a keyed digest for each row would cost.
"""

import hashlib
from enum import IntEnum
from socket import AF_INET, AF_INET6, inet_pton

MAX_CLIENTS = 20_000
MAX_NAMES = 20_000
WORD = 0xFFFFFFFF
_ALL = (1 << 192) - 1

type Secret = tuple[int, int]
type Mark = tuple[int, int, int]
"""Bucket (before it is cut to a table's size), tag (tells its rows from others there), what hides values."""


class Kind(IntEnum):
    """What a row says.

    FOUR, SIX    this address was told to this client
    NAME_FOUR    this name was answered to this client, with an address that begins so; NAME_SIX likewise
    REFUSED      this name was refused to this client
    ASKS         this client asks us, since then
    """

    FOUR = 1
    SIX = 2
    NAME_FOUR = 3
    NAME_SIX = 4
    REFUSED = 5
    ASKS = 6


_KINDS = {kind: kind.value << 128 for kind in Kind}
_FOUR, _SIX = _KINDS[Kind.FOUR], _KINDS[Kind.SIX]


class Marks:
    """Makes marks.

    key    16 to 64 octets
    """

    def __init__(self, key: bytes) -> None:
        self._keyed = hashlib.blake2b(key=key, digest_size=48)
        self._clients: dict[str, Secret] = {}
        self._names: dict[str, int] = {}

    def secret(self, client: str) -> Secret:
        """A client's two numbers."""
        known = self._clients.get(client)
        if known is None:
            if len(self._clients) >= MAX_CLIENTS:
                self._clients.clear()
            hashed = self._keyed.copy()
            hashed.update(client.encode())
            digest = hashed.digest()
            known = int.from_bytes(digest[:24]) | 1, int.from_bytes(digest[24:])
            self._clients[client] = known
        return known

    def of(self, kind: Kind, client: str, name: str = "") -> Mark:
        """The mark of what is said about a client, and a name."""
        number = self._names.get(name)
        if number is None:
            if len(self._names) >= MAX_NAMES:
                self._names.clear()
            digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
            number = self._names[name] = int.from_bytes(digest)
        return _mark(self.secret(client), _KINDS[kind] | number)

    def of_address(self, client: str, address: bytes) -> Mark:
        """The mark of an address, packed, that a client was told."""
        kind = _FOUR if len(address) == 4 else _SIX
        return _mark(self.secret(client), kind | int.from_bytes(address))


def packed(address: str) -> bytes:
    """The octets of a canonical address.

    Raises OSError for a text that is none.
    """
    return inet_pton(AF_INET6 if ":" in address else AF_INET, address)


def _mark(secret: Secret, number: int) -> Mark:
    number = (number * secret[0] + secret[1] & _ALL) >> 96
    return number >> 64, number >> 32 & WORD, number & WORD

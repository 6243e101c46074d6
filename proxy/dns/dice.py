"""Which id, port and spelling does a question to an upstream get, so that nobody can guess them?

Randomness comes from the operating system, a block at a time: an off-path attacker who sees some of
our queries must not learn the next ones (RFC 5452).
"""

import os

BLOCK_OCTETS = 4096
LOWEST_PORT = 10_240

_BEHIND_NAME = 4  # octets of a question: type and class
_number = int.from_bytes
_CASE_BIT = bytes(0x20 if chr(octet).islower() and octet < 128 else 0 for octet in range(256))


class Dice:
    """Unpredictable numbers in small pieces."""

    def __init__(self) -> None:
        self._block = b""
        self._at = 0

    def octets(self, count: int) -> bytes:
        """Return `count` random octets, at most 4,096."""
        if self._at + count > len(self._block):
            self._block, self._at = os.urandom(BLOCK_OCTETS), 0
        self._at += count
        return self._block[self._at - count : self._at]

    def for_question(self, question: bytes) -> tuple[bytes, int, bytes]:
        """Return a message id, a number from 0 to 255, and a question's octets in a random spelling.

        question   name in lower case, type and class
        """
        count = len(question)
        begin, end = self._at + 3, self._at + 3 + count - _BEHIND_NAME
        if end > len(self._block):
            self._block, begin, end = os.urandom(BLOCK_OCTETS), 3, 3 + count - _BEHIND_NAME
        self._at, block = end, self._block
        drawn = _number(block[begin:end]) << 8 * _BEHIND_NAME  # type and class stay as they are
        spelled = (_number(question) ^ _number(question.translate(_CASE_BIT)) & drawn).to_bytes(count)
        return block[begin - 3 : begin - 1], block[begin - 1], spelled

    def ident(self) -> bytes:
        """Return a message id."""
        return self.octets(2)

    def below(self, bound: int) -> int:
        """Return a number from 0 to bound - 1, for bounds far below 2**32."""
        return int.from_bytes(self.octets(4)) % bound

    def port(self) -> int:
        """Return a source port outside the range of well-known services."""
        return LOWEST_PORT + self.below(65_536 - LOWEST_PORT)

    def spelling(self, name: bytes) -> bytes:
        """Write a folded wire name with random upper and lower case (DNS 0x20)."""
        count = len(name)
        flipped = int.from_bytes(name.translate(_CASE_BIT)) & int.from_bytes(self.octets(count))
        return (int.from_bytes(name) ^ flipped).to_bytes(count)

"""Does any text make the reading of tickets and codes raise something undocumented?

    python tests/fuzz/fuzz_tickets.py --seconds 60

Half of the texts are mutations of genuine tickets, and every second of those is sealed anew around
damaged content, so that what lies behind the seal is reached too.
"""

import argparse
import base64
import contextlib
import os
import random
import sys
import tempfile
import time
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from proxy.tickets.claims import TicketClaims
from proxy.tickets.codes import parse_code
from proxy.tickets.errors import CodeProblem, TicketProblem
from proxy.tickets.keyring import Keyring
from proxy.tickets.sealing import sign, verify

NOW = datetime(2026, 11, 23, 16, 40, tzinfo=UTC)
CLAIMS = TicketClaims(
    "01m84menr0xwge1k4x00000000", NOW, "gw-1", "abcdefgh", "middle", "https://games.example/", "games",
    "local", "category", "starter-games", 12, 7, 3, NOW + timedelta(days=30), "7KQ29FXM",
)  # fmt: skip
BODIES = (
    b"{}",
    b"[" * 5000,
    b'{"t":1,"p":99999999999}',
    b'{"t":1e400,"p":1}',
    b"\xff",
    b'{"t":1,"p":2,"u":[]}',
)
BOMB = b"z" + zlib.compress(bytes(10**6))


def mutated(text: str, dice: random.Random) -> str:
    """Change, cut or repeat some characters."""
    letters = list(text)
    for _ in range(dice.randrange(1, 6)):
        at = dice.randrange(len(letters) + 1)
        letters[at : at + dice.randrange(3)] = dice.choices("Ag1.-_=\x00é\ud800", k=dice.randrange(3))
    return "".join(letters)


def sealed(keyring: Keyring, dice: random.Random) -> str:
    """Seal broken content with the genuine key."""
    key = keyring.current()
    body = dice.choice(BODIES) + dice.randbytes(dice.randrange(4))
    packed = dice.choice((b"j" + body, b"z" + zlib.compress(body), b"z" + body, b"", BOMB))
    nonce = os.urandom(12)
    raw = nonce + AESGCM(key.secret).encrypt(nonce, packed, f"g1.{key.id}".encode())
    return f"g1.{key.id}.{base64.urlsafe_b64encode(raw).rstrip(b'=').decode()}"


def fuzz(seconds: float, seed: int) -> int:
    """Feed texts for so long and return how many; an undocumented error ends the run."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as directory:
        keyring = Keyring.open_or_create(Path(directory) / "tickets.json", NOW)
        end, count = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            genuine = sign(replace(CLAIMS, url=CLAIMS.url + "x" * dice.randrange(200)), keyring)
            text = mutated(genuine, dice) if dice.random() < 0.5 else sealed(keyring, dice)
            with contextlib.suppress(TicketProblem):
                verify(text, keyring, NOW)
            with contextlib.suppress(CodeProblem):
                parse_code(mutated("7KQ2-9FXM", dice))
            count += 1
    return count


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=None, help="repeat a run")
    arguments = parser.parse_args()
    chosen = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {chosen}", file=sys.stderr)
    print(f"{fuzz(arguments.seconds, chosen)} texts, no undocumented error")

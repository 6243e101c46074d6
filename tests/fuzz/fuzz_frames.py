"""Do messages of a WebSocket, first or later ones, make a detector raise, or take longer than they may?

Run as `python tests/fuzz/fuzz_frames.py --seconds 10 [--seed N]`. Changes first messages of Wisp, VLESS,
Trojan, SOCKS, TLS, DNS and others; prints the input of each failure and ends with status 1.
"""

import argparse
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

from proxy.bypass.exchange.detectors import MESSAGE_DETECTORS, REQUEST_DETECTORS
from proxy.bypass.exchange.question import read_answer, read_question
from proxy.bypass.exchange.sides import REACH
from proxy.bypass.exchange.talk import Talk
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import MAX_FIRST, MAX_MESSAGES, Exchange, Message
from proxy.bypass.surroundings import Surroundings
from proxy.decision.urls import Url
from proxy.settings.bypass.reading import read_knowledge

MAX_SECONDS = 0.2
"""For eight messages of MAX_FIRST octets; ordinary ones take a ten-thousandth of it."""
FIRST = (
    bytes.fromhex("030000000080000000"),
    bytes.fromhex("0500000000020001000000000200000000"),
    bytes.fromhex("010700000001bb01") + b"games.example",
    b"\0" + bytes(range(1, 17)) + b"\0\x01\x01\xbb\x02\x0dgames.example",
    b"a1" * 28 + b"\r\n\x01\x03\x0dgames.example\x01\xbb\r\n",
    b"\x05\x01\0", b"\x04\x01\x01\xbb\xc0\0\x02\x01\0", b"SSH-2.0-x\r\n", b"RFB 003.008\n",
    b"6.select,3.rdp;",
    bytes.fromhex("1603010200010001fc0303") + bytes(60) + b"\0\0\0\x12\0\x10\0\0\x0dgames.example",
    bytes.fromhex("000300002112a442") + bytes(12),
    bytes.fromhex("123401000001000000000000") + b"\x05games\x07example\0\0\x01\0\x01",
    b'{"event":"system/init"}',
)  # fmt: skip


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Flip, cut, repeat or insert a few octets."""
    out = bytearray(data)
    for _ in range(dice.randint(0, 6)):
        at = dice.randrange(len(out) + 1)
        match dice.randrange(4):
            case 0 if at < len(out):
                out[at] = dice.randrange(256)
            case 1:
                del out[at:]
            case 2:
                out[at:at] = dice.choice((dice.randbytes(20), b"\0" * 4000, b"1," * 900))
            case _:
                out += out[at : at + 40]
    return bytes(out[:MAX_FIRST])


def read(messages: tuple[Message, ...], knowledge: Knowledge) -> None:
    """Ask every detector. Raises whatever one of them raises."""
    protocol = messages[0].payload[:200].decode("latin-1")
    fields = (("upgrade", "websocket"), ("sec-websocket-protocol", protocol))
    seen = Exchange(
        "GET", Url("https", "a.example.org", 443, f"/{protocol}"), fields=fields, messages=messages
    )
    for detector in (*REQUEST_DETECTORS, *MESSAGE_DETECTORS):
        list(detector(seen, knowledge))
    for message in messages:
        read_question(message.payload)
        read_answer(message.payload)
    later = replace(seen, fields=fields[:1])
    talk = begun()
    for shown in filter(None, map(talk.take, messages * 2)):
        assert 0 < len(shown.messages) <= REACH + 1
        for detector in MESSAGE_DETECTORS:
            list(detector(replace(later, messages=shown.messages, left_out=shown.left_out), knowledge))


def begun() -> Talk:
    """A talk whose next messages are later ones."""
    talk = Talk()
    for number in range(2 * MAX_MESSAGES):
        talk.take(Message(number % 2 == 0, True, b"hello"))
    return talk


def main() -> int:
    """Fuzz until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    dice = random.Random(args.seed)
    knowledge, _ = read_knowledge(Path(__file__).parents[2] / "blocklists/bypass", Surroundings())
    ends, runs = time.monotonic() + args.seconds, 0
    while time.monotonic() < ends:
        messages = tuple(
            Message(dice.random() < 0.5, dice.random() < 0.3, mutated(dice.choice(FIRST), dice))
            for _ in range(dice.randint(1, 8))
        )
        runs += 1
        begun = time.process_time()
        try:
            read(messages, knowledge)
        except Exception as error:  # noqa: BLE001  (whatever comes out is what is looked for)
            print(f"{type(error).__name__}: {error}\n{messages!r}")
            return 1
        if time.process_time() - begun > MAX_SECONDS:
            print(f"took {time.process_time() - begun:.2f} s\n{messages!r}")
            return 1
    print(f"{runs} inputs, no undocumented error")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Is a name blocked or open, as one resolver on loopback says?"""

import secrets
import socket
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"
STUB_ADDRESS = socket.inet_aton("192.0.2.7")
_SERVFAIL = 2
_TYPE_A = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    blocked   no answer of the stub behind it: NXDOMAIN, REFUSED, NODATA, another address
    """

    rcode: int
    blocked: bool

    @property
    def open(self) -> bool:
        """The stub's own address came back."""
        return self.rcode == 0 and not self.blocked


def question(name: str, number: int) -> bytes:
    """One question for addresses, in wire form, with recursion desired."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + struct.pack(">BHH", 0, _TYPE_A, 1)


def ask(port: int, name: str, timeout_s: float = 1.0) -> Answer | None:
    """Ask once over UDP; None when no answer came in time."""
    wire = question(name, secrets.randbits(16))
    deadline = time.monotonic() + timeout_s
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect((LOOPBACK, port))
        try:
            asking.send(wire)
            while (left := deadline - time.monotonic()) > 0:
                asking.settimeout(left)
                answer = asking.recv(4096)
                if len(answer) >= 12 and answer[:2] == wire[:2]:
                    return _read(answer)
        except OSError:  # nothing listens there yet, or nothing came
            return None
    return None


def _read(answer: bytes) -> Answer:
    rcode = answer[3] & 15
    return Answer(rcode, rcode != _SERVFAIL and STUB_ADDRESS not in answer)


def until_blocked(port: int, names: Sequence[str], lives: Callable[[], bool], limit_s: float) -> float | None:
    """Ask for names until each was blocked; return the moment (monotonic), None when that never came.

    A fresh label goes in front each time, so that no cache answers.
    """
    deadline = time.monotonic() + limit_s
    left, asked = list(names), 0
    while lives() and time.monotonic() < deadline:
        asked += 1
        answer = ask(port, f"n{asked}.{left[0]}", 0.25)
        if answer is not None and answer.blocked:
            left.pop(0)
            if not left:
                return time.monotonic()
        else:
            time.sleep(0.01)
    return None


def until_answered(port: int, lives: Callable[[], bool], limit_s: float) -> float | None:
    """Ask until anything comes back; return the moment (monotonic), None when that never came."""
    deadline = time.monotonic() + limit_s
    while lives() and time.monotonic() < deadline:
        if ask(port, "ready.example", 0.25) is not None:
            return time.monotonic()
        time.sleep(0.01)
    return None


def wrong_answers(port: int, listed: Sequence[str], allowed: Sequence[str]) -> str:
    """Say in words how many of the names were judged wrongly; "" when none was."""
    let_pass = sum(not _is_blocked(ask(port, name, 2.0)) for name in listed)
    kept_back = sum(not _is_open(ask(port, name, 2.0)) for name in allowed)
    said = []
    if let_pass:
        said.append(f"{let_pass} of {len(listed)} listed names were not blocked")
    if kept_back:
        said.append(f"{kept_back} of {len(allowed)} allowed names were not answered")
    return ", ".join(said)


def _is_blocked(answer: Answer | None) -> bool:
    return answer is not None and answer.blocked


def _is_open(answer: Answer | None) -> bool:
    return answer is not None and answer.open


def free_port() -> int:
    """A port of loopback that nothing uses, for UDP and TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            tcp.bind((LOOPBACK, 0))
            port: int = tcp.getsockname()[1]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                try:
                    udp.bind((LOOPBACK, port))
                except OSError:
                    continue
                return port

"""Which addresses has a name, told within a time?

The machine's own look-up knows no deadline of ours. It runs in a thread of its own, one at a time: where it
hangs, whoever asked goes on, and who asks next waits for it no longer than for an answer.
"""

import socket
import threading
import time
from queue import Empty, SimpleQueue

type _Answer = tuple[str, ...] | OSError

_one_at_a_time = threading.Lock()


def addresses_of(host: str, timeout_s: float) -> tuple[str, ...]:
    """The addresses of a canonical host, each once. Raises TimeoutError, or gaierror where it has none."""
    until = time.monotonic() + timeout_s
    if not _one_at_a_time.acquire(timeout=timeout_s):
        raise TimeoutError
    answers: SimpleQueue[_Answer] = SimpleQueue()
    try:
        threading.Thread(target=_look_up, args=(host, answers), name="look-up", daemon=True).start()
    except RuntimeError:  # no thread is to be had
        _one_at_a_time.release()
        raise
    try:
        answer = answers.get(timeout=max(0.0, until - time.monotonic()))
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _look_up(host: str, answers: SimpleQueue[_Answer]) -> None:
    try:
        told = socket.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
        answers.put(tuple(dict.fromkeys(str(one[4][0]) for one in told)))
    except OSError as error:
        answers.put(error)
    finally:
        _one_at_a_time.release()

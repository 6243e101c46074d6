"""Which event is meant? An id that sorts by time and that no two workers or restarts share.

26 characters of Crockford's base32 in lower case, 128 bits: milliseconds since 1970 (48), a number
drawn at random when the worker starts (40), and the worker's count of events (40).
"""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26
BOOT_BITS = 40
_BOOT_MASK = (1 << BOOT_BITS) - 1
_PAIRS = tuple(a + b for a in ALPHABET for b in ALPHABET)
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_SHIFTS = tuple(range(120, -1, -10))


def new_boot() -> int:
    """Draw the number that tells this start of a worker from every other."""
    return secrets.randbits(BOOT_BITS)


def event_id(time_us: int, boot: int, sequence: int) -> str:
    """Spell the id of a worker's `sequence`-th event since its start.

    time_us    microseconds since 1970
    """
    value = (time_us // 1000 & (1 << 48) - 1) << 80 | (boot & _BOOT_MASK) << 40 | sequence & _BOOT_MASK
    return "".join([_PAIRS[value >> shift & 1023] for shift in _SHIFTS])


def milliseconds(id_: str) -> int:
    """Read the time out of an id, in milliseconds since 1970.

    Raises ValueError when the text is no event id.
    """
    value = 0
    for letter in id_.lower():
        if letter not in _VALUES:
            raise ValueError(f"an event id has only the characters {ALPHABET}, not {letter!r}")
        value = value << 5 | _VALUES[letter]
    if len(id_) != LENGTH:
        raise ValueError(f"an event id has {LENGTH} characters, not {len(id_)}")
    return value >> 80

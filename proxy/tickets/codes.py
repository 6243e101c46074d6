"""Which eight characters stand for a blocked page, and what did somebody type or hear?

Crockford's base 32: digits and capital letters without I, L, O and U, so that a code survives being
read aloud, and no code spells the worst of words. Forty random bits: too few to keep a secret and
enough not to meet twice within a journal's retention.
"""

import secrets

from proxy.tickets.errors import CodeProblem

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8

_MISHEARD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_code() -> str:
    """Return a fresh random code of eight characters, without its hyphen."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def show_code(code: str) -> str:
    """Write a code as people see it: `7KQ2-9FXM`."""
    return f"{code[:4]}-{code[4:]}"


def parse_code(text: str) -> str:
    """Return the code that a person meant: any case, spaces and hyphens, O for 0, I and L for 1.

    Raises CodeProblem when the text cannot be a code.
    """
    code = text[:64].upper().translate(_MISHEARD)
    if len(code) != LENGTH:
        raise CodeProblem(
            f"a code has eight letters and digits, such as 7KQ2-9FXM; {text[:64]!r} has {len(code)}"
        )
    strange = [c for c in code if c not in ALPHABET]
    if strange:
        raise CodeProblem(f"a code has no {strange[0]!r}; its letters are {ALPHABET[10:]}")
    return code

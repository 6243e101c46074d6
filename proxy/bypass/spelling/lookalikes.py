"""Which names does a name imitate, to somebody who reads it?

By UTS #39: characters of other scripts, and digits, that are taken for ASCII letters, and letters with marks.
Pairs of letters (`rn` for `m`) are left out: they would turn good names into those that imitate them, which
lists hold.
"""

import re
import unicodedata
from collections.abc import Mapping

MAX_IMITATED = 4
MIN_LETTERS = 3
MAX_DIGITS = 2

_DIGIT_FOR_LETTER = re.compile(r"[01](?<![\d_-][01])[^\W\d_]")
"""Without one of these in a name, no label of it has digits for letters."""


def imitated(host: str, letters: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ASCII names that a canonical name looks like, at most MAX_IMITATED.

    letters    a character -> the ASCII letters that it may be taken for
    """
    if "xn--" not in host and not _DIGIT_FOR_LETTER.search(host):
        return ()
    *labels, top = host.split(".")
    names = [""]
    for label in labels:
        readings = _readings(label, letters)
        names = [f"{name}{reading}." for name in names for reading in readings][:MAX_IMITATED]
        if not names:
            return ()
    return tuple(name + top for name in names if name + top != host)


def _readings(label: str, letters: Mapping[str, str]) -> list[str]:
    """What a label may be taken for, itself if nothing else; empty when it looks like no ASCII."""
    if label.startswith("xn--"):
        try:
            text = unicodedata.normalize("NFKD", label[4:].encode("ascii").decode("punycode"))
        except UnicodeError:
            return [label]
        return _skeletons("".join(c for c in text if not unicodedata.combining(c)), letters)
    return _skeletons(label, letters) if _has_digits_for_letters(label) else [label]


def _has_digits_for_letters(label: str) -> bool:
    """Whether each 0 and 1 stands between letters, or first: `r0ad`, and neither `cdn1` nor `a-1b`."""
    digits = [place for place, character in enumerate(label) if character in "01"]
    if not 0 < len(digits) <= MAX_DIGITS or sum(map(str.isalpha, label)) < MIN_LETTERS:
        return False
    return all(label[max(at - 1, 0) : at].isalpha() or at == 0 for at in digits) and all(
        label[at + 1 : at + 2].isalpha() for at in digits
    )


def _skeletons(text: str, letters: Mapping[str, str]) -> list[str]:
    found = [""]
    for character in text.lower():
        if character in letters:
            meant = letters[character]
        elif character.isascii():
            meant = character
        else:
            return []
        found = [name + letter for name in found for letter in meant][:MAX_IMITATED]
    return found

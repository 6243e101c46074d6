"""Is this JSON file the one that was written, to the last bit?

    {"version": 1, "revision": 7, "sha256": "...", "body": {...}}

The checksum covers version, revision and body in one fixed spelling, so that a change anywhere is
either without meaning (white space) or found.
"""

import json
from hashlib import sha256
from typing import Any

VERSION = 1


class EnvelopeProblem(ValueError):
    """A file that is not what was written; the message says in which way."""


def seal(revision: int, body: dict[str, Any]) -> bytes:
    """Return the file for a body. The body holds only what JSON knows."""
    digest = _digest(revision, body)
    sealed = {"version": VERSION, "revision": revision, "sha256": digest, "body": body}
    return (json.dumps(sealed, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def unseal(data: bytes, revision: int) -> dict[str, Any]:
    """Return the body of a sealed file that should have a certain revision.

    Raises EnvelopeProblem when it is anything else.
    """
    try:
        sealed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise EnvelopeProblem("is no JSON") from error
    if not isinstance(sealed, dict) or sealed.keys() != {"version", "revision", "sha256", "body"}:
        raise EnvelopeProblem("lacks one of version, revision, sha256 and body, or has something else beside")
    if type(sealed["version"]) is not int or sealed["version"] != VERSION:
        raise EnvelopeProblem(f"is of another version than {VERSION}; publish anew")
    if type(sealed["revision"]) is not int or sealed["revision"] != revision:
        raise EnvelopeProblem(f"says another revision than its name, {revision}")
    body = sealed["body"]
    if not isinstance(body, dict) or sealed["sha256"] != _digest(revision, body):
        raise EnvelopeProblem("its checksum differs: it was changed after it was written")
    return body


def _digest(revision: int, body: dict[str, Any]) -> str:
    try:
        text = json.dumps([VERSION, revision, body], ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError) as error:
        raise EnvelopeProblem("holds what cannot be written as JSON") from error
    return sha256(text.encode()).hexdigest()

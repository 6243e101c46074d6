"""What remains of settings when everything that did not validate is left out?"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from proxy.settings.wording import Loc, without_echoes

STAND_INS: Mapping[str, Any] = {"zone": "UTC", "dns": {"system": True}}


def prune(data: dict[str, Any], error: ValidationError) -> bool:
    """Take out of `data` what did not validate; False when nothing could be taken out.

    A wrong value goes with its key; a part that lacks a key goes as a whole. Parts that nothing else is
    checked against and that must not be missing are stood in for.
    """
    missing = [
        each["loc"][0]
        for each in without_echoes(error)
        if each["type"] == "missing" and len(each["loc"]) == 1
    ]
    stand_ins = {str(key): STAND_INS[str(key)] for key in missing if key in STAND_INS}
    data.update(stand_ins)
    doomed: set[Loc] = set()
    for each in without_echoes(error):
        loc = each["loc"]
        path = loc[:-1] if each["type"] == "missing" or loc[-1:] == ("[key]",) else loc
        if path:
            doomed.add(path)
    # From the end, so that the numbers of list items still to be removed stay true.
    removed = [_remove(data, path) for path in sorted(doomed, key=_order, reverse=True)]
    return any(removed) or bool(stand_ins)


def _order(path: Loc) -> tuple[tuple[bool, int, str], ...]:
    return tuple(
        (isinstance(s, int), s if isinstance(s, int) else 0, s if isinstance(s, str) else "") for s in path
    )


def _remove(data: Any, path: Loc) -> bool:
    """Remove what stands at a path, or the deepest part of the path that there is."""
    last: tuple[Any, str | int] | None = None
    for step in path:
        if isinstance(data, dict):
            present = step in data
        else:
            present = isinstance(data, list) and isinstance(step, int) and step < len(data)
        if not present:
            break
        last = (data, step)
        data = data[step]
    if last is None:
        return False
    holder, key = last
    del holder[key]
    return True

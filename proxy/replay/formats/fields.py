"""What does one field of a JSON row say, and is it what such a field should be?"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from proxy.replay.errors import WrongRow

SHOWN = 40
_NOT_HEX = re.compile(r"[^0-9a-fA-F]")


class Fields:
    """The fields of one JSON object, each read with its type. A field of null counts as not written.

    Every method raises WrongRow, naming field and value, when the field is something else.
    """

    def __init__(self, data: Mapping[str, Any], inside: str = "") -> None:
        self._data, self._inside = data, inside

    def __contains__(self, name: str) -> bool:
        return self._data.get(name) is not None

    def name(self, name: str) -> str:
        """What a message calls a field: `response.status`."""
        return f"{self._inside}.{name}" if self._inside else name

    def text(self, name: str, default: str = "") -> str:
        """A text; what is no Unicode in it is replaced."""
        value = self._data.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self._wrong(name, value, "a text in quotes")
        return whole(value)

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number in a range; digits in quotes will do."""
        value = self._data.get(name)
        if value is None:
            return default
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self._wrong(name, value, f"a number from {least} to {most}")
        return value

    def moment(self, name: str) -> float | None:
        """A number of seconds, with or without a fraction."""
        value = self._data.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
            raise self._wrong(name, value, "a number")
        return float(value)

    def flag(self, name: str) -> bool:
        """True or false; false when it is not written."""
        value = self._data.get(name)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise self._wrong(name, value, "true or false")
        return value

    def octets(self, name: str, most: int) -> bytes:
        """Octets written as hexadecimal digits, the first `most` of them."""
        text = self.text(name)
        if _NOT_HEX.search(text) or len(text) % 2:
            raise self._wrong(name, text, "pairs of hexadecimal digits, such as 16030100")
        return bytes.fromhex(text[: 2 * most])

    def body(self, name: str, most: int) -> bytes:
        """Octets written as text, or as `hex:` and hexadecimal digits; the first `most` of them."""
        text = self.text(name)
        if not text.startswith("hex:"):
            return text.encode()[:most]
        digits = text[4:]
        if _NOT_HEX.search(digits) or len(digits) % 2:
            raise self._wrong(name, text, "`hex:` with pairs of hexadecimal digits, or the text itself")
        return bytes.fromhex(digits[: 2 * most])

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; a text may stand alone."""
        value = self._data.get(name)
        if value is None:
            return ()
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise self._wrong(name, value, "a list of texts")
        return tuple(whole(each) for each in found)

    def words(self, name: str) -> tuple[str, ...]:
        """A list of texts and whole numbers, all as texts; one may stand alone."""
        value = self._data.get(name)
        if value is None:
            return ()
        found = value if isinstance(value, list) else [value]
        if not all(isinstance(each, str | int) and not isinstance(each, bool) for each in found):
            raise self._wrong(name, value, "a list of texts and numbers")
        return tuple(whole(str(each)) for each in found)

    def inner(self, name: str) -> "Fields":
        """An object inside; one without fields when it is not written."""
        value = self._data.get(name)
        if value is None:
            return Fields({}, self.name(name))
        if not isinstance(value, dict):
            raise self._wrong(name, value, "an object in braces")
        return Fields(value, self.name(name))

    def several(self, name: str) -> Iterator["Fields"]:
        """A list of objects; texts in it come as an object with that text under ""."""
        value = self._data.get(name)
        if value is None:
            return
        if not isinstance(value, list):
            raise self._wrong(name, value, "a list of objects")
        for number, each in enumerate(value):
            if not isinstance(each, dict | str):
                raise self._wrong(f"{name}[{number}]", each, "an object in braces")
            yield Fields({"": each} if isinstance(each, str) else each, f"{self.name(name)}[{number}]")

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Header fields, names in lower case: an object whose values are texts or lists of them, or a list of
        pairs, for fields that come several times."""
        value = self._data.get(name)
        if value is None:
            return ()
        pairs = list(value.items()) if isinstance(value, dict) else value
        if not isinstance(pairs, list):
            raise self._wrong(name, value, "an object of header fields")
        found: list[tuple[str, str]] = []
        for pair in pairs:
            if not isinstance(pair, list | tuple) or len(pair) != 2 or not isinstance(pair[0], str):
                raise self._wrong(name, pair, "pairs of a field's name and its value")
            for one in pair[1] if isinstance(pair[1], list) else [pair[1]]:
                if one is None:
                    continue
                if not isinstance(one, str | int | float):
                    raise self._wrong(f"{name}.{pair[0][:SHOWN]}", one, "a text, or a list of texts")
                found.append((whole(pair[0]).lower(), whole(str(one))))
        return tuple(found)

    def _wrong(self, name: str, value: object, right: str) -> WrongRow:
        shown = whole(repr(value) if not isinstance(value, str) else f"'{value}'")
        shown = shown if len(shown) <= SHOWN else shown[:SHOWN] + "…"
        return WrongRow(self.name(name), f"it is {shown}", right)


def whole(text: str) -> str:
    """A text that can be written out again: halves of pairs of UTF-16 are replaced."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()

"""How are many expressions searched for in one pass, without one being missed silently?"""

from typing import Any

import re2

MAX_MEMORY = 64 << 20
"""What RE2 may use for one table's pass, in octets; far more than thousands of texts need."""


class SearchFailed(Exception):
    """RE2 had too little memory for a pass, and finds nothing then; the attempt must be refused."""


class ManyExpressions:
    """RE2 expressions that are all searched for in one pass, linear in the text.

    Each is known by a number, in the order in which they were added. Beside them stands one that is found in
    every text: where even that is missing, the pass failed.
    """

    def __init__(
        self, expressions: tuple[bytes | str, ...], *, is_whole: bool = False, is_text: bool = True
    ) -> None:
        """Compile.

        is_whole   each must meet the whole text, not some part of it
        is_text    searched are str (case kept out of account), not octets
        """
        found = re2.Set.FullMatchSet if is_whole else re2.Set.SearchSet
        self._set: Any = found(options(is_text=is_text, max_memory=MAX_MEMORY))
        for expression in expressions:
            self._set.Add(expression)
        self._always = len(expressions)
        self._set.Add("(?s).*" if is_whole else "")
        self._set.Compile()

    def found_in(self, text: bytes | str) -> list[int]:
        """The numbers of the expressions that a text meets.

        Raises SearchFailed.
        """
        numbers: list[int] | None = self._set.Match(text)
        if not numbers:
            raise SearchFailed(f"{self._always} expressions need more than {MAX_MEMORY} octets")
        if len(numbers) == 1:
            return []
        numbers.remove(self._always)
        return numbers


def clean(text: str) -> str:
    """Replace what is no text (octets that were not UTF-8 when it was read), which RE2 does not take."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def options(*, is_text: bool = True, max_memory: int = 0) -> Any:
    """RE2's options for expressions over foreign text: in any case, quiet, octets as Latin-1."""
    made = re2.Options()
    made.case_sensitive = False
    made.log_errors = False
    if not is_text:
        made.encoding = re2.Options.Encoding.LATIN1
    if max_memory:
        made.max_mem = max_memory
    return made
